import CPIS
import Foundation
import Synchronization

/// Shows a test's time, and lets it pass for those who wait only when told: what wakes by itself would make a run
/// depend on more than its seed.
final class StillClock: WallClock {
  private struct State {
    var isOver = false
    /// Waits that are over as soon as somebody waits so long.
    var passed: [Duration: Int] = [:]
    var waiters: [UUID: (duration: Duration, continuation: CheckedContinuation<Bool, Never>)] = [:]
  }

  private let clock: TestClock
  private let state = Mutex(State())

  init(_ clock: TestClock) { self.clock = clock }

  var now: Date { clock.now }

  func sleep(for duration: Duration) async throws {
    let id = UUID()
    let hasPassed = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let known = state.withLock { state -> Bool? in
          if state.isOver || Task.isCancelled { return false }
          if let passed = state.passed[duration], passed > 0 {
            state.passed[duration] = passed - 1
            return true
          }
          state.waiters[id] = (duration, continuation)
          return nil
        }
        if let known { continuation.resume(returning: known) }
      }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume(returning: false)
    }
    if !hasPassed { throw CancellationError() }
  }

  /// Ends one wait of exactly a duration: one under way, or else the next.
  func pass(_ duration: Duration) {
    let waiter = state.withLock { state -> CheckedContinuation<Bool, Never>? in
      if let id = state.waiters.first(where: { $0.value.duration == duration })?.key {
        return state.waiters.removeValue(forKey: id)?.continuation
      }
      state.passed[duration, default: 0] += 1
      return nil
    }
    waiter?.resume(returning: true)
  }

  /// Ends every wait of exactly a duration that is under way, and one more: a call's deadline, and what frees its slot
  /// after as long again.
  func passAll(_ duration: Duration) {
    let waiters = state.withLock { state in
      let ids = state.waiters.filter { $0.value.duration == duration }.map(\.key)
      state.passed[duration, default: 0] += 1
      return ids.compactMap { state.waiters.removeValue(forKey: $0)?.continuation }
    }
    for waiter in waiters { waiter.resume(returning: true) }
  }

  /// Lets everybody go.
  func end() {
    let waiters = state.withLock { state in
      state.isOver = true
      defer { state.waiters = [:] }
      return state.waiters.values
    }
    for waiter in waiters { waiter.continuation.resume(returning: false) }
  }
}
