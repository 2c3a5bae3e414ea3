#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
internal import CPIS

/// Whose turn it is: when each item may be delivered. A pure value; it knows nothing of notices, payloads or counters.
///
/// Items with the same order key go one after another. Each kind of notice has a receiver. While a receiver is
/// unavailable, one item at a time asks whether it is back: the least tried, so that an item that makes its receiver
/// fail does not keep the others from it.
struct DeliverySchedule: Sendable {
  enum Phase: Hashable {
    /// To be delivered, once order, receiver and time allow.
    case waiting
    /// A delivery is under way.
    case underWay
    /// Delivered; the store does not know it yet.
    case unrecorded
    /// Not tried until a person decides; no other item waits for it.
    case parked
  }

  struct Entry {
    let place: Place
    var orderKey: OrderKey
    var phase: Phase
    /// The tries so far.
    var tries: UInt32
    /// Not before this instant comes the next; `nil` when it may come now.
    var notBefore: Date?
    /// What is known of its failures.
    var failures: FailureHistory
    /// Counts up whenever older positions in the heaps stop counting.
    fileprivate var stamp: UInt64 = 0

    init(_ place: Place, _ orderKey: OrderKey, _ item: OutboxItem) {
      self.place = place
      self.orderKey = orderKey
      phase = item.state == .pending ? .waiting : .parked
      tries = item.tries.count
      notBefore = item.tries.nextNotBefore
      failures = FailureHistory(inARow: item.tries.count)
    }
  }

  /// An item's place in the order of acceptance.
  struct Place: Comparable {
    let ordinal: UInt64
    let key: OutboxItem.Key
    static func < (a: Place, b: Place) -> Bool { a.ordinal < b.ordinal }
  }

  private let policy: OutboxPolicy
  private var entries: [OutboxItem.Key: Entry] = [:]
  private var itemQueues: [OrderKey: ItemQueue] = [:]
  private var receivers: [OutboxItem.Kind: Receiver] = [:]
  /// The latest instant that the clock showed since it was last set back; `nil` until it shows one.
  private var latestInstant: Date?

  init(_ policy: OutboxPolicy) { self.policy = policy }

  subscript(key: OutboxItem.Key) -> Entry? { entries[key] }
}

// MARK: Items come and go

extension DeliverySchedule {
  /// Takes in an item, parked or to be delivered.
  mutating func add(_ item: OutboxItem, ordinal: UInt64, _ orderKey: OrderKey, now: Date) {
    let now = judged(now)
    var entry = Entry(Place(ordinal: ordinal, key: item.key), orderKey, item)
    // A wait longer than its back-off comes from a clock that has been set back since, or was asked for by the
    // receiver. Nothing tells the two apart, and asking a receiver once too early is the smaller harm.
    let longest = policy.longestBackoff(failures: item.tries.count).seconds
    if let notBefore = entry.notBefore, !(notBefore.timeIntervalSince(now) <= longest) { entry.notBefore = nil }
    entries[item.key] = entry
    if entry.phase != .parked { enterQueue(entry) }
  }

  /// An item is not tried until a person decides.
  mutating func park(_ key: OutboxItem.Key) {
    guard let entry = entries[key], entry.phase != .parked else { return }
    entries[key]?.phase = .parked
    leaveQueue(key)
    if entry.orderKey.isUnread, let next = itemQueues[entry.orderKey]?.first {
      // It is the sealing key that is gone, so the other items of that key need not be asked as often.
      entries[next]?.failures.inARow = entry.failures.inARow
    }
  }

  /// A parked item is tried again, from the start and in its old place.
  mutating func resume(_ key: OutboxItem.Key, _ orderKey: OrderKey) {
    guard var entry = entries[key], entry.phase == .parked else { return }
    entry.orderKey = orderKey
    entry.phase = .waiting
    entry.tries = 0
    entry.notBefore = nil
    entry.failures = FailureHistory(inARow: 0)
    entries[key] = entry
    enterQueue(entry)
  }

  /// An item is no longer held.
  mutating func remove(_ key: OutboxItem.Key) {
    if entries[key]?.phase != .parked { leaveQueue(key) }
    entries[key] = nil
  }

  /// An item could be read after all, or it is known that it never can be: from now on it waits where it belongs.
  mutating func place(_ key: OutboxItem.Key, under orderKey: OrderKey) {
    guard endDelivery(key, as: .waiting) != nil else { return }
    leaveQueue(key)
    guard var entry = entries[key] else { return }
    entry.orderKey = orderKey
    entries[key] = entry
    enterQueue(entry)
  }

  private mutating func enterQueue(_ entry: Entry) {
    let key = entry.place.key
    if entry.orderKey.isUnread { receivers[key.kind, default: Receiver()].unread.insert(entry.orderKey) }
    itemQueues[entry.orderKey, default: ItemQueue()].insert(entry.place)
    // The previous first item now waits; its entries in the heaps are skipped when they come up.
    offer(key)
  }

