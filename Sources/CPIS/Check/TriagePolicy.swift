/// The settings of a ``TriageService`` for what the rules of CP-IS leave open.
///
/// Every value has a default that errs towards asking and telling. A ``TriageService`` refuses a policy in which a
/// deadline or the visit window is not more than zero, another duration or limit is negative, kept answers are fresh for
/// longer than they are usable, or an office closes before it opens.
public struct TriagePolicy: Hashable, Sendable {
  /// Whether kept answers may be shown.
  @nonexhaustive
  public enum CacheUse: Hashable, Sendable {
    /// Never: each check asks the registry, except repeats within a visit; see
    /// ``TriagePolicy/repeatsAnsweredFor``.
    case off

    /// Plans no older than `freshFor` are shown without asking; plans no older than `usableWhenDownFor` are shown, with
    /// their age, when the registry cannot be asked. Neither ever lasts beyond the plans' own last day. A kept "none" is
    /// never shown.
    ///
    /// An unscheduled check that is answered so is still declared to the registry.
    case on(freshFor: Duration, usableWhenDownFor: Duration)

    /// How old an answer may be that is shown; `nil` when none is kept.
    var longestAge: Duration? {
      switch self {
      case .off: nil
      case .on(let freshFor, let usableWhenDownFor): max(freshFor, usableWhenDownFor)
      }
    }
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
    func refuse(_ setting: String, must rule: String) throws(InvalidValue) {
      throw InvalidValue("TriagePolicy.\(setting)", must: rule)
    }
    for (wait, setting) in [
      (deadline, "deadline"), (cacheDeadline, "cacheDeadline"), (sinkDeadline, "sinkDeadline"),
      (visitDeadline, "visitDeadline"), (visitWindow, "visitWindow"),
    ] where wait <= .zero {
      try refuse(setting, must: "be more than zero")
    }
    if repeatsAnsweredFor < .zero { try refuse("repeatsAnsweredFor", must: "not be negative") }
    if heldNoticeLimit < 0 { try refuse("heldNoticeLimit", must: "not be negative") }
    if case .on(let freshFor, let usableWhenDownFor) = cache {
      if freshFor < .zero { try refuse("cache", must: "have no negative freshFor") }
      if usableWhenDownFor < freshFor { try refuse("cache", must: "have no usableWhenDownFor below its freshFor") }
    }
    let (opens, closes) = (officeHours.opensAtMinute, officeHours.closesAtMinute)
    if opens < 0 || closes < opens || closes > 24 * 60 {
      try refuse("officeHours", must: "open and then close within a day of 1,440 minutes")
    }
  }
}
