#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
public import NHSNumbers
internal import Synchronization

/// When a ``GuardedRegistry`` no longer asks a registry, so that checks are answered at once.
public struct RegistryGuardPolicy: Hashable, Sendable {
  /// How many calls may be in flight; each has a thread of its own. A call beyond is refused at once: a queue would only end at the deadline.
  public var callsInFlight = 64

  /// How many calls in a row must fail before checks no longer wait for the registry. Only ``RegistryError/Code``
  /// `unavailable`, `timedOut` and `tooManyRequests` count: never an answer about one author or patient.
  public var failuresBeforeOpening = 5

  /// How often a registry that is given up is asked again; at least 100 ms.
  public var probeInterval: Duration = .seconds(5)

  /// How long the registry may ask to be left alone. What it asks beyond that is not honoured: checks must go on.
  public var longestRetryAfter: Duration = .seconds(60)

  /// How many calls may be outstanding past twice their deadline. Each may hold a thread. At this number the registry is
  /// not asked until one returns: a client should give up by itself.
  public var callsGivenUp = 64

  /// The defaults.
  public init() {}

  /// - Throws: ``InvalidValue`` when a value makes no sense.
  func validate() throws(InvalidValue) {
    let counts = 1...10_000
    guard counts.contains(callsInFlight) else {
      throw InvalidValue("RegistryGuardPolicy.callsInFlight", must: "be 1 to 10,000")
    }
    guard failuresBeforeOpening > 0 else {
      throw InvalidValue("RegistryGuardPolicy.failuresBeforeOpening", must: "be at least 1")
    }
    guard probeInterval >= .milliseconds(100) else {
      throw InvalidValue("RegistryGuardPolicy.probeInterval", must: "be 100 ms or more")
    }
    guard longestRetryAfter >= .zero else {
      throw InvalidValue("RegistryGuardPolicy.longestRetryAfter", must: "not be negative")
    }
    guard counts.contains(callsGivenUp) else {
      throw InvalidValue("RegistryGuardPolicy.callsGivenUp", must: "be 1 to 10,000")
    }
  }
}

/// What a ``GuardedRegistry`` finds and does at a moment.
public struct RegistryGuardState: Hashable, Sendable {
  /// Whether checks are answered without waiting for the registry, because it failed too often in a row.
  public let isOpen: Bool
  /// How many calls are under way, without those given up.
  public let callsInFlight: Int
  /// How many calls passed twice their deadline and never came back.
  public let callsGivenUp: Int
  /// How many calls failed in a row, up to as many as open the guard.
  public let consecutiveFailures: Int
}

/// A change in a ``GuardedRegistry``.
@nonexhaustive
public enum RegistryGuardChange: Hashable, Sendable, CaseIterable {
  /// The registry failed so often in a row that checks no longer wait for it.
  case opened
  /// The registry answered, and is asked again.
  case closed
  /// The limit of ``RegistryGuardPolicy/callsGivenUp`` was reached. Restart the process if none does; the client should give up by itself.
  case tooManyGivenUp
}

extension RegistryGuardChange: ObservedEvent {
  /// What changed, as a stable name.
  public var name: String {
    switch self {
    case .opened: "registry.guard.opened"
    case .closed: "registry.guard.closed"
    case .tooManyGivenUp: "registry.guard.too_many_given_up"
    }
  }

  /// `nil`: the name says it all.
  public var reason: String? { nil }

  /// `nil`: it takes no time.
  public var duration: Duration? { nil }
}

/// A registry with a guard before it: when it is down, checks are answered at once instead of after the deadline.
///
/// ``TriageService`` puts one before every client that does not answer in place. Make one yourself to share it with an
/// outbox, whose deliveries then tell the guard that the registry has come back; they never open it.
///
/// ```swift
/// let registry = try GuardedRegistry(client, observer: observer)
/// let outbox = try await Outbox(
///   store: store, delivery: .declarations(to: registry, others: mailbox), sealer: sealer, observer: observer)
/// let service = try TriageService(registry: registry, notices: outbox, observer: observer)
/// ```
///
/// While it is open the registry is asked every ``RegistryGuardPolicy/probeInterval``, with the very call that it did
/// not answer last, under the same identity: the registry counts an access once, and a history is asked for as a
/// history.
public final class GuardedRegistry: RegistryClient {
  fileprivate typealias Probe = @Sendable (any RegistryClient) async throws(RegistryError) -> Void

