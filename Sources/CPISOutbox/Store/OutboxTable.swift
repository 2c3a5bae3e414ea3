#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif

/// What an outbox holds: the one place that makes changes. A pure value, of which each store has one, and the delivery
/// queue another.
///
/// Items are compact rows. What is asked of a table costs what it answers, not what is held.
package struct OutboxTable: Sendable {
  /// An item that is held, and its place in the order of acceptance.
  struct Held {
    let item: OutboxItem
    let ordinal: UInt64
  }

  private var rows = OutboxRows()
  private var nextOrdinal: UInt64 = 0
  private var pendingOrder = RowOrder(.pending)
  private var parkedOrder = RowOrder(.parked)
  private(set) var delivered: RecentKeys
  private(set) var counters = OutboxCounters()
  /// The bytes of all payloads held.
  private(set) var payloadBytes = 0
  /// The bytes of the ids of their sealing keys.
  private(set) var keyIDBytes = 0
  /// Whether payloads of items no longer held may still be where the table was read from.
  private(set) var hasErasable = false

  /// Makes an empty table that remembers so many delivered keys.
  package init(remembering capacity: Int) { delivered = RecentKeys(capacity: capacity) }

  /// The table of a store that holds this.
  init(_ contents: OutboxContents) {
    self.init(remembering: max(contents.rememberedDeliveries, contents.delivered.count))
    for item in contents.items { restore(item) }
    for key in contents.delivered { restoreDelivered(key) }
    counters = contents.counters
  }

  /// How many items are held.
  package var count: Int { rows.count }

  /// About how many entries the table keeps to know the order of what it holds: bounded by what is held, not by what was
  /// ever accepted.
  package var orderEntries: Int { pendingOrder.count + parkedOrder.count }

  subscript(key: OutboxItem.Key) -> Held? {
    guard let slot = rows.slot(of: key), let row = rows[slot] else { return nil }
    return Held(item: rows.item(row), ordinal: row.ordinal)
  }

  /// The items in order of acceptance.
  package var items: [OutboxItem] { Array(orderedItems) }

  /// The items in order of acceptance, each made when it is asked for.
  var orderedItems: OutboxRows.Ordered { rows.ordered }

  /// The parked items in order of acceptance.
  ///
  /// - Complexity: O(*p* log *p*) in the parked items.
  package var parkedItems: [OutboxItem] {
    parkedOrder.slots(in: rows).compactMap { slot in rows[slot].map(rows.item) }
  }

  /// When the oldest item that is to be delivered was accepted; `nil` when there is none.
  ///
  /// - Complexity: O(log *n*), taken over all changes.
  package mutating func oldestPending() -> Date? {
    pendingOrder.first(in: &rows).flatMap { rows[$0]?.acceptedAt }
  }

  /// Visits parked items in order of acceptance.
  ///
  /// - Parameter visit: returns whether the next should be visited, too.
  /// - Complexity: O(log *p*) for each that is visited.
  package mutating func visitParked(_ visit: (OutboxItem) -> Bool) {
    var visited: [UInt32] = []
    while let slot = parkedOrder.removeFirst(from: &rows), let row = rows[slot] {
      visited.append(slot)
      guard visit(rows.item(row)) else { break }
    }
    for slot in visited { parkedOrder.insert(slot, in: &rows) }
  }

  var contents: OutboxContents {
    OutboxContents(
      items: items, delivered: delivered.keys, counters: counters, rememberedDeliveries: delivered.capacity)
  }

  /// Where an item stands.
  func state(of key: OutboxItem.Key) -> OutboxItem.State {
    if let slot = rows.slot(of: key), let row = rows[slot] { return row.state }
    return delivered.contains(key) ? .delivered : .unknown
  }

  /// Makes a change if it fits, and says what it did.
  @discardableResult
  package mutating func make(_ change: OutboxChange) -> OutboxTransition {
    make(change, of: state(of: change.key))
  }

  private mutating func make(_ change: OutboxChange, of state: OutboxItem.State) -> OutboxTransition {
    let transition = change.transition(from: state)
    guard case .move(let old, let new) = transition else { return transition }
    counters.move(from: old, to: new)
    if case .accepted(let item) = change {
      enter(rows.insert(item, ordinal: nextOrdinal), new)
      nextOrdinal += 1
      payloadBytes += item.payload.bytes.count
      keyIDBytes += item.payload.keyID.utf8.count
    } else if new == .pending || new == .parked {
      guard let slot = rows.slot(of: change.key) else { return transition }
      rows.take(change, at: slot)
      if new != old { enter(slot, new) }
    } else if let item = rows.remove(change.key) {
      payloadBytes -= item.payload.bytes.count
      keyIDBytes -= item.payload.keyID.utf8.count
      hasErasable = true
    }
    if new == .delivered { delivered.add(change.key) }
    return transition
  }

  private mutating func enter(_ slot: UInt32, _ state: OutboxItem.State) {
    if state == .parked { parkedOrder.insert(slot, in: &rows) } else { pendingOrder.insert(slot, in: &rows) }
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
      var effective: [OutboxChange] = []
      var counters = counters
      // Apart from the rest until all of the list fits: a copy of what is there would cost what came before.
      var latest: [OutboxItem.Key: OutboxItem.State] = [:]
      for change in changes {
        let key = change.key
        switch change.transition(from: latest[key] ?? states[key] ?? table.state(of: key)) {
        case .move(let old, let new):
          latest[key] = new
          counters.move(from: old, to: new)
          effective.append(change)
        case .nothing: continue
        case .refused(let code): throw OutboxError(code)
        }
      }
      for (key, state) in latest { states[key] = state }
      self.counters = counters
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
