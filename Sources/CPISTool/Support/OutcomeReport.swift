import CPIS
import Foundation

/// An outcome, and how many records are missing from the uploads that it rests on.
///
/// The registry knows only the records that were loaded. While one is missing, "no plan" may be wrong for exactly
/// the child asked about, so it must not look like the whole truth.
struct CheckResult {
  let outcome: TriageOutcome
  let recordsNotLoaded: Int

  /// Whether there is an answer, and a record may be missing from it. "Not checked" is not an answer.
  private var hasGap: Bool {
    if case .notChecked = outcome { return false }
    return recordsNotLoaded > 0
  }

  var headline: String { hasGap ? "INCOMPLETE: \(outcome.headline)" : outcome.headline }

  /// What to show. The gap comes before the finding, so that nobody reads "no plan" and stops.
  var displayText: String {
    guard hasGap else { return outcome.displayText }
    let missing = recordsNotLoaded.counted("record was", "records were")
    return "INCOMPLETE: \(missing) not loaded. A plan in \(recordsNotLoaded == 1 ? "it" : "them") "
      + "is not in this answer.\n\(outcome.displayText)"
  }

  var style: Console.Style {
    if case .noPlanRecorded = outcome, hasGap { return .caution }
    return outcome.style
  }

  var exitCode: ExitCode {
    if case .notChecked = outcome { return .notChecked }
    return hasGap ? .incomplete : .success
  }
}

extension TriageOutcome {
  /// The outcome's colour. The text alone must tell the three outcomes apart; colour only helps.
  var style: Console.Style {
    switch self {
    case .plansRecorded: .alarm
    case .noPlanRecorded: .calm
    case .notChecked: .caution
    }
  }
}

/// An outcome as JSON, for scripts. It holds no NHS number, because the caller has it.
struct OutcomeReport: Encodable {
  struct ReportedPlan: Encodable {
    let kind: String
    let snomedCode: String
    let status: String
    let start: String
    let end: String?
    let authorityCode: String
    let authorityName: String
    let ringNow: String
    let ringNowRole: String
    let emergencyDutyPhone: String
    let officeHoursPhone: String?
  }

  let outcome: String
  let setting: String
  let headline: String
  let displayText: String
  var reason: String?
  var asOf: Date?
  var checkedAt: Date?
  var source: String?
  /// Whether the registry's whole answer could be read, and every record was loaded.
  var isComplete: Bool?
  /// How many records of the uploads were not loaded, and so cannot be found.
  let recordsNotLoaded: Int
  let authorityTold: String
  let safeguardingTold: String
  var plans: [ReportedPlan]?

  init(_ result: CheckResult, _ setting: CareSetting) {
    self.setting = setting.argument
    headline = result.headline
    displayText = result.displayText
    recordsNotLoaded = result.recordsNotLoaded
    authorityTold = result.outcome.authorityTold.word
    safeguardingTold = result.outcome.safeguardingTold.word
    switch result.outcome {
    case .plansRecorded(let found):
      self.outcome = "plans-recorded"
      plans = found.plans.map(ReportedPlan.init)
      isComplete = found.completeness == .complete && recordsNotLoaded == 0
      take(found.origin)
    case .noPlanRecorded(let answer):
      // A word of its own: a script that reads nothing else must not take the gap for "no plan".
      self.outcome =
        recordsNotLoaded == 0 ? "no-plan-recorded-under-this-number" : "no-plan-among-the-records-loaded"
      isComplete = recordsNotLoaded == 0
      take(answer.origin)
    case .notChecked(let refusal):
      self.outcome = "not-checked"
      reason = refusal.reason.displayText
    }
  }

  private mutating func take(_ origin: AnswerOrigin) {
    asOf = origin.asOf
    checkedAt = origin.checkedAt
    source = "\(origin.source)"
  }

  func json() throws(CommandFailure) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    guard let data = try? encoder.encode(self) else {
      throw CommandFailure(exitCode: .unreadableInput, message: "the outcome could not be written as JSON")
    }
    return String(decoding: data, as: UTF8.self)
  }
}

extension TriageOutcome {
  fileprivate var authorityTold: NotificationStatus {
    switch self {
    case .plansRecorded(let found): found.authorityTold
    case .noPlanRecorded(let answer): answer.authorityTold
    case .notChecked(let refusal): refusal.authorityTold
    }
  }

  /// The trust's own team is told only of plans.
  fileprivate var safeguardingTold: NotificationStatus {
    if case .plansRecorded(let found) = self { return found.safeguardingTold }
    return .notDue
  }
}

extension NotificationStatus {
  /// Its word in the JSON, written out here because scripts depend on it.
  fileprivate var word: String {
    switch self {
    case .notDue: "not-due"
    case .declared: "declared"
    case .alreadyTold: "already-told"
    case .entrusted: "entrusted"
    case .heldInMemory: "held-in-memory"
    case .underWay: "under-way"
    case .notTold: "not-told"
    }
  }
}

extension OutcomeReport.ReportedPlan {
  init(_ view: PlanInView) {
    let plan = view.plan
    kind = plan.kind.abbreviation
    snomedCode = plan.kind.snomedCode
    status = "\(view.status)"
    start = plan.start.description
    end = plan.end?.description
    authorityCode = plan.authority.code.text
    authorityName = plan.authority.name
    ringNow = view.numberNow.digits
    ringNowRole = view.phoneNow.displayText
    emergencyDutyPhone = plan.authority.emergencyDutyPhone.digits
    officeHoursPhone = plan.authority.officeHoursPhone?.digits
  }
}
