/// What a store of ours holds: the one place that says what a change does. A pure value.
struct OutboxTable: Sendable {
  /// Where a key stands.
  enum Standing: Hashable {
    case unknown, pending, parked, delivered
  }

  private struct Held {
    var item: OutboxItem
    let ordinal: UInt64
  }

  private var held: [OutboxItem.Key: Held] = [:]
  private var nextOrdinal: UInt64 = 0
  private(set) var delivered: RecentKeys
  private(set) var counters = OutboxCounters()
  /// The bytes of all payloads held.
  private(set) var payloadBytes = 0
  /// Whether payloads of items no longer held may still be where the table was read from.
  private(set) var hasErasable = false

  init(remembering capacity: Int) { delivered = RecentKeys(capacity: capacity) }

  var count: Int { held.count }

  /// The items in order of acceptance.
  var items: [OutboxItem] { held.values.sorted { $0.ordinal < $1.ordinal }.map(\.item) }

  var snapshot: OutboxSnapshot {
    OutboxSnapshot(
      items: items, delivered: delivered.keys, counters: counters, rememberedDeliveries: delivered.capacity)
  }

  func standing(of key: OutboxItem.Key) -> Standing {
    if let held = held[key] { return held.item.parked == nil ? .pending : .parked }
    return delivered.contains(key) ? .delivered : .unknown
  }

  /// Makes a change that is known to fit.
  mutating func apply(_ change: OutboxChange) {
    switch change {
    case .accepted(let item):
      guard standing(of: item.key) == .unknown else { return }
      counters.accepted &+= 1
      insert(item)
    case .tried(let key, let tries):
      held[key]?.item.tries = tries
    case .delivered(let key):
      guard remove(key) else { return }
      counters.delivered &+= 1
      delivered.add(key)
    case .parked(let key, let parking):
      guard standing(of: key) == .pending else { return }
      held[key]?.item.parked = parking
      counters.pending &-= 1
      counters.parked &+= 1
    case .retried(let key):
      guard standing(of: key) == .parked else { return }
      held[key]?.item.parked = nil
      held[key]?.item.tries = OutboxItem.Tries()
      counters.parked &-= 1
      counters.pending &+= 1
    case .discarded(let key):
      guard standing(of: key) == .parked, remove(key) else { return }
      counters.discarded &+= 1
    }
  }

  private mutating func insert(_ item: OutboxItem) {
    held[item.key] = Held(item: item, ordinal: nextOrdinal)
    nextOrdinal += 1
    payloadBytes += item.payload.bytes.count
    if item.parked == nil { counters.pending &+= 1 } else { counters.parked &+= 1 }
  }

  private mutating func remove(_ key: OutboxItem.Key) -> Bool {
    guard let item = held.removeValue(forKey: key)?.item else { return false }
    payloadBytes -= item.payload.bytes.count
    hasErasable = true
    if item.parked == nil { counters.pending &-= 1 } else { counters.parked &-= 1 }
    return true
  }
}

extension OutboxTable {
  /// Says that the table was written anew, and what it was read from is gone.
  mutating func didRewrite() { hasErasable = false }

  /// Takes an item over from a table on disk; the totals come separately.
  mutating func restore(_ item: OutboxItem) {
    guard held[item.key] == nil else { return }
    insert(item)
  }

  /// Takes a delivered key over from a table on disk.
  mutating func restoreDelivered(_ key: OutboxItem.Key) { delivered.add(key) }

  /// Takes the totals of a table on disk over. Items that it should hold and that could not be read are lost.
  mutating func finishRestoring(totals: OutboxCounters) {
    let heldThen = totals.pending &+ totals.parked
    let heldNow = counters.pending &+ counters.parked
    counters.accepted = totals.accepted
    counters.discarded = totals.discarded
    counters.lost = totals.lost &+ (heldThen > heldNow ? heldThen - heldNow : 0)
    countRestAsDelivered()
  }

  /// Balances the counters over records that could not be read, from the totals as they stood after those records.
  ///
  /// What was accepted in the gap and still held after it counts as lost. Items held from before the gap may have
  /// been delivered in it: they stay pending, as delivering twice is safe, and so count as not yet delivered.
  mutating func bridgeGap(totalsAfter: OutboxCounters) {
    let acceptedInGap = totalsAfter.accepted >= counters.accepted ? totalsAfter.accepted - counters.accepted : 0
    let heldAfter = totalsAfter.pending &+ totalsAfter.parked
    counters.accepted = max(totalsAfter.accepted, counters.accepted)
    counters.discarded = max(totalsAfter.discarded, counters.discarded)
    counters.lost = max(counters.lost &+ min(acceptedInGap, heldAfter), totalsAfter.lost)
    countRestAsDelivered()
  }

  private mutating func countRestAsDelivered() {
    let elsewhere = counters.discarded &+ counters.parked &+ counters.pending &+ counters.lost
    if counters.accepted >= elsewhere {
      counters.delivered = counters.accepted - elsewhere
    } else {
      counters.accepted = elsewhere
      counters.delivered = 0
    }
  }

  /// Makes a change read after a gap: the item it is about may be one of the lost.
  mutating func applyAfterGap(_ change: OutboxChange) {
    guard standing(of: change.key) == .unknown, counters.lost > 0 else {
      apply(change)
      return
    }
    switch change {
    case .delivered(let key):
      counters.lost -= 1
      counters.delivered &+= 1
      delivered.add(key)
    case .discarded:
      counters.lost -= 1
      counters.discarded &+= 1
    default: apply(change)
    }
  }
}
