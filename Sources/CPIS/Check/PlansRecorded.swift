public import NHSNumbers

/// A check that found plans.
public struct PlansRecorded: Hashable, Sendable {
  /// The access made by this check: the authority is told under its identity.
  public let access: Access
  /// Every plan of every authority, most urgent first; never empty.
  public let plans: [PlanInView]
  /// Whether the whole answer could be read. When not, there may be more plans than these.
  public let completeness: Completeness
  /// Where the answer comes from, and how old it is.
  public let origin: AnswerOrigin
  /// Whether the local authority is being told of an unscheduled check.
  public let authorityTold: Handover
  /// Whether the trust's own safeguarding team is being told.
  public let safeguardingTold: Handover

  /// Makes the outcome of a check, as the service does; for a host's own tests.
  ///
  /// - Parameters:
  ///   - plans: what is recorded. One that occurs twice is shown once.
  ///   - completeness: whether the whole answer could be read.
  ///   - access: the access made by this check.
  ///   - origin: where the answer comes from. Status and phones are those at its `checkedAt`.
  ///   - authorityTold: whether the local authority is being told.
  ///   - safeguardingTold: whether the trust's own safeguarding team is being told.
  ///   - hours: when an authority's office answers its phone.
  public init(
    _ plans: RecordedPlans, completeness: Completeness, access: Access, origin: AnswerOrigin,
    authorityTold: Handover, safeguardingTold: Handover, hours: OfficeHours = OfficeHours()
  ) {
    let time = UnitedKingdomTime.civilTime(at: origin.checkedAt)
    var seen: Set<Plan> = []
    self.access = access
    self.plans = plans.filter { seen.insert($0).inserted }
      .map { PlanInView($0, at: time, hours: hours) }.sorted(by: PlanInView.isMoreUrgent)
    self.completeness = completeness
    self.origin = origin
    self.authorityTold = authorityTold
    self.safeguardingTold = safeguardingTold
  }

  /// The number the plans are recorded under. For an unborn child protection plan, the mother's.
  public var patient: NHSNumber { access.patient }
}

extension PlansRecorded: Redacting {}

extension PlansRecorded {
  private var authorityCount: Int { Set(plans.map(\.plan.authority.code)).count }

  /// The finding in a line: what kind of plans where that is easily mistaken, how many, and whether it is incomplete or
  /// not of now.
  public var headline: String {
    let unborn = plans.allSatisfy { $0.plan.kind == .unbornChildProtectionPlan } ? "UNBORN CHILD " : ""
    let over = plans.allSatisfy { $0.status == .endedButVisible || $0.status == .past }
    let stage = over ? (unborn.isEmpty ? "ENDED " : "PAST-DUE ") : ""
    let holders = authorityCount.counted("local authority", "local authorities")
    var line = "\(stage)\(unborn)PLAN RECORDED: \(plans.count.counted("plan")), \(holders)"
    if completeness != .complete { line += " (INCOMPLETE)" }
    if origin.source != .registry { line += "; as it stood \(origin.ageText) ago, not checked now" }
    return line
  }

  /// Whether the authorities are being told of the check, for a clinician to read; `nil` when nothing is to be said.
  public var authorityText: String? { authorityTold.authorityText(authorities: authorityCount) }

  /// What is wrong with telling the trust's own safeguarding team, and whom to ring; `nil` when nothing is.
  public var safeguardingText: String? { safeguardingTold.safeguardingText }

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
    if let authorityText { parts.append(authorityText) }
    if let safeguardingText { parts.append(safeguardingText) }
    return parts.joined(separator: "\n")
  }
}

/// One recorded plan as a clinician needs it now: where it stands, and whom to ring.
public struct PlanInView: Hashable, Sendable {
  /// The plan.
  public let plan: Plan
  /// Where it stands on the day of the check.
  public let status: PlanStatus
  /// Which phone to ring at the time of the check.
  public let phoneNow: LocalAuthority.PhoneRole

  /// The number to ring at the time of the check.
  public var numberNow: PhoneNumber {
    switch phoneNow {
    case .officeHours: plan.authority.officeHoursPhone ?? plan.authority.emergencyDutyPhone
    case .emergencyDuty: plan.authority.emergencyDutyPhone
    }
  }

  init(_ plan: Plan, at time: CivilTime, hours: OfficeHours) {
    self.plan = plan
    self.status = plan.status(on: time.day)
    self.phoneNow = plan.authority.phone(at: time, hours: hours).role
  }
}

extension PlanInView: Redacting {}

extension PlanInView {
  /// Most urgent first [D]: current before not yet started before ended; then child protection plan, unborn child
  /// protection plan, looked after child; then the latest start.
  static func isMoreUrgent(_ a: PlanInView, _ b: PlanInView) -> Bool {
    let (first, second) = (a.rank, b.rank)
    if first != second { return first < second }
    if a.plan.start != b.plan.start { return a.plan.start > b.plan.start }
    return a.plan.authority.code < b.plan.authority.code
  }

  private var rank: Int {
    let kind =
      switch plan.kind {
      case .childProtectionPlan: 0
      case .unbornChildProtectionPlan: 1
      case .lookedAfterChild: 2
      }
    let stage =
      switch status {
      case .current: 0
      case .notYetStarted: 1
      case .endedButVisible: 2
      case .past: 3
      }
    return stage * 3 + kind
  }
}

extension PlanInView {
  /// The plan, its status, its authority and both phones for a clinician to read, in four or five lines.
  public var displayText: String { displayLines.joined(separator: "\n") }

  /// The lines of ``displayText``.
  var displayLines: [String] {
    var lines = ["\(plan.kind.displayText): \(statusText)"]
    if plan.kind == .unbornChildProtectionPlan {
      lines.append(
        "This is NOT a plan for the patient herself. It concerns the baby she is expecting or has just had.")
    }
    lines.append(plan.authority.name)
    lines.append("Ring now: \(numberNow) (\(phoneNow.displayText.lowercased()))")
    switch phoneNow {
    case .officeHours:
      lines.append("If no answer: \(plan.authority.emergencyDutyPhone) (emergency duty team, day and night)")
    case .emergencyDuty:
      if let office = plan.authority.officeHoursPhone { lines.append("In office hours: \(office)") }
    }
    return lines
  }

  /// Where the plan stands, with its days, for a clinician to read.
  public var statusText: String {
    let start = plan.start.day.displayText
    guard let end = plan.end?.day.displayText else {
      return status == .notYetStarted ? "NOT YET STARTED, from \(start)" : "CURRENT, since \(start)"
    }
    let isUnborn = plan.kind == .unbornChildProtectionPlan
    return switch status {
    case .notYetStarted: "NOT YET STARTED, from \(start)" + (isUnborn ? ", due date \(end)" : " to \(end)")
    case .current: "CURRENT, since \(start), " + (isUnborn ? "due date \(end)" : "ends \(end)")
    case .endedButVisible: isUnborn ? "DUE DATE PASSED on \(end)" : "ENDED on \(end), began \(start)"
    case .past: isUnborn ? "DUE DATE LONG PASSED, on \(end)" : "ENDED over a year ago, on \(end)"
    }
  }
}
