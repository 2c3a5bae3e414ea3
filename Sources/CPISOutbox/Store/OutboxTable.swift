/// What an outbox holds: the one place that makes changes. A pure value, of which each store has one, and the delivery
/// queue another.
struct OutboxTable: Sendable {
  /// An item that is held, and its place in the order of acceptance.
  struct Held {
    fileprivate(set) var item: OutboxItem
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

  /// The table of a store that holds this.
  init(_ contents: OutboxContents) {
    self.init(remembering: max(contents.rememberedDeliveries, contents.delivered.count))
    for item in contents.items { restore(item) }
    for key in contents.delivered { restoreDelivered(key) }
    counters = contents.counters
  }

  var count: Int { held.count }

  subscript(key: OutboxItem.Key) -> Held? { held[key] }

  /// The items in order of acceptance.
  var items: [OutboxItem] { held.values.sorted { $0.ordinal < $1.ordinal }.map(\.item) }

  /// The parked items in order of acceptance.
  var parkedItems: [OutboxItem] {
    held.values.filter { $0.item.state == .parked }.sorted { $0.ordinal < $1.ordinal }.map(\.item)
  }

  var contents: OutboxContents {
    OutboxContents(
      items: items, delivered: delivered.keys, counters: counters, rememberedDeliveries: delivered.capacity)
  }

  /// Where an item stands.
  func state(of key: OutboxItem.Key) -> OutboxItem.State {
    held[key]?.item.state ?? (delivered.contains(key) ? .delivered : .unknown)
  }

  /// Makes a change if it fits, and says what it did.
  @discardableResult
  mutating func make(_ change: OutboxChange) -> OutboxTransition {
    make(change, of: state(of: change.key))
  }

  private mutating func make(_ change: OutboxChange, of state: OutboxItem.State) -> OutboxTransition {
    let transition = change.transition(from: state)
    guard case .move(let old, let new) = transition else { return transition }
    counters.move(from: old, to: new)
    if case .accepted(let item) = change {
      held[item.key] = Held(item: item, ordinal: nextOrdinal)
      nextOrdinal += 1
      payloadBytes += item.payload.bytes.count
    } else if new == .pending || new == .parked {
      held[change.key]?.item.take(change)
    } else if let item = held.removeValue(forKey: change.key)?.item {
      payloadBytes -= item.payload.bytes.count
      hasErasable = true
    }
    if new == .delivered { delivered.add(change.key) }
    return transition
  }
}

// MARK: Read from a disk

extension OutboxTable {
  /// Says that the table was rewritten, and that what it was read from is gone.
  mutating func didRewrite() { hasErasable = false }

  /// Makes a change that a journal has recorded. One that does not fit changes nothing: the counters tell.
  ///
  /// Whether an accepted item was delivered before was judged when it was written, and perhaps with another memory: a
  /// journal opened with a longer one must not take an item for a repeat that was acknowledged as new.
  /// - Parameter isPastGap: whether earlier records could not be read: what the table does not know may be lost.
  mutating func replay(_ change: OutboxChange, isPastGap: Bool) {
    let state = self.state(of: change.key)
    switch state {
    case .unknown where isPastGap && counters.lost > 0: _ = make(change, of: .lost)
    case .delivered: _ = make(change, of: .unknown)
    default: _ = make(change, of: state)
    }
  }

  /// Takes over an item from a table on disk; the totals come separately.
  mutating func restore(_ item: OutboxItem) { replay(.accepted(item), isPastGap: false) }

  /// Takes over a delivered key from a table on disk.
  mutating func restoreDelivered(_ key: OutboxItem.Key) { delivered.add(key) }

  /// Takes over the totals of a table on disk, once all of its items are restored that could be read.
  mutating func finishRestoring(totals: OutboxCounters) { counters.complete(totals) }

  /// Balances the counters over records that could not be read.
  mutating func bridgeGap(totalsAfter: OutboxCounters) { counters.bridgeGap(totalsAfter: totalsAfter) }
}

// MARK: Preview

extension OutboxTable {
  /// What several lists of changes would do one after another, without doing it: they are written first.
  struct Preview {
    private let table: OutboxTable
    private var states: [OutboxItem.Key: OutboxItem.State] = [:]
    /// The totals after what was admitted.
    private(set) var counters: OutboxCounters

    init(_ table: OutboxTable) {
      self.table = table
      self.counters = table.counters
    }

    /// The changes of a list that change anything.
    ///
    /// - Throws: why one of them does not fit; none of the list is admitted then.
    mutating func admit(_ changes: [OutboxChange]) throws(OutboxError) -> [OutboxChange] {
      let before = self
      var effective: [OutboxChange] = []
      for change in changes {
        switch change.transition(from: states[change.key] ?? table.state(of: change.key)) {
        case .move(let old, let new):
          states[change.key] = new
          counters.move(from: old, to: new)
          effective.append(change)
        case .nothing: continue
        case .refused(let code):
          self = before
          throw OutboxError(code)
        }
      }
      return effective
    }
  }
}

// MARK: Remembered deliveries

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
