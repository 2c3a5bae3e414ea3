#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
internal import CPIS

/// Which item goes when: all of an outbox's state, as a pure value. Every instant and random number is handed in.
///
/// Items of one lane go one after another. Each kind of notice has a receiver, and so a gate: when the receiver
/// cannot be had, the gate shuts, and one item at a time asks whether it is back. That one is the least tried, so
/// that an item that makes its receiver fail does not keep the gate shut for the others.
struct DeliveryQueue: Sendable {
  enum Phase: Hashable {
    /// To be delivered, once its lane, its gate and the time allow.
    case waiting
    /// A delivery is under way.
    case underWay
    /// Delivered; the store does not know it yet.
    case unrecorded
    case parked
  }

  struct Entry {
    var item: OutboxItem
    let ordinal: UInt64
    var lane: Lane
    var phase: Phase
    /// Counts up whenever older places in the heaps stop counting.
    var stamp: UInt64 = 0
    /// How many deliveries the receiver had taken when this item last failed; `nil` when it has not, in this process.
    var deliveriesAtLastTry: UInt64?
    /// Failures in a row with no outage of the receiver between. Those of an earlier process count as such, as
    /// nobody knows what they were.
    var failuresInARow: UInt32

    var agedKey: AgedKey { AgedKey(ordinal: ordinal, key: item.key) }
  }

  struct AgedKey: Comparable {
    let ordinal: UInt64
    let key: OutboxItem.Key
    static func < (a: AgedKey, b: AgedKey) -> Bool { a.ordinal < b.ordinal }
  }

  let policy: OutboxPolicy
  var entries: [OutboxItem.Key: Entry] = [:]
  var lanes: [Lane: LaneItems] = [:]
  var gates: [OutboxItem.Kind: Gate] = [:]
  var counters: OutboxCounters
  var payloadBytes = 0
  /// Keys on their way into the store, with the bytes they will take.
  var admissions: [OutboxItem.Key: Int] = [:]
  /// The sum of those bytes, as each of many callers at once asks for it.
  var reservedBytes = 0
  var delivered: RecentKeys
  /// Whom those delivered by this process were about, as a hash: nobody need be named any more.
  var deliveredLanes: [OutboxItem.Key: Int] = [:]
  /// Delivered items that the store could not be told of.
  var unrecorded: Set<OutboxItem.Key> = []
  /// Parked items that the store could not be told of.
  var untold: Set<OutboxItem.Key> = []
  /// Parked items of which the store is being told something: nobody else may decide about them meanwhile.
  var decisions: Set<OutboxItem.Key> = []
  /// Those of them that make room for admissions, with the room.
  var leaving: [OutboxItem.Key: Int] = [:]
  /// How many snapshots are being taken, and what left since the first of them began: it may stand in them.
  var refreshes = 0
  var leftMeanwhile: Set<OutboxItem.Key> = []
  var byAge = Heap<AgedKey>()
  private var nextOrdinal: UInt64 = 0
  private var latestInstant = Date.distantPast

  /// - Parameter lane: the lane of an item, from its payload.
  init(
    _ snapshot: OutboxSnapshot, policy: OutboxPolicy, now: Date, lane: (OutboxItem) -> Lane
  ) {
    self.policy = policy
    self.counters = snapshot.counters
    self.delivered = RecentKeys(capacity: max(snapshot.rememberedDeliveries, snapshot.delivered.count))
    for key in snapshot.delivered { delivered.add(key) }
    for item in snapshot.items { add(item, lane: lane(item), now: now) }
  }

