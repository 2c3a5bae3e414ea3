#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
public import CPIS
internal import Synchronization

/// Nothing lost: takes notices and access declarations durably, and delivers each until its receiver has it.
///
/// A notice that was accepted is on the disk. It is delivered once or, when an answer or a process is lost, more
/// often with the same `Notice.id`, so that a receiver that counts by id sees it once. Notices of one kind about
/// one patient arrive in order. It invents nothing: a declaration carries the author, organisation, setting and time
/// that it was accepted with.
///
/// Give it to `TriageService` as its sink, and call ``run()`` in a task of the host's, or ``drain()`` when it suits.
public final class Outbox: NotificationSink {
  let store: any OutboxStore
  let delivery: Delivery
  let policy: OutboxPolicy
  let sealer: (any PayloadSealer)?
  let clock: any WallClock
  let random: @Sendable () -> Double
  let onEvent: @Sendable (OutboxEvent) -> Void
  let queue: Mutex<DeliveryQueue>
  let wakeSignal = WakeSignal()
  /// Given whenever an admission or a decision about a parked item ends, for those who wait to make theirs.
  let decisionSignal = WakeSignal()
  /// What the store ended with, once it has: nothing can be written any more.
  let storeEnd = Mutex<OutboxError?>(nil)
  let lastErasure: Mutex<Date>

  /// Makes an outbox over a store, and takes over what the store holds.
  ///
  /// - Parameters:
  ///   - store: a ``FileOutboxStore``, or a host's own. No other outbox may have it.
  ///   - delivery: how notices leave.
  ///   - sealer: encrypts payloads at rest. There is no default: `nil` says that the disk is encrypted otherwise.
  ///   - policy: waits and limits.
  ///   - clock: where time comes from.
  ///   - random: numbers from 0 to 1, so that outboxes do not all come back at the same moment.
  ///   - onEvent: told what happens. Called from any thread; it must return quickly.
  /// - Throws: ``OutboxError`` when the store cannot say what it holds.
  public init(
    store: some OutboxStore, delivery: Delivery, sealer: (any PayloadSealer)?,
    policy: OutboxPolicy = OutboxPolicy(),
    clock: some WallClock = SystemClock(), random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
    onEvent: @escaping @Sendable (OutboxEvent) -> Void = { _ in }
  ) async throws(OutboxError) {
    let snapshot = try await store.snapshot()
    self.store = store
    self.delivery = delivery
    self.policy = policy
    self.sealer = sealer
    self.clock = clock
    self.random = random
    self.onEvent = onEvent
    let now = clock.now
    self.lastErasure = Mutex(now)
    self.queue = Mutex(
      DeliveryQueue(snapshot, policy: policy, now: now) { item in
        // The lane of a parked item is looked for when it is tried again: its key may be gone for good.
        item.parked == nil ? Self.lane(of: item, sealer) : Lane(alone: item.key)
      })
  }

  /// What became of every item that was ever accepted.
  public var counters: OutboxCounters { queue.withLock { $0.counters } }

  /// When the oldest item that is to be delivered was accepted; `nil` when nothing is.
  public var oldestPending: Date? { queue.withLock { $0.oldestPending() } }
}

extension Outbox {
  static func open(_ item: OutboxItem, _ sealer: (any PayloadSealer)?) throws(SealerError) -> [UInt8] {
    if item.payload.keyID.isEmpty { return item.payload.bytes }
    guard let sealer else { throw SealerError(.keyUnavailable) }
    let sealed = SealedBytes(keyID: item.payload.keyID, bytes: item.payload.bytes)
    return try sealer.open(sealed, context: item.key.context)
  }

  static func lane(of item: OutboxItem, _ sealer: (any PayloadSealer)?) -> Lane {
    do throws(SealerError) {
      return NoticePayload.lane(try open(item, sealer)) ?? Lane(alone: item.key)
    } catch {
      return error.code == .notAuthentic ? Lane(alone: item.key) : Lane(unread: item)
    }
  }

  func notice(in item: OutboxItem) throws(DeliveryError) -> Notice {
    let bytes: [UInt8]
    do throws(SealerError) {
      bytes = try Self.open(item, sealer)
    } catch {
      throw DeliveryError(error.code == .notAuthentic ? .cannotBeOpened : .keyUnavailable)
    }
    guard let notice = NoticePayload.notice(bytes), OutboxItem.Key(notice) == item.key else {
      throw DeliveryError(.cannotBeOpened)
    }
    return notice
  }
}

extension Outbox {
  /// Makes changes to what the store holds: all that this outbox writes comes through here.
  func apply(_ changes: [OutboxChange]) async throws(OutboxError) {
    try await watched { () async throws(OutboxError) in try await store.apply(changes) }
  }

  /// Asks the store. An error after which it does nothing more ends ``run()`` too, whoever is told of it: it may have
  /// nothing to deliver for days, and would not find out.
  func watched<Value>(
    _ ask: () async throws(OutboxError) -> Value
  ) async throws(OutboxError) -> Value {
    do throws(OutboxError) {
      return try await ask()
    } catch {
      if error.code == .stopped || error.code == .closed {
        storeEnd.withLock { $0 = $0 ?? error }
        wakeSignal.signal()
      }
      throw error
    }
  }
}
