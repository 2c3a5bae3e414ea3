#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
public import CPIS
internal import Synchronization

#if THREAD_SANITIZER
  // Exported so that every file of this module sees the stand-in's members, too.
  @_exported public import NHSNumbers

  typealias Mutex = SanitizedMutex
#endif

/// Nothing lost: takes notices and access declarations durably, and delivers each until its receiver has it.
///
/// A notice that was accepted is on the disk. It is delivered once or, when an answer or a process is lost, more
/// often with the same `Notice.id`, so that a receiver that counts by id sees it once. Notices of one kind about
/// one patient arrive in order. It invents nothing: a declaration carries the author, organisation, setting and time
/// that it was accepted with.
///
/// Give it to `TriageService` as its sink, and call ``run()`` in a task of the host's, or ``drain()`` when it suits. An
/// ``OutboxService`` does that, and opens a new store when one has stopped.
public final class Outbox: NotificationSink {
  let store: any OutboxStore
  let delivery: Delivery
  let payloads: NoticePayload
  let policy: OutboxPolicy
  let clock: any WallClock
  let random: @Sendable () -> Double
  let events: OutboxReporter
  let queue: Mutex<DeliveryQueue>
  let wakeSignal = WakeSignal()
  /// Given whenever an admission or a decision about a parked item ends, for those who wait to make theirs.
  let decisionSignal = WakeSignal()
  /// What the store ended with, once it has: nothing can be written any more.
  let storeEnd = Mutex<OutboxError?>(nil)
  let lastErasure: Mutex<Date>
  let activity: Mutex<DeliveryActivity>

  /// Makes an outbox over a store, and takes over what the store holds.
  ///
  /// - Parameters:
  ///   - store: a ``FileOutboxStore``, or a host's own. No other outbox may have it.
  ///   - delivery: how notices leave.
  ///   - sealer: encrypts payloads at rest. There is no default: `nil` says that the disk is encrypted otherwise.
  ///   - policy: waits and limits.
  ///   - clock: where time comes from.
  ///   - random: numbers from 0 to 1, so that outboxes do not all come back at the same moment.
  ///   - observer: told what happens, as ``OutboxEvent``; nobody when `nil`.
  /// - Throws: ``OutboxError``: `invalidPolicy` when a value of the policy breaks its rule, which
  ///   ``OutboxError/invalidValue`` names; else why the store cannot say what it holds.
  public init(
    store: some OutboxStore, delivery: Delivery, sealer: (any PayloadSealer)?,
    policy: OutboxPolicy = OutboxPolicy(),
    clock: some WallClock = SystemClock(), random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
    observer: (any EventObserver)? = nil
  ) async throws(OutboxError) {
    do throws(InvalidValue) { try policy.validate() } catch { throw OutboxError(invalidPolicy: error) }
    let contents = try await store.contents()
    let payloads = NoticePayload(sealer: sealer)
    self.store = store
    self.delivery = delivery
    self.payloads = payloads
    self.policy = policy
    self.clock = clock
    self.random = random
    self.events = OutboxReporter(observer: observer, clock: clock)
    let now = clock.now
    self.lastErasure = Mutex(now)
    self.activity = Mutex(DeliveryActivity(since: now))
    self.queue = Mutex(
      DeliveryQueue(contents, policy: policy, now: now) { item in
        // The order key of a parked item is looked for when it is tried again: the sealing key may be gone for good.
        item.state == .pending ? payloads.orderKey(of: item) : OrderKey(alone: item.key)
      })
  }

  /// What became of every item that was ever accepted.
  public var counters: OutboxCounters { queue.withLock { $0.counters } }

  /// When the oldest item that is to be delivered was accepted; `nil` when nothing is.
  public var oldestPending: Date? { queue.withLock { $0.oldestPending() } }
}

// MARK: Accepting

extension Outbox {
  /// What became of an offered notice. The enum is closed: a notice is new or not.
  public enum Receipt: Hashable, Sendable {
    /// It is durable now.
    case accepted
    /// It is held already, or was among the last delivered: it was durable before.
    case alreadyHeld
  }

