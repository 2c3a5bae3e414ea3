public import NHSNumbers

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
