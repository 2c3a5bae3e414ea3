#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

extension DeliveryQueue {
  /// Puts an item in its lane, by order of acceptance.
  mutating func enterLane(_ key: OutboxItem.Key) {
    guard let entry = entries[key] else { return }
    if entry.lane.isUnread { gates[key.kind, default: Gate()].unread.insert(entry.lane) }
    lanes[entry.lane, default: LaneItems()].insert(entry.agedKey)
    // What was the head before waits now; its places in the heaps are found void when they come up.
    schedule(key)
  }

  /// Takes an item out of its lane; the next one's turn comes.
  mutating func leaveLane(_ key: OutboxItem.Key) {
    guard let entry = entries[key] else { return }
    lanes[entry.lane]?.remove(entry.agedKey)
    if lanes[entry.lane]?.isEmpty == true {
      lanes[entry.lane] = nil
      if entry.lane.isUnread { gates[key.kind]?.unread.remove(entry.lane) }
    }
    scheduleHead(of: entry.lane)
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
      isAwaited: isAwaited(entry), isUnread: entry.lane.isUnread, tries: entry.item.tries.count,
      ordinal: entry.ordinal, key: key, stamp: entry.stamp)
    if let time = entry.item.tries.nextNotBefore {
      gates[key.kind, default: Gate()].later.insert(Appointment(time: time, candidate: candidate))
    } else {
      gates[key.kind, default: Gate()].ready.insert(candidate)
    }
  }

  /// Whether a place in a heap is still that of a head whose lane has nothing under way.
  func counts(_ candidate: Candidate) -> Bool {
    guard let entry = entries[candidate.key], let lane = lanes[entry.lane] else { return false }
    return entry.phase == .waiting && entry.stamp == candidate.stamp && lane.first == candidate.key
      && lane.underWay == 0
  }
}

// An item that cannot be read may be an earlier one about any patient of its kind, so that all of the kind wait for
// it. Not for ever: a key may be gone for good, and then it is order that gives way, and not the arrival of the rest.
extension DeliveryQueue {
  private func isAwaited(_ entry: Entry) -> Bool {
    entry.lane.isUnread && entry.item.tries.count < policy.triesBeforeParking
  }

  /// Whether what can be read must wait for what cannot.
  func waitsForKey(_ gate: Gate) -> Bool {
    gate.unread.contains { lane in lanes[lane]?.first.flatMap { entries[$0] }.map(isAwaited) ?? false }
  }

  /// An item could be read after all, or it is known that it never can be: from now on it waits where it belongs.
  mutating func place(_ key: OutboxItem.Key, in lane: Lane) {
    guard let entry = entries[key], entry.phase == .underWay else { return }
    lanes[entry.lane]?.underWay -= 1
    leaveLane(key)
    entries[key]?.lane = lane
    entries[key]?.phase = .waiting
    enterLane(key)
  }
}
