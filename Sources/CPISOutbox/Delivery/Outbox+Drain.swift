#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
internal import CPIS
internal import Synchronization

extension Outbox {
  /// Delivers what is due, then waits, until the task is cancelled: wakes on time, on every notice accepted, and on
  /// ``wake()``. Call it once, in a task that lives as long as the host.
  ///
  /// - Throws: ``OutboxError`` when the store has stopped or was closed, also while nothing is due. Make a new store
  ///   and outbox then: what was delivered and not yet recorded is delivered again, with the same id.
  public func run() async throws(OutboxError) { try await work(untilIdle: false) }

  /// Delivers what is due now, and what becomes so meanwhile, and returns once nothing is under way.
  ///
  /// - Throws: ``OutboxError`` when the store has stopped or was closed.
  public func drain() async throws(OutboxError) {
    repeat {
      try await work(untilIdle: true)
      // What could not be recorded holds the rest of its lane.
    } while try await recordOutstanding() && !Task.isCancelled
    if !Task.isCancelled { try await erase() }
  }

  /// Looks for work now: the network is back, or the host is about to be suspended.
  public func wake() { wakeSignal.signal() }

  private func work(untilIdle: Bool) async throws(OutboxError) {
    // One for each delivery that may be under way: each kind may have one beyond the number allowed.
    let workers = max(policy.concurrentDeliveries, 1) + OutboxItem.Kind.allCases.count - 1
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
        case .deliver(let item): try await deliver(item)
        case .read(let item): try await read(item)
        case .wait(_, let isQuiet) where untilIdle:
          if isQuiet { return nil }
          await wakeSignal.wait(after: generation)
        case .wait(let until, _):
          _ = try await recordOutstanding()
          try await eraseInTime()
          await pause(until: until, after: generation)
        }
      }
      return nil
    } catch {
      return error
    }
  }

  /// Finishing one may unblock the next: in its lane, or at its gate.
  private func finish(_ item: OutboxItem) {
    queue.withLock { $0.finish(item.key.kind) }
    wakeSignal.signal()
  }

  private func deliver(_ item: OutboxItem) async throws(OutboxError) {
    defer { finish(item) }
    let result = await attempt(item)
    if case .failure = result, Task.isCancelled {
      queue.withLock { $0.release(item.key) }
      return
    }
    try await end(item, result)
  }

  private func attempt(_ item: OutboxItem) async -> Result<Void, DeliveryError> {
    do throws(DeliveryError) {
      try await delivery.deliver(try notice(in: item))
      return .success(())
    } catch {
      return .failure(error)
    }
  }

  /// Identifies the patient once the key is available. The item is delivered when its turn comes.
  private func read(_ item: OutboxItem) async throws(OutboxError) {
    defer { finish(item) }
    let lane = Self.lane(of: item, sealer)
    if lane.isUnread {
      try await end(item, .failure(DeliveryError(.keyUnavailable)))
    } else {
      queue.withLock { $0.place(item.key, in: lane) }
    }
  }

  private func end(_ item: OutboxItem, _ result: Result<Void, DeliveryError>) async throws(OutboxError) {
    let now = clock.now
    let random = random()
    guard let resolution = queue.withLock({ $0.resolve(item.key, result, now: now, random: random) }) else {
      return
    }
    let code: DeliveryError.Code
    if case .failure(let error) = result { code = error.code } else { code = .other }
    switch resolution {
    case .delivered:
      onEvent(.delivered(item.key))
      _ = try await record(item.key)
    case .again(let tries, let until):
      onEvent(.deferred(item.key, code, until: until))
      _ = try await note(.tried(item.key, tries))
    case .parked(let parking, let tries):
      onEvent(.parked(item.key, parking.reason))
      var isTold = false
      defer {
        queue.withLock { [isTold] in $0.told(ofParking: item.key, isTold) }
        decisionSignal.signal()
      }
      isTold = try await note(.tried(item.key, tries), .parked(item.key, parking)) == nil
    }
  }

  /// Returns whether the delivery is done with.
  private func record(_ key: OutboxItem.Key) async throws(OutboxError) -> Bool {
    switch try await note(.delivered(key))?.code {
    // A store that does not hold it never will: holding it here would hold its lane for ever.
    case nil, .unknownItem?:
      queue.withLock { $0.recorded(key) }
      return true
    default:
      queue.withLock { $0.notRecorded(key) }
      return false
    }
  }

  /// Deliveries that a full disk kept from being recorded. Until they are, they are held, and not delivered again.
  ///
  /// - Returns: whether any could be recorded.
  private func recordOutstanding() async throws(OutboxError) -> Bool {
    var isAnyRecorded = false
    for key in queue.withLock({ $0.takeUnrecorded() }) {
      if try await record(key) { isAnyRecorded = true }
    }
    return isAnyRecorded
  }

  /// Writes changes. A store that may yet recover is reported and not given up.
  ///
  /// - Returns: what it refused with; `nil` when it did not.
  private func note(_ changes: OutboxChange...) async throws(OutboxError) -> OutboxError? {
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
      onEvent(.storeFailed(error))
      if error.code == .stopped || error.code == .closed { throw error }
      return error
    }
  }

  private func eraseInTime() async throws(OutboxError) {
    let now = clock.now
    let isTime = lastErasure.withLock { last in
      // A clock set back counts as time gone by.
      guard abs(now.timeIntervalSince(last)) >= policy.erasureDelay.seconds else { return false }
      last = now
      return true
    }
    if isTime { try await erase() }
  }

  /// Waits for a signal, or an instant, and looks around once a minute even so: the clock may have jumped. More often
  /// when payloads are to be erased sooner, and even then once a second at most.
  private func pause(until: Date?, after generation: UInt64) async {
    let longest = min(60, max(policy.erasureDelay.seconds, 1))
    let wait = until.map { min(max($0.timeIntervalSince(clock.now), 0), longest) } ?? longest
    await withTaskGroup(of: Void.self) { group in
      group.addTask { try? await self.clock.sleep(for: .seconds(wait)) }
      group.addTask { await self.wakeSignal.wait(after: generation) }
      await group.next()
      group.cancelAll()
    }
  }
}