  fileprivate struct State {
    var decided: GuardState
    /// What to probe with: the last call that was not answered, and no other, as that might declare an access.
    var unanswered: Probe?
    var isProbing = false
  }

  private let base: any RegistryClient
  private let policy: RegistryGuardPolicy
  private let clock: any WallClock
  private let events: EventReporter
  private let calls: PortCalls
  private let state: Mutex<State>

  /// Puts a guard before a registry.
  ///
  /// - Parameters:
  ///   - base: the registry.
  ///   - policy: limits and intervals.
  ///   - clock: where time comes from.
  ///   - observer: who is told when the guard opens and closes; nobody when `nil`.
  /// - Throws: ``InvalidValue`` when a value of the policy makes no sense.
  public convenience init(
    _ base: any RegistryClient, policy: RegistryGuardPolicy = RegistryGuardPolicy(),
    clock: any WallClock = SystemClock(), observer: (any EventObserver)? = nil
  ) throws(InvalidValue) {
    try policy.validate()
    self.init(base, policy, clock, EventReporter(observer: observer, clock: clock))
  }

  init(_ base: any RegistryClient, _ policy: RegistryGuardPolicy, _ clock: any WallClock, _ events: EventReporter) {
    self.base = base
    self.policy = policy
    self.clock = clock
    self.events = events
    calls = PortCalls("registry", threads: policy.callsInFlight &+ policy.callsGivenUp)
    state = Mutex(State(decided: GuardState(policy)))
  }

  /// What it finds and does now.
  public var guardState: RegistryGuardState { state.withLock { $0.decided.view } }

  /// The registry itself, when it answers in place: it needs neither guard nor deadline, and a check that it answers
  /// costs a fifth less without the closures that a guarded call needs.
  var inPlace: (any RegistryClient)? { base.answersInPlace ? base : nil }

  /// Whether no call runs or waits for a thread.
  var isIdle: Bool { calls.areIdle }
}

extension GuardedRegistry {
  /// Asks what is recorded under a number, unless the guard is open.
  ///
  /// - Throws: ``RegistryError``; `unavailable` at once when the guard does not let the call through.
  public func plans(for access: Access) async throws(RegistryError) -> RegistryAnswer {
    try await call { base async throws(RegistryError) in try await base.plans(for: access) }
  }

  /// Declares an access. A declaration always goes through, as an outbox has waits of its own; one that the registry
  /// takes closes the guard, and one that fails does not open it.
  public func declare(_ access: Access) async throws(RegistryError) {
    let result = await calls.run(inPlace: base.answersInPlace) { [base] in
      await resultOf { () async throws(RegistryError) in try await base.declare(access) }
    }
    if GuardState.Verdict(result) == .answered { report(state.withLock { $0.decided.succeeded() }) }
    try result.get()
  }

  /// Asks who saw the child's record, unless the guard is open.
  ///
  /// - Throws: ``RegistryError``; `unavailable` at once when the guard does not let the call through.
  public func accessHistory(for access: Access) async throws(RegistryError) -> AccessHistory {
    try await call { base async throws(RegistryError) in try await base.accessHistory(for: access) }
  }

  /// What the registry behind it says.
  public func rulesOut(_ patient: NHSNumber) -> Bool { base.rulesOut(patient) }

  /// What the registry behind it says. One that answers in place needs no guard, and is asked without.
  public var answersInPlace: Bool { base.answersInPlace }
}

