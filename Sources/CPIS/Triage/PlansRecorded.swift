public import NHSNumbers

/// A check that found plans.
public struct PlansRecorded: Hashable, Sendable {
  /// The number the plans are recorded under. For an unborn child protection plan, the mother's.
  public let patient: NHSNumber
  /// Every plan of every authority, most urgent first; never empty.
  public let plans: [PlanInView]
  /// Whether the whole answer could be read. When not, there may be more plans than these.
  public let completeness: Completeness
  /// Where the answer comes from, and how old it is.
  public let origin: AnswerOrigin
  /// Whether the local authority is being told of an unscheduled check.
  public internal(set) var authorityTold: Handover
  /// Whether the trust's own safeguarding team is being told.
  public internal(set) var safeguardingTold: Handover

  init(
    _ plans: RecordedPlans, completeness: Completeness, patient: NHSNumber, origin: AnswerOrigin,
    authorityTold: Handover, hours: OfficeHours
  ) {
    let time = UnitedKingdomTime.civilTime(at: origin.checkedAt)
    var seen: Set<Plan> = []
    self.patient = patient
    self.plans = plans.filter { seen.insert($0).inserted }
      .map { PlanInView($0, at: time, hours: hours) }.sorted(by: PlanInView.isMoreUrgent)
    self.completeness = completeness
    self.origin = origin
    self.authorityTold = authorityTold
    self.safeguardingTold = .notDue
  }
}

extension PlansRecorded: Redacting {}

extension PlansRecorded {
  /// The finding in a line.
  public var headline: String {
    let authorities = Set(plans.map(\.plan.authority.code)).count
    let holders = authorities == 1 ? "1 local authority" : "\(authorities) local authorities"
    return "PLAN RECORDED: \(plans.count == 1 ? "1 plan" : "\(plans.count) plans"), \(holders)"
  }

  /// Everything found, for a clinician to read.
  public var displayText: String {
    var parts = [headline]
    for (place, plan) in plans.enumerated() {
      for (line, text) in plan.displayLines.enumerated() {
        parts.append(line == 0 ? "\(place + 1). \(text)" : "   \(text)")
      }
    }
    if completeness != .complete {
      parts.append("INCOMPLETE: a part of the registry's answer could not be read. There may be more plans.")
    }
    parts.append(origin.displayText)
    if let told = authorityTold.authorityText { parts.append(told) }
    return parts.joined(separator: "\n")
  }
}
