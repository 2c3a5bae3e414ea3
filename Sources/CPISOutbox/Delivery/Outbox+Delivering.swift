#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
internal import CPIS
internal import Synchronization

extension Outbox {
  /// Delivers what is due, then waits, until the task is cancelled. It wakes when the next item is due, on every notice
  /// accepted, and on ``wake()``. Call it once, in a task that lives as long as the host.
  ///
  /// - Throws: ``OutboxError`` when the store has stopped or was closed, also while nothing is due. Make a new store
  ///   and outbox then: what was delivered and not yet recorded is delivered again, with the same id.
  public func run() async throws(OutboxError) {
    do throws(OutboxError) {
      try await work(untilIdle: false)
    } catch {
      events.report(.runEnded(error))
      throw error
    }
  }

  /// Delivers what is due now, and what becomes due meanwhile, and returns once nothing is under way.
  ///
  /// - Throws: ``OutboxError`` when the store has stopped or was closed.
  public func drain() async throws(OutboxError) {
    repeat {
      try await work(untilIdle: true)
      // What could not be recorded holds back the later ones of its patient.
    } while try await recordOutstanding() && !Task.isCancelled
    if !Task.isCancelled { try await erase() }
  }

  /// Whether anybody delivers.
  @nonexhaustive
  public enum DeliveryState: Hashable, Sendable {
    /// ``Outbox/run()`` or ``Outbox/drain()`` is under way.
    case underWay
    /// Neither is, since this instant: what is accepted is kept, and waits.
    case nobody(since: Date)
    /// The store does nothing more: make a new store and outbox.
    case ended(OutboxError)
  }

  /// Whether anybody delivers. Show it to whoever runs the system, beside ``oldestPending``.
  public var deliveryState: DeliveryState {
    if let end = storeEnd.withLock({ $0 }) { return .ended(end) }
    return activity.withLock { $0.isUnderWay ? .underWay : .nobody(since: $0.since) }
  }

  /// Looks for work now: the network is back, or the host is about to be suspended.
  public func wake() { wakeSignal.signal() }

  private func work(untilIdle: Bool) async throws(OutboxError) {
    activity.withLock { $0.begin() }
    defer { activity.withLock { $0.end(at: clock.now) } }
    // One for each delivery that may be under way: each kind may have one beyond the number allowed.
    let workers = policy.concurrentDeliveries + OutboxItem.Kind.allCases.count - 1
    let failure = await withTaskGroup(of: OutboxError?.self) { group in
      for _ in 0..<workers {
        group.addTask { await self.worker(untilIdle: untilIdle) }
      }
      var failure: OutboxError?
      for await result in group {
        guard let result else { continue }
        failure = failure ?? result
        group.cancelAll()
      }
      return failure
    }
    if let failure { throw failure }
  }

  private func worker(untilIdle: Bool) async -> OutboxError? {
    do throws(OutboxError) {
      while !Task.isCancelled {
        let generation = wakeSignal.generation
        if let end = storeEnd.withLock({ $0 }) { throw end }
        let now = clock.now
        switch queue.withLock({ $0.take(now: now) }) {
        case .deliver(let key): try await deliver(key)
        case .read(let key): try await read(key)
        case .wait(_, let isQuiet) where untilIdle:
          if isQuiet { return nil }
          await wakeSignal.wait(after: generation)
        case .wait(let until, _):
          // What is recorded at last may unblock others of its patient.
          if try await recordOutstanding() {
            wakeSignal.signal()
            continue
          }
          try await eraseInTime()
          await pause(until: until, after: generation)
        }
      }
      return nil
    } catch {
      return error
    }
  }

  /// Finishing one may unblock the next: of its patient, or of its receiver.
  private func finish(_ key: OutboxItem.Key) {
    queue.withLock { $0.finish(key.kind) }
    wakeSignal.signal()
  }

  private func deliver(_ key: OutboxItem.Key) async throws(OutboxError) {
    defer { finish(key) }
    guard let item = queue.withLock({ $0.item(key) }) else { return }
    let start = events.start
    let result = await attempt(item)
    let duration = events.duration(since: start)
    if case .failure = result, Task.isCancelled {
      queue.withLock { $0.release(key) }
      return
    }
    try await end(key, result, duration)
  }

  private func attempt(_ item: OutboxItem) async -> Result<Void, DeliveryError> {
    do throws(DeliveryError) {
      try await delivery.deliver(try payloads.notice(in: item))
      return .success(())
    } catch {
      return .failure(error)
    }
  }

  /// Identifies the patient once the key is available. The item is delivered when its turn comes.
  private func read(_ key: OutboxItem.Key) async throws(OutboxError) {
    defer { finish(key) }
    guard let item = queue.withLock({ $0.item(key) }) else { return }
    let orderKey = payloads.orderKey(of: item)
    if orderKey.isUnread {
      try await end(key, .failure(DeliveryError(.keyUnavailable)), nil)
    } else {
      queue.withLock { $0.place(key, under: orderKey) }
    }
  }

