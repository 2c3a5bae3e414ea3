#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Receives what happens in the package, for logs, metrics and traces: of a ``TriageService``, a ``GuardedRegistry``, an
/// outbox. One observer serves them all. Events hold no patient.
///
/// **To implement it**: return quickly and do not call the service; you are called in the path of a check, from any
/// thread.
///
/// ```swift
/// struct Logging: EventObserver {
///   let log: Logger
///
///   func observe(_ event: some ObservedEvent) {
///     log.info("\(event.name) \(event.reason ?? "") \(event.duration?.description ?? "")")
///     if let event = event as? TriageEvent, event.kind == .noticeNotTold { page(about: event.access) }
///   }
/// }
/// ```
public protocol EventObserver: Sendable {
  /// Takes note of an event.
  func observe(_ event: some ObservedEvent)
}

/// Something that happened in the package, without anything of a patient.
///
/// Name and reason are stable: dashboards and alerts may rest on them.
public protocol ObservedEvent: Sendable {
  /// What happened, in lower case with dots: `check.plans_recorded`.
  var name: String { get }

  /// What tells events of one name apart: why it came to this, or by what way. One of a few words, fit for a label of a
  /// metric; `nil` where there is nothing to tell apart.
  var reason: String? { get }

  /// How long it took; `nil` for what takes no time of its own.
  var duration: Duration? { get }
}

/// Something that happened in a check.
public struct TriageEvent: ObservedEvent, Hashable {
  /// What happened.
  @nonexhaustive
  public enum Kind: Hashable, Sendable {
    /// The gate refused the check; nobody was asked.
    case refused(NotChecked.Reason)
    /// A check joined one of the same access that was under way.
    case joined
    /// The check was answered with plans.
    case plansRecorded(AnswerOrigin.Source)
    /// The check was answered with "no plan under this number".
    case noPlanRecorded(AnswerOrigin.Source)
    /// The check could not be made.
    case notChecked(NotChecked.Reason)
    /// The caller was cancelled, and left with *not checked*. The check goes on, and ends with an event of its own.
    case callerLeft
    /// The registry was asked.
    case registryAsked(Question)
    /// The registry answered in time.
    case registryAnswered(Question)
    /// The registry failed, or was not asked as its guard is open.
    case registryFailed(RegistryError)
    /// The registry answered after the deadline.
    case lateAnswer
    /// The cache failed; the check went on without.
    case cacheFailed(CacheError)
    /// The visit memory failed; the visit counts as not remembered.
    case visitMemoryFailed(VisitMemoryError)
    /// The sink did not take a notice over.
    case sinkFailed(SinkError)
    /// What became of telling the local authority of an access.
    case authorityTold(NotificationStatus)
    /// What became of telling the safeguarding team.
    case safeguardingTold(NotificationStatus)
    /// The sink took over a notice that had been kept in memory; `remaining` is the number still held.
    case heldNoticeEntrusted(remaining: Int)
    /// A notice could be neither handed over nor kept. Somebody must be told by other means.
    case noticeNotTold
  }

  /// What a registry is asked.
  @nonexhaustive
  public enum Question: String, Hashable, Sendable, CaseIterable {
    /// What is recorded under a number.
    case plans
    /// To take note of an access that was answered from the cache.
    case declaration
    /// Who saw the child's record.
    case history
  }

  /// What happened.
  public let kind: Kind
  /// The access it concerns; `nil` where it concerns none or is not known.
  public let access: Access.ID?
  /// Where the patient is seen; `nil` where that is not known.
  public let setting: CareSetting?
  /// How long it took: a check from its beginning, an answer or failure of the registry from the question; `nil` for
  /// all else.
  public let duration: Duration?

  /// Makes an event; for the tests of an observer.
  public init(kind: Kind, access: Access.ID?, setting: CareSetting?, duration: Duration? = nil) {
    self.kind = kind
    self.access = access
    self.setting = setting
    self.duration = duration
  }
}

extension TriageEvent {
  /// What happened, as a stable name.
  public var name: String {
    switch kind {
    case .refused: "check.refused"
    case .joined: "check.joined"
    case .plansRecorded: "check.plans_recorded"
    case .noPlanRecorded: "check.no_plan_recorded"
    case .notChecked: "check.not_checked"
    case .callerLeft: "check.caller_left"
    case .registryAsked: "registry.asked"
    case .registryAnswered: "registry.answered"
    case .registryFailed: "registry.failed"
    case .lateAnswer: "registry.answered_late"
    case .cacheFailed: "cache.failed"
    case .visitMemoryFailed: "visits.failed"
    case .sinkFailed: "sink.failed"
    case .authorityTold: "authority.told"
    case .safeguardingTold: "safeguarding.told"
    case .heldNoticeEntrusted: "notice.entrusted_later"
    case .noticeNotTold: "notice.not_told"
    }
  }

  /// Why no answer came, where an answer came from, what was asked, how somebody was told, or the cause of a failure,
  /// which is `other` for a port's own word, as that may hold anything.
  public var reason: String? {
    switch kind {
    case .refused(let reason), .notChecked(let reason): reason.code
    case .plansRecorded(let source), .noPlanRecorded(let source): source.code
    case .registryAsked(let question), .registryAnswered(let question): question.rawValue
    case .registryFailed(let error): error.code.loggable
    case .cacheFailed(let error): error.code.loggable
    case .visitMemoryFailed(let error): error.code.loggable
    case .sinkFailed(let error): error.code.loggable
    case .authorityTold(let status), .safeguardingTold(let status): status.code
    case .joined, .callerLeft, .lateAnswer, .heldNoticeEntrusted, .noticeNotTold: nil
    }
  }
}

/// Tells the observer, if there is one.
struct EventReporter: Sendable {
  let observer: (any EventObserver)?
  let clock: any WallClock

  /// A moment to measure from; `nil` when nobody wants to know.
  var start: Date? { observer == nil ? nil : clock.now }

  /// - Parameter start: since when it lasted; `nil` when it has no length.
  @inline(__always)
  func report(_ kind: TriageEvent.Kind, _ access: Access? = nil, since start: Date? = nil) {
    // Most hosts have no observer, and a check reports about five events.
    if observer != nil { send(kind, access, since: start) }
  }

  @inline(never)
  private func send(_ kind: TriageEvent.Kind, _ access: Access?, since start: Date?) {
    observer?.observe(
      TriageEvent(
        kind: kind, access: access?.id, setting: access?.context.setting,
        duration: start.map(clock.duration(since:))))
  }

  func report(_ event: some ObservedEvent) { observer?.observe(event) }
}