  /// Takes an item that the store holds into the queue.
  mutating func add(_ item: OutboxItem, lane: Lane, now: Date) {
    guard entries[item.key] == nil else { return }
    var item = item
    // A wait longer than any we give comes from a clock that has been set back since.
    let longest = max(policy.longestRetry, policy.longestRetryAfter) * 1.2
    if let next = item.tries.nextNotBefore, next.timeIntervalSince(now) > longest.seconds {
      item.tries.nextNotBefore = nil
    }
    let entry = Entry(
      item: item, ordinal: nextOrdinal, lane: lane, phase: item.parked == nil ? .waiting : .parked,
      failuresInARow: item.tries.count)
    entries[item.key] = entry
    byAge.insert(entry.agedKey)
    nextOrdinal += 1
    payloadBytes += item.payload.bytes.count
    if item.parked == nil { enterLane(item.key) }
  }

  /// Forgets an item.
  mutating func remove(_ key: OutboxItem.Key) {
    guard let entry = entries[key] else { return }
    if entry.phase != .parked { leaveLane(key) }
    entries[key] = nil
    unrecorded.remove(key)
    untold.remove(key)
    if refreshes > 0 { leftMeanwhile.insert(key) }
    payloadBytes -= entry.item.payload.bytes.count
  }
}

extension DeliveryQueue {
  /// What to do now.
  enum Turn: Hashable {
    case deliver(OutboxItem)
    /// Its key could not be had: look whom it is about, and say so with ``place(_:in:)``.
    case read(OutboxItem)
    /// Nothing until this instant, or until something that is under way ends; `nil` when nothing is scheduled.
    case wait(until: Date?, isQuiet: Bool)
  }

  /// The next item to deliver, which is under way from now on.
  ///
  /// Each kind may always have one delivery under way, beyond the number allowed: a receiver that hangs must not
  /// take the workers of the others.
  mutating func take(now: Date) -> Turn {
    if now < latestInstant.addingTimeInterval(-1) { clockWasSetBack() }
    latestInstant = now
    let underWay = gates.values.reduce(0) { $0 + $1.underWay }
    var earliest: Date?
    for kind in OutboxItem.Kind.allCases {
      // Taken out, as a second reference to its heaps would have each change copy them.
      guard var gate = gates.removeValue(forKey: kind) else { continue }
      defer { gates[kind] = gate }
      promote(&gate, now: now)
      while let first = gate.ready.first, !counts(first) { _ = gate.ready.removeFirst() }
      var next = gate.later.first?.time
      if let first = gate.ready.first, first.isUnread || !waitsForKey(gate) {
        if let opensAt = gate.opensAt, opensAt > now {
          next = min(opensAt, next ?? opensAt)
        } else if gate.underWay == 0 || gate.failures == 0 && underWay < policy.concurrentDeliveries {
          _ = gate.ready.removeFirst()
          if let turn = begin(first) {
            gate.underWay += 1
            return turn
          }
        }
      }
      if let next { earliest = min(next, earliest ?? next) }
    }
    return .wait(until: earliest, isQuiet: underWay == 0)
  }

  private mutating func begin(_ candidate: Candidate) -> Turn? {
    guard let entry = entries[candidate.key] else { return nil }
    entries[candidate.key]?.phase = .underWay
    lanes[entry.lane]?.underWay += 1
    return entry.lane.isUnread ? .read(entry.item) : .deliver(entry.item)
  }

  /// What ``take(now:)`` began has ended, and the store knows what became of it as far as it can be told.
  mutating func finish(_ kind: OutboxItem.Kind) { gates[kind]?.underWay -= 1 }

  private func promote(_ gate: inout Gate, now: Date) {
    while let first = gate.later.first {
      if counts(first.candidate) {
        guard first.time <= now else { return }
        gate.ready.insert(first.candidate)
      }
      _ = gate.later.removeFirst()
    }
  }

  /// Waits were given by a clock that is no more: everything may be tried now.
  private mutating func clockWasSetBack() {
    for kind in gates.keys { gates[kind]?.opensAt = nil }
    for key in entries.keys where entries[key]?.item.tries.nextNotBefore != nil {
      entries[key]?.item.tries.nextNotBefore = nil
      schedule(key)
    }
  }
}
