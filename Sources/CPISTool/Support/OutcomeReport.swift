import CPIS
import Foundation

/// What the tool's checks are: they look real, and are not.
enum Rehearsal {
  static let line = "REHEARSAL against upload files: CP-IS was not asked, and nobody is told"
}

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

  /// What to show. That it is a rehearsal comes first, and the gap before the finding, so that nobody reads "no plan" and
  /// stops.
  var displayText: String { ([Rehearsal.line] + bodyLines).joined(separator: "\n") }

  /// What to show after the first line.
  var bodyLines: [String] {
    guard hasGap else { return [outcome.displayText] }
    let holder = recordsNotLoaded == 1 ? "it holds" : "one of them holds"
    return [
      "INCOMPLETE: \(recordsNotLoaded.counted("record")) could not be loaded. "
        + "If \(holder) a plan for this patient, it is NOT shown here.",
      outcome.displayText,
    ]
  }

  var style: Console.Style? {
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
  var style: Console.Style? {
    switch self {
    case .plansRecorded: .alarm
    case .noPlanRecorded: nil
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
    let ringNowRoleText: String
    let emergencyDutyPhone: String
    let officeHoursPhone: String?
  }

  /// Always: the files were asked, not the live service, and nobody is told, whatever the other texts say.
  let rehearsal = true
  let outcome: String
  let setting: String
  let headline: String
  let displayText: String
  var reason: String?
  var reasonText: String?
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
    authorityTold = result.outcome.authorityTold.code
    safeguardingTold = result.outcome.safeguardingTold.code
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
      reason = refusal.reason.code
      reasonText = refusal.reason.displayText
    }
  }

  private mutating func take(_ origin: AnswerOrigin) {
    asOf = origin.asOf
    checkedAt = origin.checkedAt
    source = origin.source.code
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

extension OutcomeReport.ReportedPlan {
  init(_ view: PlanInView) {
    let plan = view.plan
    kind = plan.kind.abbreviation
    snomedCode = plan.kind.snomedCode
    status = view.status.code
    start = plan.start.description
    end = plan.end?.description
    authorityCode = plan.authority.code.text
    authorityName = plan.authority.name
    ringNow = view.numberNow.digits
    ringNowRole = view.phoneNow == .officeHours ? "officeHours" : "emergencyDuty"
    ringNowRoleText = view.phoneNow.displayText
    emergencyDutyPhone = plan.authority.emergencyDutyPhone.digits
    officeHoursPhone = plan.authority.officeHoursPhone?.digits
  }
}

extension PlanStatus {
  /// Its word in the JSON, written out here because scripts depend on it.
  fileprivate var code: String {
    switch self {
    case .notYetStarted: "notYetStarted"
    case .current: "current"
    case .endedButVisible: "endedButVisible"
    case .past: "past"
    }
  }
}