  /// Notes what a delivery came to.
  ///
  /// - Parameter duration: how long it took; `nil` when nothing was delivered, or nobody wants to know.
  private func end(
    _ key: OutboxItem.Key, _ result: Result<Void, DeliveryError>, _ duration: Duration?
  ) async throws(OutboxError) {
    let now = clock.now
    let random = random()
    guard let resolution = queue.withLock({ $0.resolve(key, result, now: now, random: random) }) else { return }
    switch resolution.outcome {
    case .delivered:
      events.report(.delivered, key, duration: duration)
      _ = try await record(key)
    case .again(let code, let until):
      events.report(.deferred(code, until: until), key, duration: duration)
      _ = try await note(resolution.changes)
    case .parked(let parking):
      events.report(.parked(parking.reason), key, duration: duration)
      var isTold = false
      defer {
        queue.withLock { [isTold] in $0.told(ofParking: key, isTold) }
        decisionSignal.signal()
      }
      isTold = try await note(resolution.changes) == nil
    }
  }

  /// Records a delivery in the store.
  ///
  /// - Returns: whether nothing is left to do for it.
  private func record(_ key: OutboxItem.Key) async throws(OutboxError) -> Bool {
    switch try await note([.delivered(key)])?.code {
    // A store that does not hold it never will: holding it here would hold back the rest of its patient for ever.
    case nil, .unknownItem?:
      queue.withLock { $0.recorded(key) }
      return true
    default:
      queue.withLock { $0.notRecorded(key) }
      return false
    }
  }

  /// Records deliveries that could not be recorded before, for example because the disk was full. Until then they are
  /// held, and not delivered again.
  ///
  /// - Returns: whether any could be recorded.
  private func recordOutstanding() async throws(OutboxError) -> Bool {
    var isAnyRecorded = false
    for key in queue.withLock({ $0.takeUnrecorded() }) {
      if try await record(key) { isAnyRecorded = true }
    }
    return isAnyRecorded
  }

  /// Writes changes. If the store may yet recover, the error is reported and the outbox goes on.
  ///
  /// - Returns: what it refused with; `nil` when it did not.
  private func note(_ changes: [OutboxChange]) async throws(OutboxError) -> OutboxError? {
    try await reporting { () async throws(OutboxError) in try await apply(changes) }
  }

  private func erase() async throws(OutboxError) {
    _ = try await reporting { () async throws(OutboxError) in
      try await watched { () async throws(OutboxError) in try await store.erase() }
    }
  }

  private func reporting(_ write: () async throws(OutboxError) -> Void) async throws(OutboxError) -> OutboxError? {
    do throws(OutboxError) {
      try await write()
      return nil
    } catch {
      events.report(.storeFailed(error))
      if error.isFinal { throw error }
      return error
    }
  }

  private func eraseInTime() async throws(OutboxError) {
    let now = clock.now
    let isTime = lastErasure.withLock { last in
      // A clock that was set back counts as time gone by.
      guard abs(now.timeIntervalSince(last)) >= policy.erasureDelay.seconds else { return false }
      last = now
      return true
    }
    if isTime { try await erase() }
  }

  /// Waits for a signal or an instant, but no longer than a minute, as the clock may have jumped. It waits less when
  /// payloads must be erased sooner, but never less than a second for that.
  private func pause(until: Date?, after generation: UInt64) async {
    let longest = min(60, max(policy.erasureDelay.seconds, 1))
    // In this order, as a clock that shows no instant then waits longest.
    let wait = until.map { max(0, min(longest, $0.timeIntervalSince(clock.now))) } ?? longest
    await withTaskGroup(of: Void.self) { group in
      group.addTask { try? await self.clock.sleep(for: .seconds(wait)) }
      group.addTask { await self.wakeSignal.wait(after: generation) }
      await group.next()
      group.cancelAll()
    }
  }
}

/// Whether anybody delivers, and when nobody began to.
struct DeliveryActivity {
  private var callers = 0
  /// When the outbox was made, or the last to deliver ended.
  private(set) var since: Date
  /// When nobody's delivering was last reported.
  private var reported: Date?

  init(since: Date) { self.since = since }

  var isUnderWay: Bool { callers > 0 }

  mutating func begin() { callers += 1 }

  mutating func end(at now: Date) {
    callers -= 1
    (since, reported) = (now, nil)
  }

  /// Whether it is time to report that nobody delivers; then it counts as reported.
  mutating func isToReport(at now: Date, after wait: Duration) -> Bool {
    // A clock that was set back counts as time gone by.
    guard !isUnderWay, abs(now.timeIntervalSince(reported ?? since)) >= wait.seconds else { return false }
    reported = now
    return true
  }
}

// MARK: Waking

/// Wakes those who wait for something to do. A signal given before the wait is not missed.
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
