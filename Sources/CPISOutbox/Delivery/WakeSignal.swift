internal import Synchronization

/// Wakes whoever waits for something to do. A signal given before the wait is not missed.
final class WakeSignal: Sendable {
  private struct State {
    var generation: UInt64 = 0
    var nextWaiter: UInt64 = 0
    var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
  }

  private let state = Mutex(State())

  /// How many signals there were; to be read before looking for work.
  var generation: UInt64 { state.withLock { $0.generation } }

  func signal() {
    let waiters = state.withLock { state in
      state.generation += 1
      defer { state.waiters = [:] }
      return state.waiters.values
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Returns at the first signal after a generation, or when the task is cancelled.
  func wait(after generation: UInt64) async {
    let id = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let mayWait = state.withLock { state in
          // Cancellation that came before this is seen here; one that comes later finds the waiter.
          guard state.generation == generation, !Task.isCancelled else { return false }
          state.waiters[id] = continuation
          return true
        }
        if !mayWait { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
    }
  }
}
