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
  /// - Throws: ``OutboxError`` when the store has stopped. Make a new store and outbox then: what was delivered and
  ///   not yet recorded is delivered again, with the same id.
  public func run() async throws(OutboxError) { try await work(untilIdle: false) }

  /// Delivers what is due now, and what becomes so meanwhile, and returns.
  ///
  /// - Throws: ``OutboxError`` when the store has stopped.
  public func drain() async throws(OutboxError) {
    try await work(untilIdle: true)
    if !Task.isCancelled { await erase() }
  }

  /// Looks for work now: the network is back, or the host is about to be suspended.
  public func wake() { wakeSignal.signal() }

  private func work(untilIdle: Bool) async throws(OutboxError) {
    let failure = await withTaskGroup(of: OutboxError?.self) { group in
      for _ in 0..<max(policy.concurrentDeliveries, 1) {
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
        let now = clock.now
        switch queue.withLock({ $0.take(now: now) }) {
        case .deliver(let item): try await deliver(item)
        case .wait(let until):
          try await recordOutstanding()
          if untilIdle { return nil }
          await eraseInTime()
          await pause(until: until, after: generation)
        }
      }
      return nil
    } catch {
      return error
    }
  }

  private func deliver(_ item: OutboxItem) async throws(OutboxError) {
    let result = await attempt(item)
    if case .failure = result, Task.isCancelled {
      queue.withLock { $0.release(item.key) }
      return
    }
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
      try await record(item.key)
    case .again(let tries, let until):
      onEvent(.deferred(item.key, code, until: until))
      try await note(.tried(item.key, tries))
    case .parked(let parking, let tries):
      onEvent(.parked(item.key, parking.reason))
      try await note(.tried(item.key, tries), .parked(item.key, parking))
    }
    // The end of this one may be the turn of another: of its lane, or at its gate.
    wakeSignal.signal()
  }

  private func attempt(_ item: OutboxItem) async -> Result<Void, DeliveryError> {
    guard let notice = notice(in: item) else { return .failure(DeliveryError(.cannotBeOpened)) }
    do throws(DeliveryError) {
      try await delivery.deliver(notice)
      return .success(())
    } catch {
      return .failure(error)
    }
  }

  private func record(_ key: OutboxItem.Key) async throws(OutboxError) {
    guard try await note(.delivered(key)) else { return }
    queue.withLock { $0.recorded(key) }
  }

  /// Deliveries that a full disk kept from being recorded. Until they are, they are held, and not delivered again.
  private func recordOutstanding() async throws(OutboxError) {
    for key in queue.withLock({ $0.unrecorded }) { try await record(key) }
  }

  /// Writes changes; a store that may yet recover is reported and not given up.
  @discardableResult
  private func note(_ changes: OutboxChange...) async throws(OutboxError) -> Bool {
    do throws(OutboxError) {
      try await store.apply(changes)
      return true
    } catch {
      onEvent(.storeFailed(error))
      if error.code == .stopped || error.code == .closed { throw error }
      return false
    }
  }

  private func eraseInTime() async {
    let now = clock.now
    let isTime = lastErasure.withLock { last in
      // A clock set back counts as time gone by.
      guard abs(now.timeIntervalSince(last)) >= policy.erasureDelay.seconds else { return false }
      last = now
      return true
    }
    if isTime { await erase() }
  }

  private func erase() async {
    do throws(OutboxError) { try await store.erase() } catch { onEvent(.storeFailed(error)) }
  }

  /// Waits for a signal, or an instant, and looks around once a minute even so: the clock may have jumped.
  private func pause(until: Date?, after generation: UInt64) async {
    let longest = Duration.seconds(60)
    let wait = until.map { Duration.seconds(min(max($0.timeIntervalSince(clock.now), 0), 60)) } ?? longest
    await withTaskGroup(of: Void.self) { group in
      group.addTask { try? await self.clock.sleep(for: min(wait, longest)) }
      group.addTask { await self.wakeSignal.wait(after: generation) }
      await group.next()
      group.cancelAll()
    }
  }
}
