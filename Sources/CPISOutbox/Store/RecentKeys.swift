/// The keys of the last delivered items, up to a number, oldest first.
struct RecentKeys: Sendable {
  let capacity: Int
  private var ring: [OutboxItem.Key] = []
  private var oldest = 0
  private var members: Set<OutboxItem.Key> = []

  init(capacity: Int) { self.capacity = max(capacity, 0) }

  func contains(_ key: OutboxItem.Key) -> Bool { members.contains(key) }

  var count: Int { ring.count }

  /// Oldest first.
  var keys: [OutboxItem.Key] { Array(ring[oldest...] + ring[..<oldest]) }

  mutating func add(_ key: OutboxItem.Key) {
    guard capacity > 0, members.insert(key).inserted else { return }
    guard ring.count == capacity else {
      ring.append(key)
      return
    }
    members.remove(ring[oldest])
    ring[oldest] = key
    oldest = (oldest + 1) % capacity
  }
}
