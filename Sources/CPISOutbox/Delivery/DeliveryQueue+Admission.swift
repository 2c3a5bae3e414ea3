#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
internal import CPIS

extension DeliveryQueue {
  /// Whether a new item may come in.
  enum Admission: Hashable {
    /// Yes; write it, together with the discarding of these parked items.
    case admitted(discarding: [OutboxItem.Key])
    /// It is held, or was delivered lately: nothing to do.
    case held
    /// Another caller is writing it at this moment.
    case underWay
    case refused(OutboxError.Code)
  }

  /// Reserves room for an item, until ``admit(_:lane:now:)`` or ``withdraw(_:)``.
  mutating func ask(_ item: OutboxItem, now: Date) -> Admission {
    if admissions[item.key] != nil { return .underWay }
    if entries[item.key] != nil || delivered.contains(item.key) { return .held }
    let size = item.payload.bytes.count
    let limits = policy.limits
    guard size <= min(limits.itemBytes, 15 << 20) else { return .refused(.tooLarge) }
    if let age = limits.age, let oldest = oldestPending(), now.timeIntervalSince(oldest) > age.seconds {
      return .refused(.full)
    }
    var count = entries.count + admissions.count
    var bytes = payloadBytes + reservedBytes
    var discarding: [OutboxItem.Key] = []
    func isFull() -> Bool { count + 1 > limits.items || bytes + size > limits.bytes }
    if isFull(), limits.whenFull == .discardOldestParked {
      let parked = entries.values.filter { $0.phase == .parked }.sorted { $0.ordinal < $1.ordinal }
      for entry in parked where isFull() {
        discarding.append(entry.item.key)
        count -= 1
        bytes -= entry.item.payload.bytes.count
      }
    }
    if isFull() { return .refused(.full) }
    admissions[item.key] = size
    reservedBytes += size
    return .admitted(discarding: discarding)
  }

  /// The store holds the item.
  mutating func admit(_ item: OutboxItem, lane: Lane, now: Date) {
    withdraw(item.key)
    guard entries[item.key] == nil else { return }
    counters.accepted &+= 1
    counters.pending &+= 1
    add(item, lane: lane, now: now)
  }

  /// The room is given up: the store did not take the item, or it stands among the held ones now.
  mutating func withdraw(_ key: OutboxItem.Key) { reservedBytes -= admissions.removeValue(forKey: key) ?? 0 }

  /// When the oldest item that is to be delivered was accepted; `nil` when there is none.
  mutating func oldestPending() -> Date? {
    while let first = byAge.first {
      if let entry = entries[first.key], entry.ordinal == first.ordinal, entry.phase != .parked {
        return entry.item.acceptedAt
      }
      _ = byAge.removeFirst()
    }
    return nil
  }
}

extension DeliveryQueue {
  /// Parked items, in order of acceptance.
  var parked: [OutboxItem] {
    entries.values.filter { $0.phase == .parked }.sorted { $0.ordinal < $1.ordinal }.map(\.item)
  }

  /// A parked item is tried again, from the start and in its old place in its lane.
  mutating func retry(_ key: OutboxItem.Key, lane: Lane) {
    guard var entry = entries[key], entry.phase == .parked else { return }
    entry.lane = lane
    entry.item.parked = nil
    entry.item.tries = OutboxItem.Tries()
    entry.phase = .waiting
    entry.deliveriesAtLastTry = nil
    entries[key] = entry
    byAge.insert(AgedKey(ordinal: entry.ordinal, key: key))
    counters.parked &-= 1
    counters.pending &+= 1
    enterLane(key)
  }

  /// A parked item is given up.
  mutating func discard(_ key: OutboxItem.Key) {
    guard entries[key]?.phase == .parked else { return }
    remove(key)
    counters.parked &-= 1
    counters.discarded &+= 1
  }

  /// Whether an item that the store holds did not come through this outbox, and is not known yet.
  func isNew(_ key: OutboxItem.Key) -> Bool {
    entries[key] == nil && admissions[key] == nil && !delivered.contains(key)
  }

  /// Takes in an item that the store holds and that did not come through this outbox.
  mutating func merge(_ item: OutboxItem, lane: Lane, now: Date) {
    guard isNew(item.key) else { return }
    counters.accepted &+= 1
    if item.parked == nil { counters.pending &+= 1 } else { counters.parked &+= 1 }
    add(item, lane: lane, now: now)
  }
}
