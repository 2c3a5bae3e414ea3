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
    case parked(OutboxItem.Parking, OutboxItem.Tries)
  }

  /// Takes the end of a delivery that ``take(now:)`` began. A delivered item stays until it is recorded.
  mutating func resolve(
    _ key: OutboxItem.Key, _ result: Result<Void, DeliveryError>, now: Date, random: Double
  ) -> Resolution? {
    guard var entry = entries[key], entry.phase == .underWay else { return nil }
    var gate = gates[key.kind] ?? Gate()
    gate.underWay -= 1
    defer { gates[key.kind] = gate }
    switch result {
    case .success:
      gate.failures = 0
      gate.opensAt = nil
      gate.deliveries += 1
      entries[key]?.phase = .unrecorded
      unrecorded.insert(key)
      return .delivered
    case .failure(let error):
      entry.item.tries.count &+= 1
      let others = entry.deliveriesAtLastTry.map { gate.deliveries > $0 } ?? false
      if !error.isOutage || others { entry.item.tries.faults &+= 1 }
      entry.deliveriesAtLastTry = gate.deliveries
      noteOutage(error, &gate, now: now, random: random)
      if error.code == .rejected || entry.item.tries.faults >= policy.triesBeforeParking {
        let parking = OutboxItem.Parking(reason: error.code, since: now.toTheMillisecond)
        entry.item.parked = parking
        entry.phase = .parked
        entries[key] = entry
        gates[key.kind] = gate
        leaveLane(key)
        gate = gates[key.kind] ?? gate
        counters.pending &-= 1
        counters.parked &+= 1
        return .parked(parking, entry.item.tries)
      }
      let wait = policy.backoff(
        failures: entry.item.tries.count, retryAfter: error.isOutage ? nil : error.retryAfter, random: random)
      let until = now.addingTimeInterval(wait.seconds).toTheMillisecond
      entry.item.tries.nextNotBefore = until
      entry.phase = .waiting
      entries[key] = entry
      gates[key.kind] = gate
      scheduleHead(of: entry.lane)
      gate = gates[key.kind] ?? gate
      return .again(entry.item.tries, until: max(until, gate.opensAt ?? until))
    }
  }

  /// Shuts the gate after an outage. Any other answer, but a payload that cannot be opened, came from the receiver,
  /// so it is there.
  private func noteOutage(_ error: DeliveryError, _ gate: inout Gate, now: Date, random: Double) {
    if error.isOutage {
      gate.failures &+= 1
      let wait = policy.backoff(failures: gate.failures, retryAfter: error.retryAfter, random: random)
      let opensAt = now.addingTimeInterval(wait.seconds)
      gate.opensAt = max(opensAt, gate.opensAt ?? opensAt)
    } else if error.code != .cannotBeOpened {
      gate.failures = 0
      gate.opensAt = nil
    }
  }

  /// A delivery was broken off by its own side: as if it had not begun.
  mutating func release(_ key: OutboxItem.Key) {
    guard let entry = entries[key], entry.phase == .underWay else { return }
    gates[key.kind]?.underWay -= 1
    entries[key]?.phase = .waiting
    scheduleHead(of: entry.lane)
  }

  /// The store knows of the delivery.
  mutating func recorded(_ key: OutboxItem.Key) {
    guard entries[key]?.phase == .unrecorded else { return }
    remove(key)
    delivered.add(key)
    counters.pending &-= 1
    counters.delivered &+= 1
  }
}