  /// Takes a notice over: when it returns, the notice outlives a power cut.
  ///
  /// A notice with the kind and id of one that is held, about the same patient or authority, is that one: it is not
  /// taken again. About another patient it is refused, as taking it for the one held would lose it. Of deliveries
  /// before a restart only kind and id are known, so give each notice an id of its own.
  /// - Throws: `SinkError`: `full` when there is no room, `rejected` when this one is too long or its id is another
  ///   patient's, else `unavailable`. The notice stays with the caller, who offers it again. ``enqueue(_:)`` tells
  ///   more.
  public func accept(_ notice: Notice) async throws(SinkError) {
    do throws(OutboxError) { try await enqueue(notice) } catch { throw SinkError(error) }
  }

  /// Takes a notice over: when it returns, the notice outlives a power cut. Simultaneous callers share one sync.
  ///
  /// - Returns: whether it is new. By kind, `Notice.id` and patient, as ``accept(_:)`` tells.
  /// - Throws: ``OutboxError``. After ``OutboxError/Code/stopped`` it may or may not be durable: offer it again to
  ///   the reopened store, which knows. After ``OutboxError/Code/identityInUse`` it is not held, and will not be.
  @discardableResult
  public func enqueue(_ notice: Notice) async throws(OutboxError) -> Receipt {
    let item: OutboxItem
    do throws(OutboxError) {
      item = try self.item(for: notice)
    } catch {
      events.report(.refused(error), OutboxItem.Key(notice))
      throw error
    }
    let orderKey = OrderKey(notice)
    while true {
      let generation = decisionSignal.generation
      let now = clock.now
      switch queue.withLock({ $0.ask(item, orderKey, now: now) }) {
      case .held: return .alreadyHeld
      case .unclear(let held):
        let other = payloads.orderKey(of: held)
        if other == orderKey { return .alreadyHeld }
        throw refused(item, other.isKnown ? .identityInUse : .notOpened)
      case .underWay:
        // Another caller's write decides: it is held then, or ours to try.
        await waitForDecision(after: generation)
      case .refused(let code): throw refused(item, code)
      case .admitted(let discarding):
        try await write(item, orderKey, discarding: discarding)
        return .accepted
      }
    }
  }

  private func refused(_ item: OutboxItem, _ code: OutboxError.Code) -> OutboxError {
    events.report(.refused(OutboxError(code)), item.key)
    return OutboxError(code)
  }

  private func write(
    _ item: OutboxItem, _ orderKey: OrderKey, discarding: [OutboxItem.Key]
  ) async throws(OutboxError) {
    defer { decisionSignal.signal() }
    let start = events.start
    do throws(OutboxError) {
      try await apply(
        discarding.map(OutboxChange.discarded) + CollectionOfOne(.accepted(item)), toParked: discarding)
    } catch {
      queue.withLock { $0.withdraw(item.key, discarding: discarding) }
      events.report(.refused(error), item.key, duration: events.duration(since: start))
      throw error
    }
    let duration = events.duration(since: start)
    let now = clock.now
    queue.withLock { $0.admit(item, orderKey, discarding: discarding, now: now) }
    for key in discarding { events.report(.discarded, key) }
    events.report(.accepted, item.key, duration: duration)
    if activity.withLock({ $0.isToReport(at: now, after: policy.longestRetry) }) { events.report(.nobodyDelivers) }
    wakeSignal.signal()
  }

  /// The row for a notice, sealed, for a store in a host's own database: write it inside your own transaction, and
  /// call ``refresh()`` after the commit.
  public func item(for notice: Notice) throws(OutboxError) -> OutboxItem {
    let payload = try payloads.make(notice)
    return OutboxItem(key: OutboxItem.Key(notice), acceptedAt: clock.now.toTheMillisecond, payload: payload)
  }

  /// Takes in items that came into the store otherwise, in a host's own transaction, and wakes the drainer.
  public func refresh() async throws(OutboxError) {
    queue.withLock { $0.refreshBegins() }
    defer { queue.withLock { $0.refreshEnds() } }
    let contents = try await watched { () async throws(OutboxError) in try await store.contents() }
    let now = clock.now
    for item in contents.items where queue.withLock({ $0.isNew(item.key) }) {
      let orderKey = payloads.orderKey(of: item)
      queue.withLock { $0.merge(item, orderKey, now: now) }
    }
    wakeSignal.signal()
  }
}

// MARK: Parked items