extension GuardedRegistry {
  /// Makes a call: in place where the client says so, else on a thread of its own, if the guard lets it through.
  ///
  /// - Parameters:
  ///   - limit: how long to wait; `nil` for as long as it takes.
  ///   - willCall: told when the guard has let the call through.
  ///   - late: given what came after the limit.
  ///   - operation: the call; the guard may probe with it.
  /// - Throws: what the client throws; `timedOut` after the limit; `unavailable` when the call was not let through.
  func call<Value: Sendable>(
    within limit: Duration? = nil, willCall: () -> Void = {},
    late: @escaping @Sendable (Result<Value, RegistryError>) async -> Void = { _ in },
    _ operation: @escaping @Sendable (any RegistryClient) async throws(RegistryError) -> Value
  ) async throws(RegistryError) -> Value {
    if base.answersInPlace { return try await operation(base) }
    let now = clock.now
    let (id, mustProbe) = state.withLock { state -> (GuardState.CallID?, Bool) in
      let id = state.decided.admit(at: now)
      if id == nil { state.unanswered = Self.probe(operation) }
      return (id, id == nil && state.claimProbing())
    }
    if mustProbe { startProbing() }
    guard let id else { throw RegistryError(.unavailable) }
    willCall()
    return try await perform(id, within: limit, late: late, operation).get()
  }

  private static func probe<Value>(
    _ operation: @escaping @Sendable (any RegistryClient) async throws(RegistryError) -> Value
  ) -> Probe {
    { base async throws(RegistryError) in _ = try await operation(base) }
  }

  /// Makes a call that was let through.
  private func perform<Value: Sendable>(
    _ id: GuardState.CallID, within limit: Duration?,
    late: @escaping @Sendable (Result<Value, RegistryError>) async -> Void,
    _ operation: @escaping @Sendable (any RegistryClient) async throws(RegistryError) -> Value
  ) async -> Result<Value, RegistryError> {
    let work = { @Sendable [base] () async -> Result<Value, RegistryError> in
      let result = await resultOf { () async throws(RegistryError) in try await operation(base) }
      self.finish(id, Self.probe(operation), result)
      return result
    }
    guard let limit else { return await calls.run(inPlace: false, work) }
    if let result = await calls.run(inPlace: false, within: limit, on: clock, late: late, work) { return result }
    let now = clock.now
    note(Self.probe(operation)) { $0.timeOut(id, at: now) }
    Task {
      // A clock that cannot wait gives it up at once: a slot too many is better than none.
      try? await clock.sleep(for: limit)
      report(state.withLock { $0.decided.giveUp(id) })
    }
    return .failure(RegistryError(.timedOut))
  }

  private func finish<Value>(
    _ id: GuardState.CallID, _ probe: @escaping Probe, _ result: Result<Value, RegistryError>
  ) {
    let (verdict, now) = (GuardState.Verdict(result), clock.now)
    var retryAfter: Duration?
    if case .failure(let error) = result { retryAfter = error.retryAfter }
    note(probe) { $0.finish(id, verdict, retryAfter: retryAfter, at: now) }
  }

  /// Decides, tells of what changed, and begins to probe when the guard has opened.
  private func note(_ probe: @escaping Probe, _ decide: (inout GuardState) -> [RegistryGuardChange]) {
    let (changes, mustProbe) = state.withLock { state -> ([RegistryGuardChange], Bool) in
      let changes = decide(&state.decided)
      if changes.contains(.opened) { state.unanswered = probe }
      return (changes, state.claimProbing())
    }
    report(changes)
    if mustProbe { startProbing() }
  }

  private func report(_ changes: [RegistryGuardChange]) {
    for change in changes { events.report(change) }
  }

  /// Asks the registry again and again until the guard has closed.
  private func startProbing() {
    Task {
      while true {
        do {
          try await clock.sleep(for: policy.probeInterval)
        } catch {
          // Without a clock this would be a busy loop; the next check that is refused starts the probing anew.
          state.withLock { $0.isProbing = false }
          return
        }
        let now = clock.now
        let next = state.withLock { state -> (id: GuardState.CallID?, probe: Probe)? in
          guard state.decided.isOpen, let probe = state.unanswered else {
            state.isProbing = false
            state.unanswered = nil
            return nil
          }
          return (state.decided.probe(at: now), probe)
        }
        guard let next else { return }
        guard let id = next.id else { continue }
        // Not waited for: the next one is due whatever becomes of this one.
        Task {
          _ = await perform(id, within: policy.probeInterval, late: { _ in }, next.probe)
        }
      }
    }
  }
}

extension GuardedRegistry.State {
  /// Begins the probing; `false` when it is under way, or the guard is closed.
  fileprivate mutating func claimProbing() -> Bool {
    guard decided.isOpen, unanswered != nil, !isProbing else { return false }
    isProbing = true
    return true
  }
}
