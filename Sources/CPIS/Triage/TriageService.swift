#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
import Synchronization

/// Answers one question at the front door: is a plan recorded for this patient, and whom do we ring?
///
/// One service serves a whole host, from any number of tasks. Each ``check(_:in:)-(NHSNumber,_)`` passes the gate
/// (a valid, traced number and a role that fits the setting), asks the registry within a deadline, and gives one
/// of three outcomes. It never throws, so that no `catch` can be read as "no plan".
///
/// What must be told is told: an unscheduled check that the registry did not hear of is handed to the sink as a
/// declaration, with the author, setting and time of the check; and the trust's safeguarding team gets a notice of
/// every plan found. What the sink will not take is kept in memory and offered again.
public final class TriageService: Sendable {
  let registry: any RegistryClient
  /// The registry, if it can rule numbers out.
  let screeningRegistry: (any ScreeningRegistryClient)?
  let sink: any NotificationSink
  let cache: (any FlagCache)?
  let clock: any WallClock
  let observer: (any TriageObserver)?
  let makeID: @Sendable () -> UUID
  let state: Mutex<TriageState>

  /// How the service decides.
  public let policy: TriagePolicy

  /// Makes a service.
  ///
  /// - Parameters:
  ///   - registry: who is asked.
  ///   - notices: who takes over what must be told. Use a durable one, such as an outbox: what is held in memory is
  ///     lost with the process.
  ///   - cache: where answers are kept when the policy uses a cache; an ``InMemoryFlagCache`` when `nil`.
  ///   - policy: how it decides; the defaults ask always and keep nothing.
  ///   - clock: where time comes from.
  ///   - observer: who is told of events; nobody when `nil`.
  ///   - makeID: where identities come from: of notices, and of accesses made with a context that stands for another
  ///     one. Each must be new.
  public init(
    registry: any RegistryClient, notices: any NotificationSink, cache: (any FlagCache)? = nil,
    policy: TriagePolicy = TriagePolicy(), clock: any WallClock = SystemClock(),
    observer: (any TriageObserver)? = nil, makeID: @escaping @Sendable () -> UUID = { TraceID().uuid }
  ) {
    self.registry = registry
    self.screeningRegistry = registry as? any ScreeningRegistryClient
    self.sink = notices
    self.cache = policy.cache == .off ? nil : cache ?? InMemoryFlagCache(clock: clock)
    self.policy = policy
    self.clock = clock
    self.observer = observer
    self.makeID = makeID
    self.state = Mutex(TriageState(policy: policy))
  }

  func observe(_ kind: TriageEvent.Kind, _ context: AccessContext?) {
    observer?.observe(TriageEvent(kind: kind, traceID: context?.traceID, setting: context?.setting))
  }
}