extension Outbox {
  /// A parked item, without its notice.
  public struct ParkedItem: Hashable, Sendable {
    /// Its identity.
    public let key: OutboxItem.Key
    /// When it was accepted.
    public let acceptedAt: Date
    /// Why and since when it is parked.
    public let parking: OutboxItem.Parking
    /// How often it was tried.
    public let tries: UInt32
  }

  /// The parked items, in order of acceptance. Somebody should look at each: nobody else will.
  public var parkedItems: [ParkedItem] {
    queue.withLock { $0.parked }.compactMap { item in
      item.parked.map {
        ParkedItem(key: item.key, acceptedAt: item.acceptedAt, parking: $0, tries: item.tries.count)
      }
    }
  }

  /// The notice of a parked item, for the person who decides about it. It names a patient.
  ///
  /// - Returns: `nil` when no such item is parked, or it cannot be opened.
  public func parkedNotice(_ key: OutboxItem.Key) -> Notice? {
    queue.withLock { $0.parked(key) }.flatMap { try? payloads.notice(in: $0) }
  }

  /// Tries a parked item again, from the start: it counts as pending. Of several decisions at once the first holds.
  ///
  /// - Throws: ``OutboxError/Code/unknownItem`` when no such item is parked; else the store's error.
  public func retry(_ key: OutboxItem.Key) async throws(OutboxError) {
    let item = try await claim(key)
    defer { endClaim(key) }
    try await apply([.retried(key)], toParked: [key])
    let orderKey = payloads.orderKey(of: item)
    queue.withLock { $0.retry(key, orderKey) }
    wakeSignal.signal()
  }

  /// Gives a parked item up: it will not arrive. It counts as discarded, and its payload is erased. Of several
  /// decisions at once the first holds.
  ///
  /// - Throws: ``OutboxError/Code/unknownItem`` when no such item is parked; else the store's error.
  public func discard(_ key: OutboxItem.Key) async throws(OutboxError) {
    _ = try await claim(key)
    defer { endClaim(key) }
    try await apply([.discarded(key)], toParked: [key])
    queue.withLock { $0.discard(key) }
    events.report(.discarded, key)
  }

  /// Waits until nobody else decides about the item, so that what one does is not undone by another.
  private func claim(_ key: OutboxItem.Key) async throws(OutboxError) -> OutboxItem {
    while true {
      let generation = decisionSignal.generation
      switch queue.withLock({ $0.claim(key) }) {
      case .claimed(let item): return item
      case .notParked: throw OutboxError(.unknownItem)
      case .busy: await waitForDecision(after: generation)
      }
    }
  }

  private func endClaim(_ key: OutboxItem.Key) {
    queue.withLock { $0.endClaim(key) }
    decisionSignal.signal()
  }

  /// Waits even in a cancelled task: the other caller's write ends soon, and only its end says what holds. A task of
  /// its own, as a wait in a cancelled one returns at once and would be asked for again and again.
  private func waitForDecision(after generation: UInt64) async {
    await Task { await decisionSignal.wait(after: generation) }.value
  }
}

// MARK: The store

extension Outbox {
  /// Makes changes to parked items. If the disk was full at the moment of parking, the store must be told of that
  /// first.
  private func apply(_ changes: [OutboxChange], toParked keys: [OutboxItem.Key]) async throws(OutboxError) {
    let parkings = queue.withLock { $0.untoldParkings(keys) }
    do throws(OutboxError) {
      try await apply(parkings + changes)
    } catch {
      // What became of a change that failed may be unknown: the store may have been told after all.
      guard error.code == .unknownItem, !parkings.isEmpty else { throw error }
      try await apply(changes)
    }
  }

  /// Makes changes to what the store holds: all that this outbox writes comes through here.
  func apply(_ changes: [OutboxChange]) async throws(OutboxError) {
    try await watched { () async throws(OutboxError) in try await store.apply(changes) }
  }

  /// Asks the store. An error after which it does nothing more also ends ``run()``, whichever caller gets it: with
  /// nothing to deliver for days, ``run()`` would not find out by itself.
  func watched<Value>(
    _ ask: () async throws(OutboxError) -> Value
  ) async throws(OutboxError) -> Value {
    do throws(OutboxError) {
      return try await ask()
    } catch {
      if error.isFinal {
        storeEnd.withLock { $0 = $0 ?? error }
        wakeSignal.signal()
      }
      throw error
    }
  }
}
