import Foundation
import Synchronization

#if THREAD_SANITIZER
  // Exported so that every file of this module sees the stand-in's members, too.
  @_exported public import NHSNumbers

  typealias Mutex = SanitizedMutex
#endif

/// Threads for the calls of one port, so that a client that blocks its thread holds up nobody else.
///
/// The tasks of a process share as many threads as the machine has cores. A client that blocks one of them for seconds
/// delays every check, its own deadline included. A task executor over a Dispatch queue does not help, as Dispatch
/// shares its threads with the runtime's own timers; threads of our own do. A call on them costs some 20 µs, so whoever
/// answers from memory is asked in place.
///
/// A thread is started when a call finds none idle, and ends when it has had nothing to do for a while. When all are
/// blocked, calls wait for one, and their callers for no longer than the deadline.
final class PortThreads: TaskExecutor {
  private struct State {
    var jobs: [UnownedJob] = []
    /// The first job that was not taken yet.
    var next = 0
    var threads = 0
    var busy = 0

    mutating func take() -> UnownedJob? {
      guard next < jobs.count else { return nil }
      defer {
        next += 1
        // Now and then, so that taking stays cheap, and nothing is kept of a burst.
        if next == jobs.count || next > 1_000 {
          jobs.removeFirst(next)
          next = 0
        }
      }
      busy += 1
      return jobs[next]
    }
  }

  private let name: String
  private let limit: Int
  private let idleTime: TimeInterval
  private let state = Mutex(State())
  /// Only for waiting: what is waited for is in the state.
  private let condition = NSCondition()

  /// Makes an executor without a thread.
  ///
  /// - Parameters:
  ///   - name: what its threads are called.
  ///   - limit: how many threads it starts at most.
  ///   - idleTime: after how many seconds without a call a thread ends.
  init(_ name: String, limit: Int, idleTime: TimeInterval = 10) {
    self.name = name
    self.limit = limit
    self.idleTime = idleTime
  }

  /// Whether no job runs or waits for a thread: every call has returned, or waits for something else.
  var isIdle: Bool { state.withLock { $0.busy == 0 && $0.next == $0.jobs.count } }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let mustStart = state.withLock { state in
      state.jobs.append(job)
      let waiting = state.jobs.count - state.next
      guard waiting > state.threads - state.busy, state.threads < limit else { return false }
      state.threads += 1
      return true
    }
    if mustStart {
      let thread = Thread { self.work() }
      thread.name = name
      thread.start()
    } else {
      condition.lock()
      condition.signal()
      condition.unlock()
    }
  }

  private func work() {
    while true {
      if let job = state.withLock({ $0.take() }) {
        // `unsafe`: the executor is named without a reference to it; it lives as long as this call.
        unsafe job.runSynchronously(on: asUnownedTaskExecutor())
        state.withLock { $0.busy -= 1 }
      } else if !waitForJob() {
        return
      }
    }
  }

  /// Waits until there is a job.
  ///
  /// - Returns: `false` when none came, and the thread is no longer counted.
  private func waitForJob() -> Bool {
    condition.lock()
    defer { condition.unlock() }
    let end = Date(timeIntervalSinceNow: idleTime)
    while state.withLock({ $0.next == $0.jobs.count }) {
      if condition.wait(until: end) { continue }
      return state.withLock { state in
        guard state.next == state.jobs.count else { return true }
        state.threads -= 1
        return false
      }
    }
    return true
  }
}

/// How the calls of one port are made: in place, or on threads of their own.
struct PortCalls: Sendable {
  private let threads: PortThreads

  /// - Parameter limit: how many threads there may be.
  init(_ port: String, threads limit: Int = 128) { threads = PortThreads("cpis.\(port)", limit: limit) }

  /// Whether no call runs or waits for a thread.
  var areIdle: Bool { threads.isIdle }

  /// Makes a call, and waits for it however long it takes.
  ///
  /// - Parameter inPlace: whether the port says that it neither blocks nor waits.
  func run<Value: Sendable>(
    inPlace: Bool, _ call: @escaping @Sendable () async -> Value
  ) async -> Value {
    inPlace ? await call() : await Task(executorPreference: threads, operation: call).value
  }

  /// Makes a call, and waits for it no longer than a duration. The call is not cancelled.
  ///
  /// A port that answers in place is waited for: it has said that it does not wait.
  /// - Parameter late: given what came after the limit, on a thread that all share.
  /// - Returns: `nil` when it took longer.
  func run<Value: Sendable>(
    inPlace: Bool, within limit: Duration, on clock: any WallClock,
    late: @escaping @Sendable (Value) async -> Void = { _ in }, _ call: @escaping @Sendable () async -> Value
  ) async -> Value? {
    if inPlace { return await call() }
    let settlement = Settlement<Value?>()
    Task(executorPreference: threads) {
      let value = await call()
      if !settlement.settle(value) { Task(executorPreference: nil) { await late(value) } }
    }
    let timer = Task {
      // A clock that cannot wait ends the waiting: unknown is safe, waiting for ever is not.
      try? await clock.sleep(for: limit)
      settlement.settle(nil)
    }
    // Ignores cancellation, because the call must finish even when the caller has gone.
    let value = await Task { await settlement.value() }.value
    timer.cancel()
    return value ?? nil
  }
}

/// What an operation returns or throws.
func resultOf<Value, Failure: Error>(
  _ operation: () async throws(Failure) -> Value
) async -> Result<Value, Failure> {
  do throws(Failure) {
    return .success(try await operation())
  } catch {
    return .failure(error)
  }
}
