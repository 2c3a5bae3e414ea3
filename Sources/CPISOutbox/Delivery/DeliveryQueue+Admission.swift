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
    /// This one of the same identity is held. Whether it is about the same patient, only its payload tells.
    case unclear(OutboxItem)
    /// Another caller is writing it at this moment.
    case underWay
    case refused(OutboxError.Code)
  }

  /// Reserves room for an item, until ``admit(_:lane:now:)`` or ``withdraw(_:discarding:)``.
  mutating func ask(_ item: OutboxItem, lane: Lane, now: Date) -> Admission {
    if admissions[item.key] != nil { return .underWay }
    if let known = known(item.key, as: lane) { return known }
    let size = item.payload.bytes.count
    let limits = policy.limits
    guard size <= min(limits.itemBytes, 15 << 20) else { return .refused(.tooLarge) }
    if let age = limits.age, let oldest = oldestPending(), now.timeIntervalSince(oldest) > age.seconds {
      return .refused(.full)
    }
    var count = entries.count - leaving.count + admissions.count
    var bytes = payloadBytes - leaving.values.reduce(0, +) + reservedBytes
    var discarding: [OutboxItem] = []
    func isFull() -> Bool { count + 1 > limits.items || bytes + size > limits.bytes }
    if isFull(), limits.whenFull == .discardOldestParked {
      for parked in parked where isFull() && !decisions.contains(parked.key) {
        discarding.append(parked)
        count -= 1
        bytes -= parked.payload.bytes.count
      }
    }
    if isFull() { return .refused(.full) }
    admissions[item.key] = size
    reservedBytes += size
    for parked in discarding {
      decisions.insert(parked.key)
      leaving[parked.key] = parked.payload.bytes.count
    }
    return .admitted(discarding: discarding.map(\.key))
  }

  /// What an item of the same identity means for one about this patient; `nil` when there is none.
  private func known(_ key: OutboxItem.Key, as lane: Lane) -> Admission? {
    if let entry = entries[key] {
      guard entry.lane.isKnown else { return .unclear(entry.item) }
      return entry.lane == lane ? .held : .refused(.identityInUse)
    }
    guard delivered.contains(key) else { return nil }
    let isAnother = deliveredLanes[key].map { $0 != lane.hashValue } ?? false
    return isAnother ? .refused(.identityInUse) : .held
  }

  /// The store holds the item, and no longer those that were discarded for it.
  mutating func admit(_ item: OutboxItem, lane: Lane, discarding: [OutboxItem.Key], now: Date) {
    for key in discarding { discard(key) }
    withdraw(item.key, discarding: discarding)
    guard entries[item.key] == nil else { return }
    counters.accepted &+= 1
    counters.pending &+= 1
    add(item, lane: lane, now: now)
  }

  /// The room is given up: the store did not take the item, or it stands among the held ones now.
  mutating func withdraw(_ key: OutboxItem.Key, discarding: [OutboxItem.Key]) {
    reservedBytes -= admissions.removeValue(forKey: key) ?? 0
    for key in discarding {
      decisions.remove(key)
      leaving[key] = nil
    }
  }

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

// A snapshot is taken outside the lock, and what left meanwhile stands in it still.
extension DeliveryQueue {
  /// A snapshot is about to be taken.
  mutating func refreshBegins() { refreshes += 1 }

  /// All of a snapshot was taken in, or there was none.
  mutating func refreshEnds() {
    refreshes -= 1
    if refreshes == 0 { leftMeanwhile = [] }
  }

  /// Whether an item that the store held did not come through this outbox, and is not known yet.
  func isNew(_ key: OutboxItem.Key) -> Bool {
    entries[key] == nil && admissions[key] == nil && !delivered.contains(key) && !leftMeanwhile.contains(key)
  }

  /// Takes in an item that the store holds and that did not come through this outbox.
  mutating func merge(_ item: OutboxItem, lane: Lane, now: Date) {
    guard isNew(item.key) else { return }
    counters.accepted &+= 1
    if item.parked == nil { counters.pending &+= 1 } else { counters.parked &+= 1 }
    add(item, lane: lane, now: now)
  }
}