  private mutating func leaveQueue(_ key: OutboxItem.Key) {
    guard let entry = entries[key] else { return }
    itemQueues[entry.orderKey]?.remove(entry.place)
    if itemQueues[entry.orderKey]?.isEmpty == true {
      itemQueues[entry.orderKey] = nil
      if entry.orderKey.isUnread { receivers[key.kind]?.unread.remove(entry.orderKey) }
    }
    offerFirst(entry.orderKey)
  }

  /// To be called whenever something with an order key has ended: what waited for it may have lost its position in the
  /// heaps.
  private mutating func offerFirst(_ orderKey: OrderKey) {
    if let first = itemQueues[orderKey]?.first { offer(first) }
  }

  /// Gives the first item of a queue a position in a heap of its receiver.
  private mutating func offer(_ key: OutboxItem.Key) {
    guard var entry = entries[key], entry.phase == .waiting, itemQueues[entry.orderKey]?.first == key else {
      return
    }
    entry.stamp += 1
    entries[key] = entry
    let candidate = Candidate(
      isAwaited: isAwaited(entry), isUnread: entry.orderKey.isUnread, tries: entry.tries, place: entry.place,
      stamp: entry.stamp)
    if let time = entry.notBefore {
      receivers[key.kind, default: Receiver()].later.insert(Appointment(time: time, candidate: candidate))
    } else {
      receivers[key.kind, default: Receiver()].ready.insert(candidate)
    }
  }
}

// MARK: Turns

extension DeliverySchedule {
  /// What to do now.
  enum Turn: Hashable {
    case deliver(OutboxItem.Key)
    /// Its sealing key was away: find out whom it is about, and say so with ``place(_:under:)``.
    case read(OutboxItem.Key)
    /// Nothing until this instant, or until something that is under way ends; `nil` when nothing is scheduled.
    case wait(until: Date?, isQuiet: Bool)
  }

  /// The next item to deliver, which is under way from now on.
  ///
  /// Each kind may always have one delivery under way, beyond the number allowed: a receiver that hangs must not
  /// take the workers of the others.
  mutating func take(now: Date) -> Turn {
    let now = judged(now)
    let underWay = receivers.values.reduce(0) { $0 + $1.underWay }
    var earliest: Date?
    for kind in OutboxItem.Kind.allCases {
      // Taken out, as a second reference to its heaps would have each change copy them.
      guard var receiver = receivers.removeValue(forKey: kind) else { continue }
      defer { receivers[kind] = receiver }
      promote(&receiver, now: now)
      while let first = receiver.ready.first, !counts(first) { _ = receiver.ready.removeFirst() }
      var next = receiver.later.first?.time
      if let first = receiver.ready.first, first.isUnread || !waitsForKey(receiver) {
        if let until = receiver.unavailableUntil, until > now {
          next = min(until, next ?? until)
        } else if receiver.underWay == 0 || !receiver.isAway && underWay < policy.concurrentDeliveries {
          _ = receiver.ready.removeFirst()
          receiver.underWay += 1
          return begin(first)
        }
      }
      if let next { earliest = min(next, earliest ?? next) }
    }
    return .wait(until: earliest, isQuiet: underWay == 0)
  }

  private mutating func begin(_ candidate: Candidate) -> Turn {
    let key = candidate.place.key
    if let orderKey = entries[key]?.orderKey { itemQueues[orderKey]?.underWay += 1 }
    entries[key]?.phase = .underWay
    return candidate.isUnread ? .read(key) : .deliver(key)
  }

  /// The delivery or reading of an item that ``take(now:)`` began has ended, and the item is in another phase.
  ///
  /// - Returns: the item's entry; `nil` when nothing was under way.
  private mutating func endDelivery(_ key: OutboxItem.Key, as phase: Phase) -> Entry? {
    guard var entry = entries[key], entry.phase == .underWay else { return nil }
    itemQueues[entry.orderKey]?.underWay -= 1
    entry.phase = phase
    entries[key] = entry
    return entry
  }

  /// A delivery succeeded. The item stays, and holds the later ones of its order key, until that is recorded.
  ///
  /// - Returns: whether the delivery was under way.
  mutating func succeeded(_ key: OutboxItem.Key) -> Bool {
    guard endDelivery(key, as: .unrecorded) != nil else { return false }
    receivers[key.kind]?.noteDelivery()
    return true
  }

  /// What a failed delivery leads to.
  enum Failure: Hashable {
    /// The next try comes at this instant, or later when the receiver is unavailable.
    case again(OutboxItem.Tries, until: Date)
    /// It should be parked.
    case parking(OutboxItem.Tries)
  }

