import Synchronization

/// A value that is settled once and awaited by any number of tasks.
///
/// Waiting can be cancelled; what is waited for cannot: a query that may already have told an authority runs on,
/// and a cancelled URL task can hang or trap in Foundation on Linux.
final class Settlement<Value: Sendable>: Sendable {
  private struct State {
    var value: Value?
    var isClaimed = false
    var nextWaiter = 0
    var waiters: [Int: CheckedContinuation<Value?, Never>] = [:]
    var cancelledEarly: Set<Int> = []
  }

  private let state = Mutex(State())

  init() {}

  /// The value, if it is settled.
  var settled: Value? { state.withLock { $0.value } }

  /// Takes the right to settle; true for the first caller only.
  func claim() -> Bool {
    state.withLock { state in
      defer { state.isClaimed = true }
      return !state.isClaimed
    }
  }

  /// Settles the value, once; later calls change nothing.
  func settle(_ value: Value) {
    let waiters = state.withLock { state -> [Int: CheckedContinuation<Value?, Never>] in
      guard state.value == nil else { return [:] }
      state.value = value
      state.isClaimed = true
      defer { state.waiters = [:] }
      return state.waiters
    }
    for waiter in waiters.values { waiter.resume(returning: value) }
  }

  /// The value when it is settled; `nil` when the waiting task is cancelled first.
  func value() async -> Value? {
    let (settled, id) = state.withLock { state -> (Value?, Int) in
      defer { state.nextWaiter += 1 }
      return (state.value, state.nextWaiter)
    }
    if let settled { return settled }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let known = state.withLock { state -> Value?? in
          if let value = state.value { return .some(value) }
          if state.cancelledEarly.remove(id) != nil { return .some(nil) }
          state.waiters[id] = continuation
          return .none
        }
        if let known { continuation.resume(returning: known) }
      }
    } onCancel: {
      let waiter = state.withLock { state -> CheckedContinuation<Value?, Never>? in
        if let waiter = state.waiters.removeValue(forKey: id) { return waiter }
        if state.value == nil { state.cancelledEarly.insert(id) }
        return nil
      }
      waiter?.resume(returning: nil)
    }
  }
}

/// Starts a task that runs on this thread until it first suspends, where the platform can: a port that answers
/// from memory then costs no hop and no timer.
@discardableResult
func startNow(_ operation: @escaping @Sendable @isolated(any) () async -> Void) -> Task<Void, Never> {
  if #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) {
    return Task.immediate(operation: operation)
  }
  return Task(operation: operation)
}

extension WallClock {
  /// Runs an operation and waits for it no longer than a duration. The operation is not cancelled.
  ///
  /// - Returns: `nil` when it took longer.
  func bounded<Value: Sendable>(
    by limit: Duration, _ operation: @escaping @Sendable () async -> Value
  ) async -> Value? {
    let settlement = Settlement<Value?>()
    startNow { settlement.settle(await operation()) }
    if let value = settlement.settled { return value }
    let timer = Task {
      // A clock that cannot wait ends the waiting: unknown is safe, waiting for ever is not.
      try? await sleep(for: limit)
      settlement.settle(nil)
    }
    // Ignores cancellation, because the operation must finish even when the caller has gone.
    let value = await Task { await settlement.value() }.value
    timer.cancel()
    return value ?? nil
  }
}
