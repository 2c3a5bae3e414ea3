internal import CPIS
internal import Synchronization

/// A port that goes wrong as a script says: what ``FaultyRegistry``, ``FaultyCache``, ``FaultySink`` and
/// ``FaultyVisitMemory`` have in common.
public protocol FaultyPort: Sendable {
  /// The operations of the port.
  associatedtype Operation: Hashable & Sendable & CaseIterable
  /// The error that it throws.
  associatedtype Failure: ScriptedFailure
  /// The answers it can give that cannot be trusted.
  associatedtype Nonsense: Hashable & Sendable & CaseIterable

  /// Counts its calls, and makes them go wrong.
  var player: FaultPlayer<Operation, Failure, Nonsense> { get }
}

extension FaultyPort {
  /// A way in which the port goes wrong.
  public typealias Fault = PortFault<Failure, Nonsense>

  /// Which calls go wrong, and how.
  public typealias Script = FaultScript<Operation, Fault>

  /// Starts a script, and counts calls from 1 again.
  public func play(_ script: Script) { player.play(script) }

  /// How often an operation was called since the script began.
  public func callCount(of operation: Operation) -> Int { player.callCount(of: operation) }

  /// Releases every call that hangs at this moment: it now acts and answers.
  public func release() { player.release() }

  /// Waits until at least this many calls hang.
  public func waitForHanging(_ count: Int) async { await player.waitForHanging(count) }

  /// Whether no operation has a fault in the script.
  var hasNoFault: Bool { !Operation.allCases.contains(where: player.hasFault) }
}

/// Counts calls, and makes them go wrong as a script says. The faulty ports share it; use it through them.
public final class FaultPlayer<
  Operation: Hashable & Sendable, Failure: ScriptedFailure, Nonsense: Hashable & Sendable & CaseIterable
>: Sendable {
  private struct State {
    var script: FaultScript<Operation, PortFault<Failure, Nonsense>>
    var counts: [Operation: Int] = [:]
    var hanging: [CheckedContinuation<Void, Never>] = []
    var watchers = CountWatchers()
  }

  private let clock: any WallClock
  private let state: Mutex<State>

  init(_ script: FaultScript<Operation, PortFault<Failure, Nonsense>>, clock: any WallClock) {
    self.clock = clock
    self.state = Mutex(State(script: script))
  }

  fileprivate func play(_ script: FaultScript<Operation, PortFault<Failure, Nonsense>>) {
    state.withLock { state in
      state.script = script
      state.counts = [:]
    }
  }

  func hasFault(of operation: Operation) -> Bool { state.withLock { $0.script.hasFault(of: operation) } }

  fileprivate func callCount(of operation: Operation) -> Int { state.withLock { $0.counts[operation, default: 0] } }

  /// Releases every call that hangs at this moment.
  fileprivate func release() {
    let released = state.withLock { state in
      let hanging = state.hanging
      state.hanging = []
      return hanging
    }
    for call in released { call.resume() }
  }

  fileprivate func waitForHanging(_ count: Int) async {
    await withCheckedContinuation { continuation in
      let ready = state.withLock { state in
        state.watchers.add(continuation, for: count)
        return state.watchers.take(reachedBy: state.hanging.count)
      }
      for watcher in ready { watcher.resume() }
    }
  }

  /// Makes one call as the script says.
  func run<Value>(
    _ operation: Operation, _ act: () async throws(Failure) -> Value,
    distort: (Nonsense, Value) throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    let fault = state.withLock { state in
      state.counts[operation, default: 0] += 1
      return state.script.fault(of: operation, call: state.counts[operation, default: 0])
    }
    guard let fault else { return try await act() }
    switch fault {
    case .fails(let failure): throw failure
    case .actsThenFails(let failure):
      _ = try await act()
      throw failure
    case .slowToAct(let delay):
      try await pause(delay)
      return try await act()
    case .slowToReply(let delay):
      let value = try await act()
      try await pause(delay)
      return value
    case .neverAnswers:
      await hang()
      return try await act()
    case .answersNonsense(let nonsense): return try distort(nonsense, try await act())
    }
  }

  private func pause(_ delay: Duration) async throws(Failure) {
    do {
      try await clock.sleep(for: delay)
    } catch {
      throw Failure.ofCancelledWait
    }
  }

  private func hang() async {
    await withCheckedContinuation { continuation in
      let ready = state.withLock { state in
        state.hanging.append(continuation)
        return state.watchers.take(reachedBy: state.hanging.count)
      }
      for watcher in ready { watcher.resume() }
    }
  }
}
