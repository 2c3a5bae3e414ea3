#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
internal import CPIS

extension DeliveryQueue {
  /// What a delivery's end leads to.
  enum Resolution: Hashable {
    case delivered
    case again(OutboxItem.Tries, until: Date)
    /// Nobody else may decide about it until ``told(ofParking:_:)``.
    case parked(OutboxItem.Parking, OutboxItem.Tries)
  }

  /// Takes the end of a delivery that ``take(now:)`` began. A delivered item stays until it is recorded.
  mutating func resolve(
    _ key: OutboxItem.Key, _ result: Result<Void, DeliveryError>, now: Date, random: Double
  ) -> Resolution? {
    guard let entry = entries[key], entry.phase == .underWay else { return nil }
    lanes[entry.lane]?.underWay -= 1
    switch result {
    case .success:
      gates[key.kind]?.noteDelivery()
      entries[key]?.phase = .unrecorded
      return .delivered
    case .failure(let error):
      return fail(entry, error, now: now, random: random)
    }
  }

  private mutating func fail(_ entry: Entry, _ error: DeliveryError, now: Date, random: Double) -> Resolution {
    var entry = entry
    let key = entry.item.key
    let deliveries = gates[key.kind]?.deliveries ?? 0
    if isFault(error, of: entry, deliveries: deliveries) { entry.item.tries.faults &+= 1 }
    entry.item.tries.count &+= 1
    entry.failuresInARow = error.isReceiverOutage ? 0 : entry.failuresInARow &+ 1
    entry.deliveriesAtLastTry = deliveries
    if shouldPark(entry, after: error, now: now) {
      // The disk keeps words of a fixed list, and to whoever decides the two are one.
      let reason = error.code == .keyUnavailable ? .cannotBeOpened : error.code
      return park(entry, OutboxItem.Parking(reason: reason, since: now.toTheMillisecond))
    }
    gates[key.kind]?.noteFailure(error, policy, now: now, random: random)
    let wait = policy.backoff(
      failures: entry.item.tries.count, retryAfter: error.isOutage ? nil : error.retryAfter, random: random)
    let until = now.addingTimeInterval(wait.seconds).toTheMillisecond
    entry.item.tries.nextNotBefore = until
    entry.phase = .waiting
    entries[key] = entry
    scheduleHead(of: entry.lane)
    return .again(entry.item.tries, until: max(until, gates[key.kind]?.opensAt ?? until))
  }

  /// Whether a failure counts against the item. A receiver that takes nothing from anybody, whatever it answers,
  /// says nothing against this one: an expired credential or a proxy's page looks the same for all.
  private func isFault(_ error: DeliveryError, of entry: Entry, deliveries: UInt64) -> Bool {
    if error.code == .rejected || error.code == .cannotBeOpened { return true }
    if error.code == .keyUnavailable { return false }
    // Since a try in an earlier process there were at least the deliveries of this one.
    let before = entry.deliveriesAtLastTry ?? (entry.item.tries.count > 0 ? 0 : deliveries)
    return deliveries > before
  }

  private func shouldPark(_ entry: Entry, after error: DeliveryError, now: Date) -> Bool {
    if error.code == .rejected || entry.item.tries.faults >= policy.triesBeforeParking { return true }
    // Nobody else is there to compare it with, so that time must decide, or its lane would wait for ever.
    return entry.failuresInARow >= policy.triesBeforeParking
      && now.timeIntervalSince(entry.item.acceptedAt) >= policy.ageBeforeParking.seconds
  }

  private mutating func park(_ entry: Entry, _ parking: OutboxItem.Parking) -> Resolution {
    var entry = entry
    let key = entry.item.key
    entry.item.parked = parking
    entry.phase = .parked
    entries[key] = entry
    decisions.insert(key)
    leaveLane(key)
    if entry.lane.isUnread, let next = lanes[entry.lane]?.first {
      // It is the key that is gone, so that the others of that key need not be asked as often.
      entries[next]?.failuresInARow = entry.failuresInARow
    }
    counters.pending &-= 1
    counters.parked &+= 1
    return .parked(parking, entry.item.tries)
  }

  /// The store was told of a parking, or could not be.
  mutating func told(ofParking key: OutboxItem.Key, _ isTold: Bool) {
    decisions.remove(key)
    if !isTold { untold.insert(key) }
  }

  /// A delivery was broken off by its own side: as if it had not begun.
  mutating func release(_ key: OutboxItem.Key) {
    guard let entry = entries[key], entry.phase == .underWay else { return }
    lanes[entry.lane]?.underWay -= 1
    entries[key]?.phase = .waiting
    scheduleHead(of: entry.lane)
  }

  /// The store knows of the delivery.
  mutating func recorded(_ key: OutboxItem.Key) {
    guard let entry = entries[key], entry.phase == .unrecorded else { return }
    remove(key)
    delivered.add(key)
    deliveredLanes[key] = entry.lane.hashValue
    if deliveredLanes.count > 2 * delivered.count + 100 {
      deliveredLanes = deliveredLanes.filter { delivered.contains($0.key) }
    }
    counters.pending &-= 1
    counters.delivered &+= 1
  }

  /// Deliveries that the store could not be told of, for one caller that tells it again.
  mutating func takeUnrecorded() -> [OutboxItem.Key] {
    defer { unrecorded = [] }
    return unrecorded.sorted { (entries[$0]?.ordinal ?? 0) < (entries[$1]?.ordinal ?? 0) }
  }

  /// The store could not be told of a delivery: it is held, and not delivered again, until it can.
  mutating func notRecorded(_ key: OutboxItem.Key) {
    if entries[key]?.phase == .unrecorded { unrecorded.insert(key) }
  }
}
