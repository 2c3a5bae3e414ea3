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
  public let authorityTold: NotificationStatus
  /// Whether the trust's own safeguarding team is being told.
  public let safeguardingTold: NotificationStatus

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
    authorityTold: NotificationStatus, safeguardingTold: NotificationStatus, hours: OfficeHours = OfficeHours()
  ) {
    let time = UnitedKingdomTime.civilTime(at: origin.checkedAt)
    self.access = access
    if plans.count == 1 {
      self.plans = [PlanInView(plans[0], at: time, hours: hours)]
    } else {
      var seen: Set<Plan> = []
      self.plans = plans.filter { seen.insert($0).inserted }
        .map { PlanInView($0, at: time, hours: hours) }.sorted(by: PlanInView.isMoreUrgent)
    }
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
  /// The finding in a line: what kind of plans where that is easily mistaken, how many, and whether it is incomplete or
  /// not current.
  public var headline: String { TextBuilder.text(capacity: 80, addHeadline) }

  /// Whether the authorities are being told of the check, for a clinician to read; `nil` when nothing is to be said.
  public var authorityText: String? {
    authorityTold == .notDue
      ? nil : TextBuilder.text(capacity: 80) { $0.addAuthorityText(authorityTold, authorities: authorityCount) }
  }

  /// What is wrong with telling the trust's own safeguarding team, and whom to ring; `nil` when nothing is.
  public var safeguardingText: String? { safeguardingTold.safeguardingText }

  /// Everything found, for a clinician to read.
  public var displayText: String {
    TextBuilder.text(capacity: 320 + 220 * plans.count) { text in
      addHeadline(to: &text)
      for (place, plan) in plans.enumerated() {
        text.add("\n")
        text.add(place + 1)
        text.add(". ")
        plan.addLines(to: &text, separator: "\n   ")
      }
      if completeness != .complete {
        text.add("\nINCOMPLETE: a part of the registry's answer could not be read. There may be more plans.")
      }
      text.add("\n")
      text.addForDisplay(origin)
      if authorityTold != .notDue {
        text.add("\n")
        text.addAuthorityText(authorityTold, authorities: authorityCount)
      }
      if let safeguardingText {
        text.add("\n")
        text.add(safeguardingText)
      }
    }
  }

  private var authorityCount: Int { plans.count == 1 ? 1 : Set(plans.map(\.plan.authority.code)).count }

  private func addHeadline(to text: inout TextBuilder) {
    let isUnborn = plans.allSatisfy { $0.plan.kind == .unbornChildProtectionPlan }
    if plans.allSatisfy({ $0.status == .endedButVisible || $0.status == .past }) {
      text.add(isUnborn ? "PAST-DUE " : "ENDED ")
    }
    if isUnborn { text.add("UNBORN CHILD ") }
    text.add("PLAN RECORDED: ")
    text.add(plans.count, "plan", "plans")
    text.add(", ")
    text.add(authorityCount, "local authority", "local authorities")
    if completeness != .complete { text.add(" (INCOMPLETE)") }
    if origin.source != .registry {
      text.add("; as it stood ")
      text.add(origin.ageText)
      text.add(" ago, not checked now")
    }
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
  public var displayText: String { TextBuilder.text(capacity: 220) { addLines(to: &$0, separator: "\n") } }

  /// Where the plan stands, with its days, for a clinician to read.
  public var statusText: String { TextBuilder.text(capacity: 60, addStatus) }

  /// Adds the lines of ``displayText``, with a separator between them.
  func addLines(to text: inout TextBuilder, separator: String) {
    text.add(plan.kind.displayText)
    text.add(": ")
    addStatus(to: &text)
    text.add(separator)
    if plan.kind == .unbornChildProtectionPlan {
      text.add("This is NOT a plan for the patient herself. It concerns the baby she is expecting or has just had.")
      text.add(separator)
    }
    text.add(plan.authority.name)
    text.add(separator)
    text.add("Ring now: ")
    text.add(numberNow.digits)
    switch phoneNow {
    case .officeHours:
      text.add(" (office hours)")
      text.add(separator)
      text.add("If no answer: ")
      text.add(plan.authority.emergencyDutyPhone.digits)
      text.add(" (emergency duty team, day and night)")
    case .emergencyDuty:
      text.add(" (emergency duty team)")
      guard let office = plan.authority.officeHoursPhone else { return }
      text.add(separator)
      text.add("In office hours: ")
      text.add(office.digits)
    }
  }

  private func addStatus(to text: inout TextBuilder) {
    func add(_ words: String, _ day: CivilDay, _ more: String = "", _ other: CivilDay? = nil) {
      text.add(words)
      text.addForDisplay(day)
      guard let other else { return }
      text.add(more)
      text.addForDisplay(other)
    }
    let (start, end) = (plan.start.day, plan.end?.day)
    let isUnborn = plan.kind == .unbornChildProtectionPlan
    switch (status, end) {
    case (.notYetStarted, _): add("NOT YET STARTED, from ", start, isUnborn ? ", due date " : " to ", end)
    case (.current, _), (_, nil): add("CURRENT, since ", start, isUnborn ? ", due date " : ", ends ", end)
    case (.endedButVisible, let end?):
      isUnborn ? add("DUE DATE PASSED on ", end) : add("ENDED on ", end, ", began ", start)
    case (.past, let end?): add(isUnborn ? "DUE DATE LONG PASSED, on " : "ENDED over a year ago, on ", end)
    }
  }
}
