import Synchronization

/// A value that is settled once and awaited by any number of tasks.
///
/// Waiting can be cancelled; what is waited for cannot: a query that may already have told an authority runs on,
/// and a cancelled URL task can hang or trap in Foundation on Linux.
final class Settlement<Value: Sendable>: Sendable {
  private struct State {
    var value: Value?
    var nextWaiter = 0
    var waiters: [Int: CheckedContinuation<Value?, Never>] = [:]
    var cancelledEarly: Set<Int> = []
  }

  private let state = Mutex(State())

  init() {}

  /// The value, if it is settled.
  var settled: Value? { state.withLock { $0.value } }

  /// Settles the value, once; later calls change nothing.
  ///
  /// - Returns: whether this call has settled it.
  @discardableResult
  func settle(_ value: Value) -> Bool {
    let waiters = state.withLock { state -> [Int: CheckedContinuation<Value?, Never>]? in
      guard state.value == nil else { return nil }
      state.value = value
      defer { state.waiters = [:] }
      return state.waiters
    }
    guard let waiters else { return false }
    for waiter in waiters.values { waiter.resume(returning: value) }
    return true
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
