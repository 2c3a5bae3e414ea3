/// Something that happened in a check, without anything of the patient.
public struct TriageEvent: Hashable, Sendable {
  /// What happened.
  public enum Kind: Hashable, Sendable {
    /// The gate refused the check; nobody was asked.
    case refused
    /// The registry was asked.
    case registryAsked
    /// The check was answered with plans.
    case plansRecorded(AnswerOrigin.Source)
    /// The check was answered with "no plan under this number".
    case noPlanRecorded(AnswerOrigin.Source)
    /// The check could not be made.
    case notChecked
    /// A check joined one of the same access that was under way.
    case joined
    /// The registry failed.
    case registryFailed(RegistryError)
    /// The guard before the registry opened or closed, or has given up as many calls as it may.
    case registryGuard(RegistryGuardChange)
    /// The registry answered after the deadline.
    case lateAnswer
    /// The cache failed; the check went on without.
    case cacheFailed(CacheError)
    /// The visit memory failed; the visit counts as not remembered.
    case visitMemoryFailed(VisitMemoryError)
    /// The sink did not take a notice over.
    case sinkFailed(SinkError)
    /// An access was handed over for the local authority, and how.
    case authorityTold(Handover)
    /// A notice was handed over for the safeguarding team, and how.
    case safeguardingTold(Handover)
    /// The sink took over a notice that had been kept in memory; `remaining` is the number still held.
    case heldNoticeEntrusted(remaining: Int)
    /// A notice could be neither handed over nor kept. Somebody must be told by other means.
    case noticeNotTold
  }

  /// What happened.
  public let kind: Kind
  /// The access it concerns; `nil` where it concerns none or is not known.
  public let access: Access.ID?
  /// Where the patient is seen; `nil` where that is not known.
  public let setting: CareSetting?

  /// Makes an event; for the tests of an observer.
  public init(kind: Kind, access: Access.ID?, setting: CareSetting?) {
    self.kind = kind
    self.access = access
    self.setting = setting
  }
}
