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
    /// How many deliveries the receiver had taken when this item last failed; `nil` when it has not.
    var deliveriesAtLastTry: UInt64?
  }

  /// A receiver's gate and what waits at it.
  struct Gate {
    /// Failures in a row that say that the receiver cannot be had.
    var failures: UInt32 = 0
    var opensAt: Date?
    var underWay = 0
    var deliveries: UInt64 = 0
    /// Heads of lanes whose time has come.
    var ready = Heap<Candidate>()
    /// Heads of lanes whose time is to come.
    var later = Heap<Appointment>()
  }

  struct Candidate: Comparable {
    let tries: UInt32
    let ordinal: UInt64
    let key: OutboxItem.Key
    let stamp: UInt64
    static func < (a: Candidate, b: Candidate) -> Bool { (a.tries, a.ordinal) < (b.tries, b.ordinal) }
  }

  struct Appointment: Comparable {
    let time: Date
    let candidate: Candidate
    static func < (a: Appointment, b: Appointment) -> Bool { a.time < b.time }
    static func == (a: Appointment, b: Appointment) -> Bool { a.time == b.time && a.candidate == b.candidate }
  }

  struct AgedKey: Comparable {
    let ordinal: UInt64
    let key: OutboxItem.Key
    static func < (a: AgedKey, b: AgedKey) -> Bool { a.ordinal < b.ordinal }
  }

  let policy: OutboxPolicy
  var entries: [OutboxItem.Key: Entry] = [:]
  /// The items of each lane that are not parked, in order of acceptance.
  var lanes: [Lane: [OutboxItem.Key]] = [:]
  var gates: [OutboxItem.Kind: Gate] = [:]
  var counters: OutboxCounters
  var payloadBytes = 0
  /// Keys on their way into the store, with the bytes they will take.
  var admissions: [OutboxItem.Key: Int] = [:]
  /// The sum of those bytes, as each of many callers at once asks for it.
  var reservedBytes = 0
  var delivered: RecentKeys
  /// Delivered items that the store does not know of.
  var unrecorded: Set<OutboxItem.Key> = []
  var byAge = Heap<AgedKey>()
  private var nextOrdinal: UInt64 = 0
  private var latestInstant = Date.distantPast

  /// - Parameter lane: the lane of an item, from its payload.
  init(
    _ snapshot: OutboxSnapshot, policy: OutboxPolicy, now: Date, lane: (OutboxItem) -> Lane
  ) {
    self.policy = policy
    self.counters = snapshot.counters
    self.delivered = RecentKeys(capacity: max(snapshot.delivered.count, 10_000))
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
    entries[item.key] = Entry(
      item: item, ordinal: nextOrdinal, lane: lane, phase: item.parked == nil ? .waiting : .parked)
    byAge.insert(AgedKey(ordinal: nextOrdinal, key: item.key))
    nextOrdinal += 1
    payloadBytes += item.payload.bytes.count
    if item.parked == nil { enterLane(item.key) }
  }

  /// Forgets an item.
  mutating func remove(_ key: OutboxItem.Key) {
    guard let entry = entries[key] else { return }
    leaveLane(key)
    entries[key] = nil
    unrecorded.remove(key)
    payloadBytes -= entry.item.payload.bytes.count
  }
}

extension DeliveryQueue {
  /// Puts an item in its lane, by order of acceptance.
  mutating func enterLane(_ key: OutboxItem.Key) {
    guard let entry = entries[key] else { return }
    var keys = lanes[entry.lane] ?? []
    let place = keys.lastIndex { (entries[$0]?.ordinal ?? 0) < entry.ordinal }.map { $0 + 1 } ?? 0
    keys.insert(key, at: place)
    lanes[entry.lane] = keys
    // What was the head before waits now; its places in the heaps are found void when they come up.
    if place == 0 { schedule(key) }
  }

  /// Takes an item out of its lane; the next one's turn comes.
  mutating func leaveLane(_ key: OutboxItem.Key) {
    guard let lane = entries[key]?.lane, var keys = lanes[lane], let place = keys.firstIndex(of: key) else {
      return
    }
    keys.remove(at: place)
    lanes[lane] = keys.isEmpty ? nil : keys
    scheduleHead(of: lane)
  }

  /// To be called whenever something in a lane has ended: what waited for it may have lost its place in the heaps.
  mutating func scheduleHead(of lane: Lane) {
    if let head = lanes[lane]?.first { schedule(head) }
  }

  /// Gives the head of a lane a place in a heap of its gate.
  mutating func schedule(_ key: OutboxItem.Key) {
    guard var entry = entries[key], entry.phase == .waiting, lanes[entry.lane]?.first == key else { return }
    entry.stamp += 1
    entries[key] = entry
    let candidate = Candidate(
      tries: entry.item.tries.count, ordinal: entry.ordinal, key: key, stamp: entry.stamp)
    if let time = entry.item.tries.nextNotBefore {
      gates[key.kind, default: Gate()].later.insert(Appointment(time: time, candidate: candidate))
    } else {
      gates[key.kind, default: Gate()].ready.insert(candidate)
    }
  }

  private func counts(_ candidate: Candidate) -> Bool {
    guard let entry = entries[candidate.key] else { return false }
    return entry.phase == .waiting && entry.stamp == candidate.stamp && lanes[entry.lane]?.first == candidate.key
      && lanes[entry.lane]?.contains { entries[$0]?.phase == .underWay } != true
  }
}

extension DeliveryQueue {
  /// What to do now.
  enum Turn: Hashable {
    case deliver(OutboxItem)
    /// Nothing until this instant; `nil` when nothing is scheduled at all.
    case wait(until: Date?)
  }

  /// The next item to deliver, which is under way from now on.
  mutating func take(now: Date) -> Turn {
    if now < latestInstant.addingTimeInterval(-1) { clockWasSetBack() }
    latestInstant = now
    var earliest: Date?
    for kind in OutboxItem.Kind.allCases {
      guard var gate = gates[kind] else { continue }
      defer { gates[kind] = gate }
      promote(&gate, now: now)
      while let first = gate.ready.first, !counts(first) { _ = gate.ready.removeFirst() }
      var next = gate.later.first?.time
      if gate.ready.first != nil {
        if let opensAt = gate.opensAt, opensAt > now {
          next = min(opensAt, next ?? opensAt)
        } else if gate.failures == 0 || gate.underWay == 0, let candidate = gate.ready.removeFirst() {
          gate.underWay += 1
          entries[candidate.key]?.phase = .underWay
          if let item = entries[candidate.key]?.item { return .deliver(item) }
        }
      }
      if let next { earliest = min(next, earliest ?? next) }
    }
    return .wait(until: earliest)
  }

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
