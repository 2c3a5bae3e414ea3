/// The settings of a ``TriageService`` for what the rules of CP-IS leave open.
///
/// Every value has a default that errs towards asking and telling.
public struct TriagePolicy: Hashable, Sendable {
  /// Whether kept answers may be shown.
  @nonexhaustive
  public enum CacheUse: Hashable, Sendable {
    /// Never: each check asks the registry, but for repeats in a visit; see
    /// ``TriagePolicy/repeatsAnsweredFor``.
    case off

    /// Plans no older than `freshFor` are shown without asking; plans no older than `usableWhenDownFor` are shown, with
    /// their age, when the registry cannot be asked. Neither ever lasts beyond the plans' own last day. A kept "none" is
    /// never shown.
    ///
    /// An unscheduled check that is answered so is still declared to the registry.
    case on(freshFor: Duration, usableWhenDownFor: Duration)
  }

  /// When the trust's own safeguarding team is told of a patient with a plan.
  public struct Safeguarding: Hashable, Sendable {
    /// The settings in which it is told. All of them by default: the team is the trust's own, and being told does
    /// not reach the authority.
    public var settings: CareSetting.Selection = .all

    /// Whether a repeat within one visit is told again; it is marked as one. On by default: another worker
    /// has seen the plan.
    public var tellsOfRepeats = true

    /// The default.
    public init() {}
  }

  /// Whether kept answers may be shown. Off by default: no rule allows or forbids it, and an answer from the
  /// registry is never stale [D].
  public var cache: CacheUse = .off

  /// How long a check waits for the registry before it is *not checked*. Five seconds: a person stands at a desk.
  public var deadline: Duration = .seconds(5)

  /// How long a check waits for the cache before it goes on without.
  public var cacheDeadline: Duration = .milliseconds(200)

  /// How long a check waits for the sink before it keeps the notice in memory and offers it again later.
  public var sinkDeadline: Duration = .seconds(2)

  /// How long a check waits for each answer of a visit memory that does not answer in place, before the visit counts
  /// as not remembered.
  public var visitDeadline: Duration = .milliseconds(200)

  /// How long a visit is remembered from its first check. Within it, registration, triage and ward are one declared
  /// access; a visit that outlasts it, or a visit number used again, is a new one. With a ``VisitIdentityKey`` one visit
  /// has one identity for each UK day, so a shorter window makes no difference within a day. A day, as the registry
  /// lists one viewer once in 24 hours.
  public var visitWindow: Duration = .seconds(24 * 3600)

  /// How long plans found in a visit answer later checks in it, with their age, before the registry is asked again
  /// under the identity of the visit's access. "No plan" is never reused so: it is always asked again.
  public var repeatsAnsweredFor: Duration = .seconds(3600)

  /// How many notices that the sink would not take are kept in memory, to be offered again.
  public var heldNoticeLimit = 10_000

  /// When the trust's own safeguarding team is told.
  public var safeguarding = Safeguarding()

  /// When an authority's office answers its phone.
  public var officeHours = OfficeHours()

  /// The defaults.
  public init() {}

  /// - Throws: ``InvalidValue`` naming the first setting that makes no sense.
  func validate() throws(InvalidValue) {
    for (deadline, name) in [
      (deadline, "deadline"), (cacheDeadline, "cache deadline"), (sinkDeadline, "sink deadline"),
      (visitDeadline, "visit deadline"), (visitWindow, "visit window"),
    ] {
      guard deadline > .zero else { throw InvalidValue(name, must: "be more than zero") }
    }
    guard repeatsAnsweredFor >= .zero else {
      throw InvalidValue("time that repeats are answered", must: "not be negative")
    }
    guard heldNoticeLimit >= 0 else { throw InvalidValue("held notice limit", must: "not be negative") }
    if case .on(let freshFor, let usableWhenDownFor) = cache {
      guard freshFor >= .zero, usableWhenDownFor >= .zero else {
        throw InvalidValue("age of kept answers", must: "not be negative")
      }
    }
    let minutes = 0...24 * 60
    guard minutes.contains(officeHours.opensAtMinute), minutes.contains(officeHours.closesAtMinute) else {
      throw InvalidValue("office hours", must: "lie within a day of 1,440 minutes")
    }
  }
}
