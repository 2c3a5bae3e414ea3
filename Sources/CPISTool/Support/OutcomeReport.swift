import CPIS
import Foundation

/// An outcome for machines to read. It holds no NHS number: whoever asked has it.
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
  /// Whether the whole of the registry's answer could be read, and every record had been loaded.
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
      // A word of its own: who reads nothing but it must not take the gap for "no plan".
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
  fileprivate var authorityTold: Handover {
    switch self {
    case .plansRecorded(let found): found.authorityTold
    case .noPlanRecorded(let answer): answer.authorityTold
    case .notChecked(let refusal): refusal.authorityTold
    }
  }

  /// The trust's own team is told of plans only.
  fileprivate var safeguardingTold: Handover {
    if case .plansRecorded(let found) = self { return found.safeguardingTold }
    return .notDue
  }
}

extension Handover {
  /// The word for it in JSON. Written out: scripts read it.
  fileprivate var word: String {
    switch self {
    case .notDue: "not-due"
    case .declared: "declared"
    case .alreadyTold: "already-told"
    case .entrusted: "entrusted"
    case .heldInMemory: "held-in-memory"
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
