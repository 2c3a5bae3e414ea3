extension DeliveryQueue {
  /// Parked items, in order of acceptance.
  var parked: [OutboxItem] {
    entries.values.filter { $0.phase == .parked }.sorted { $0.ordinal < $1.ordinal }.map(\.item)
  }

  func parked(_ key: OutboxItem.Key) -> OutboxItem? {
    entries[key].flatMap { $0.phase == .parked ? $0.item : nil }
  }

  /// Whether a caller may decide about a parked item.
  enum Claim: Hashable {
    /// Nobody else will, until ``giveUp(_:)``.
    case claimed(OutboxItem)
    /// The store is being told something of it at this moment.
    case busy
    case notParked
  }

  mutating func claim(_ key: OutboxItem.Key) -> Claim {
    guard let item = parked(key) else { return .notParked }
    return decisions.insert(key).inserted ? .claimed(item) : .busy
  }

  /// The decision is made, or could not be.
  mutating func giveUp(_ key: OutboxItem.Key) { decisions.remove(key) }

  /// What the store must be told first of items that it does not know to be parked.
  func untoldParkings(_ keys: [OutboxItem.Key]) -> [OutboxChange] {
    keys.filter(untold.contains).compactMap { key in
      entries[key]?.item.parked.map { OutboxChange.parked(key, $0) }
    }
  }

  /// A parked item is tried again, from the start and in its old place in its lane.
  mutating func retry(_ key: OutboxItem.Key, lane: Lane) {
    guard var entry = entries[key], entry.phase == .parked else { return }
    entry.lane = lane
    entry.item.parked = nil
    entry.item.tries = OutboxItem.Tries()
    entry.phase = .waiting
    entry.deliveriesAtLastTry = nil
    entry.failuresInARow = 0
    entries[key] = entry
    untold.remove(key)
    byAge.insert(entry.agedKey)
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
}
