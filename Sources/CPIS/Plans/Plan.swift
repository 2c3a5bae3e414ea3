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