  /// A delivery failed.
  ///
  /// - Returns: `nil` when it was not under way.
  mutating func failed(_ item: OutboxItem, _ error: DeliveryError, now: Date, random: Double) -> Failure? {
    let now = judged(now)
    guard var entry = endDelivery(item.key, as: .waiting) else { return nil }
    let kind = item.key.kind
    var tries = item.tries
    entry.failures.note(error, &tries, deliveries: receivers[kind]?.deliveries ?? 0)
    entry.tries = tries.count
    entries[item.key] = entry
    let age = now.timeIntervalSince(item.acceptedAt)
    if entry.failures.callForParking(after: error, tries, age: age, policy) { return .parking(tries) }
    receivers[kind]?.noteFailure(error, policy, now: now, random: random)
    let wait = policy.backoff(
      failures: tries.count, retryAfter: error.isOutage ? nil : error.retryAfter, random: random)
    // A clock beyond the years that can be stored waits all the same.
    let instant = now.addingTimeInterval(wait.seconds)
    let until = instant.toTheMillisecond < now ? instant : instant.toTheMillisecond
    tries.nextNotBefore = until.toTheMillisecond
    entries[item.key]?.notBefore = until
    offerFirst(entry.orderKey)
    return .again(tries, until: max(until, receivers[kind]?.unavailableUntil ?? until))
  }

  /// A delivery was broken off by its own side: as if it had not begun.
  mutating func release(_ key: OutboxItem.Key) {
    if let entry = endDelivery(key, as: .waiting) { offerFirst(entry.orderKey) }
  }

  /// What ``take(now:)`` began has ended, and the store knows what became of it as far as it can be told.
  mutating func finish(_ kind: OutboxItem.Kind) { receivers[kind]?.underWay -= 1 }

  private func promote(_ receiver: inout Receiver, now: Date) {
    while let first = receiver.later.first {
      if counts(first.candidate) {
        guard first.time <= now else { return }
        receiver.ready.insert(first.candidate)
      }
      _ = receiver.later.removeFirst()
    }
  }

  /// Whether a position in a heap is still that of the first item of a queue that has nothing under way.
  private func counts(_ candidate: Candidate) -> Bool {
    guard let entry = entries[candidate.place.key], let queue = itemQueues[entry.orderKey] else { return false }
    return entry.phase == .waiting && entry.stamp == candidate.stamp && queue.first == candidate.place.key
      && queue.underWay == 0
  }

  /// No instant is further from the year 2001, in seconds: beyond it a wait of milliseconds is lost in rounding.
  private static let farthestInstant = 1e14

  /// The instant to go by when the clock shows one.
  ///
  /// A clock that shows none, or one so far away that no wait would ever end or begin, counts as standing still. One
  /// that was set back by more than a second, at once or in steps, ends all waits.
  private mutating func judged(_ now: Date) -> Date {
    guard abs(now.timeIntervalSinceReferenceDate) <= Self.farthestInstant else {
      return latestInstant ?? Date(timeIntervalSinceReferenceDate: 0)
    }
    guard let latest = latestInstant else {
      latestInstant = now
      return now
    }
    if now < latest.addingTimeInterval(-1) {
      latestInstant = now
      clockWasSetBack()
    } else {
      latestInstant = max(now, latest)
    }
    return now
  }

  /// Waits were given by a clock that no longer holds: everything may be tried now.
  private mutating func clockWasSetBack() {
    for kind in receivers.keys { receivers[kind]?.unavailableUntil = nil }
    for key in entries.keys where entries[key]?.notBefore != nil {
      entries[key]?.notBefore = nil
      offer(key)
    }
  }

  // An item that cannot be read may be an earlier one about any patient of its kind, so that all of the kind wait for
  // it. Not for ever: a key may be gone for good, and then order gives way, not the arrival of the rest.
  private func isAwaited(_ entry: Entry) -> Bool {
    entry.orderKey.isUnread && entry.tries < policy.triesBeforeParking
  }

  /// Whether what can be read must wait for what cannot.
  private func waitsForKey(_ receiver: Receiver) -> Bool {
    receiver.unread.contains { orderKey in
      itemQueues[orderKey]?.first.flatMap { entries[$0] }.map(isAwaited) ?? false
    }
  }
}

// MARK: What waits

/// The items with one order key that are not parked, in order of acceptance.
private struct ItemQueue {
  /// How many are being delivered or read: at most one, and it need not be the first, as an older one may come back.
  var underWay = 0
  private var places: [DeliverySchedule.Place] = []
  /// Those before it have left. Moving up at each step would make a long queue quadratic.
  private var start = 0

  var first: OutboxItem.Key? { isEmpty ? nil : places[start].key }
  var isEmpty: Bool { start == places.count }

  /// - Complexity: O(*n*) in the items that were accepted after it: none, except when one comes back.
  mutating func insert(_ place: DeliverySchedule.Place) {
    var index = places.count
    while index > start, place < places[index - 1] { index -= 1 }
    places.insert(place, at: index)
  }

  /// - Complexity: O(1) for the first, taken over all of them.
  mutating func remove(_ place: DeliverySchedule.Place) {
    guard let index = places[start...].firstIndex(of: place) else { return }
    guard index == start else {
      places.remove(at: index)
      return
    }
    start += 1
    if start * 2 > places.count {
      places.removeFirst(start)
      start = 0
    }
  }
}
