public import NHSNumbers

/// One plan that a local authority holds for a child, or for a patient's unborn child.
///
/// CP-IS carries no more than this: not the reason, the category of abuse, the social worker, or the plan itself.
public struct Plan: Hashable, Sendable {
  /// The kind of plan.
  public let kind: PlanKind

  /// When it began, or will begin.
  public let start: CivilTime

  /// When it ended, or will end; `nil` while open. For a UCP the due date, always present.
  public let end: CivilTime?

  /// The authority responsible, with the phones to ring.
  public let authority: LocalAuthority

  /// Makes a plan.
  ///
  /// - Throws: ``InvalidValue`` when it ends before it starts, or is a UCP without an end date.
  public init(kind: PlanKind, start: CivilTime, end: CivilTime?, authority: LocalAuthority)
    throws(InvalidValue)
  {
    if let end {
      guard end >= start else { throw InvalidValue("plan end", must: "not be before its start") }
    } else if kind == .unbornChildProtectionPlan {
      throw InvalidValue("unborn child protection plan", must: "carry an end date, the due date")
    }
    self.kind = kind
    self.start = start
    self.end = end
    self.authority = authority
  }

  private init(_ plan: Plan, authority: LocalAuthority) {
    self.kind = plan.kind
    self.start = plan.start
    self.end = plan.end
    self.authority = authority
  }

  /// The same plan with its authority's name and phones as they are now.
  package func withDetails(of authority: LocalAuthority) -> Plan { Plan(self, authority: authority) }
}

extension Plan {
  /// What makes it the same plan in a later upload: authority, kind and start, under one NHS number [D].
  public struct Identity: Hashable, Sendable {
    /// The responsible authority.
    public let authority: ODSCode
    /// The kind of plan.
    public let kind: PlanKind
    /// Its start.
    public let start: CivilTime
  }

  /// What makes it the same plan in a later upload.
  public var identity: Identity { Identity(authority: authority.code, kind: kind, start: start) }
}

// A plan's dates and authority tell of a child even without a number.
extension Plan: Redacting {}

/// The three kinds of plan that CP-IS holds.
@nonexhaustive
public enum PlanKind: String, Hashable, Sendable, CaseIterable {
  /// A child protection plan (CPP).
  case childProtectionPlan = "CPP"

  /// A looked after child (LAC): in the care of a local authority.
  case lookedAfterChild = "LAC"

  /// An unborn child protection plan (UCP), held under the **mother's** number. It is never the mother's own
  /// plan (hazard H4), and nothing about the baby is carried.
  case unbornChildProtectionPlan = "UCP"
}

extension PlanKind {
  /// The kind with the given SNOMED CT concept identifier.
  ///
  /// - Returns: `nil` for any other concept: then the kind is not known, which is not the same as no plan.
  public init?(snomedCode: String) {
    guard let kind = Self.allCases.first(where: { $0.snomedCode == snomedCode }) else { return nil }
    self = kind
  }

  /// The SNOMED CT concept identifier.
  public var snomedCode: String {
    switch self {
    case .childProtectionPlan: "342191000000101"
    case .lookedAfterChild: "764841000000100"
    case .unbornChildProtectionPlan: "818901000000100"
    }
  }

  /// The abbreviation in use: CPP, LAC or UCP.
  public var abbreviation: String { rawValue }

  /// The name for a clinician to read. For a UCP it says whose plan it is.
  public var displayText: String {
    switch self {
    case .childProtectionPlan: "Child protection plan"
    case .lookedAfterChild: "Looked after child"
    case .unbornChildProtectionPlan: "Unborn child protection plan (for this patient's unborn baby)"
    }
  }

  /// Days for which an ended plan is still shown: 365 after the end of a CPP or LAC, 28 after the end of a UCP,
  /// which is the due date. The end day is day 0; the last of these days still shows it, the next does not.
  public var daysVisibleAfterEnd: Int {
    self == .unbornChildProtectionPlan ? 28 : 365
  }

  /// Whether the plan leaves on the 18th birthday of the patient it is held under. A UCP does not: it is held
  /// under the mother's number, and does not depend on her age.
  public var endsAtEighteen: Bool { self != .unbornChildProtectionPlan }
}

/// Where a plan stands on a day, counted in UK civil days. Every day is one of these, so the enum is closed.
public enum PlanStatus: Hashable, Sendable, CaseIterable {
  /// It has begun, and has not ended before this day. The end day itself still counts as current: the plan ran
  /// for a part of it [D].
  case current

  /// Its start lies on a later day.
  case notYetStarted

  /// It ended on an earlier day and is still shown: up to 365 days after a CPP or LAC, 28 after a UCP's due date.
  case endedButVisible

  /// It is no longer shown.
  case past
}

extension Plan {
  /// The last day on which the plan is shown; `nil` while it has no end.
  ///
  /// The end day is day 0; a CPP or LAC is shown through day 365, a UCP through day 28, in UK civil days [D].
  public var lastVisibleDay: CivilDay? { end?.day.adding(days: kind.daysVisibleAfterEnd) }

  /// The last day on which the plan is shown for a patient born on a day: a CPP or LAC leaves at 00:00 on the
  /// 18th birthday, whatever its own end. `nil` while nothing bounds it.
  ///
  /// - Parameter birthDay: the birth date of the patient whose number the plan is held under; `nil` when unknown.
  public func lastVisibleDay(bornOn birthDay: CivilDay?) -> CivilDay? {
    guard kind.endsAtEighteen, let birthDay else { return lastVisibleDay }
    let lastDayAt17 = birthDay.birthday(age: 18).adding(days: -1)
    return lastVisibleDay.map { min($0, lastDayAt17) } ?? lastDayAt17
  }

  /// Where the plan stands on a day.
  public func status(on day: CivilDay) -> PlanStatus {
    if let lastVisibleDay, day > lastVisibleDay { return .past }
    if start.day > day { return .notYetStarted }
    if let end, day > end.day { return .endedButVisible }
    return .current
  }
}

/// The plans recorded under one NHS number: at least one, always.
///
/// "No plan" is not an empty list of plans; it is a case of its own wherever it can occur (hazard H1).
public struct RecordedPlans: Hashable, Sendable {
  private let plans: [Plan]

  /// Makes a list of plans.
  ///
  /// - Returns: `nil` when there is none.
  public init?(_ plans: [Plan]) {
    guard !plans.isEmpty else { return nil }
    self.plans = plans
  }

  /// The first day on which one of the plans is no longer shown; `nil` when none has an end.
  public var earliestLastVisibleDay: CivilDay? { plans.compactMap(\.lastVisibleDay).min() }
}

extension RecordedPlans: RandomAccessCollection {
  /// The position of the first plan.
  public var startIndex: Int { 0 }

  /// The position after the last plan.
  public var endIndex: Int { plans.count }

  /// The plan at a position.
  public subscript(position: Int) -> Plan { plans[position] }
}

extension RecordedPlans: Redacting {}
