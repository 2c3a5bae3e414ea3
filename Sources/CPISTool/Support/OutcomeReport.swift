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
  var isComplete: Bool?
  var plans: [ReportedPlan]?

  init(_ outcome: TriageOutcome, _ setting: CareSetting) {
    self.setting = setting.argument
    headline = outcome.headline
    displayText = outcome.displayText
    switch outcome {
    case .plansRecorded(let found):
      self.outcome = "plans-recorded"
      plans = found.plans.map(ReportedPlan.init)
      isComplete = found.completeness == .complete
      take(found.origin)
    case .noPlanRecorded(let answer):
      self.outcome = "no-plan-recorded-under-this-number"
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
