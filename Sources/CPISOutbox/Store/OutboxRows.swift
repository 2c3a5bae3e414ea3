#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// The items of a table, each in a row of 72 bytes beside its payload, with an index from keys to rows.
///
/// Rows stand in pages of 256, so that growing moves none. The place of an item that is no longer held is given to a
/// later one.
struct OutboxRows: Sendable {
  struct Row {
    let ordinal: UInt64
    let acceptedAt: Date
    /// Seconds of the instant before which no try comes; no number when it may come now.
    fileprivate var nextNotBefore: Double
    /// Seconds of the instant since which it is parked.
    fileprivate var parkedSince: Double
    fileprivate let payload: [UInt8]
    fileprivate var tries: UInt32
    fileprivate var faults: UInt32
    /// Which of the ids of sealing keys.
    fileprivate let keyID: UInt32
    let key: OutboxItem.Key
    /// Why it is parked, as one more than the place in the list of reasons; 0 while it is to be delivered.
    fileprivate var parking: UInt8
    /// Whether an order of rows has an entry for it, which may be out of date.
    var isInPendingOrder = false
    var isInParkedOrder = false

    var state: OutboxItem.State { parking == 0 ? .pending : .parked }
  }

  private static let pageBits: UInt32 = 8

  private var pages: [[Row?]] = []
  private var free: [UInt32] = []
  private var index = RowIndex()
  /// The ids of sealing keys: few, and the same for many items.
  private var keyIDs: [String] = []
  private var keyIDNumbers: [String: UInt32] = [:]

  var count: Int { index.count }

  /// A row; `nil` when nothing is there.
  subscript(slot: UInt32) -> Row? { pages[Int(slot >> Self.pageBits)][Int(slot & 255)] }

  func slot(of key: OutboxItem.Key) -> UInt32? {
    index.find(key.hashValue) { self[$0]?.key == key }
  }

  /// All items in order of acceptance, each made when it is asked for.
  struct Ordered: RandomAccessCollection {
    fileprivate let rows: OutboxRows
    fileprivate let slots: [UInt32]

    var startIndex: Int { 0 }
    var endIndex: Int { slots.count }

    subscript(place: Int) -> OutboxItem {
      guard let row = rows[slots[place]] else { preconditionFailure("a copy of the rows changed") }
      return rows.item(row)
    }
  }

  var ordered: Ordered { Ordered(rows: self, slots: slotsInOrder) }

  /// The places of all items, in order of acceptance.
  private var slotsInOrder: [UInt32] {
    var slots: [UInt32] = []
    slots.reserveCapacity(count)
    var latest: UInt64 = 0
    var isSorted = true
    for (page, rows) in pages.enumerated() {
      for (place, row) in rows.enumerated() {
        guard let row else { continue }
        if row.ordinal < latest { isSorted = false }
        latest = row.ordinal
        slots.append(UInt32(page) << Self.pageBits | UInt32(place))
      }
    }
    // So it is until the place of one that left was given to another.
    if isSorted { return slots }
    return slots.map { (ordinal: self[$0]?.ordinal ?? 0, slot: $0) }.sorted { $0.ordinal < $1.ordinal }.map(\.slot)
  }

  /// The item in a row.
  func item(_ row: Row) -> OutboxItem {
    let reasons = DeliveryError.Code.words
    return OutboxItem(
      key: row.key, acceptedAt: row.acceptedAt,
      payload: OutboxItem.Payload(keyID: keyIDs[Int(row.keyID)], bytes: row.payload),
      tries: OutboxItem.Tries(
        count: row.tries, faults: row.faults,
        nextNotBefore: row.nextNotBefore.isNaN ? nil : Date(timeIntervalSinceReferenceDate: row.nextNotBefore)),
      parked: row.parking == 0
        ? nil
        : OutboxItem.Parking(
          reason: reasons[Int(row.parking) - 1], since: Date(timeIntervalSinceReferenceDate: row.parkedSince)))
  }

  /// Adds an item whose key is not there.
  mutating func insert(_ item: OutboxItem, ordinal: UInt64) -> UInt32 {
    var row = Row(
      ordinal: ordinal, acceptedAt: item.acceptedAt, nextNotBefore: .nan, parkedSince: 0,
      payload: item.payload.bytes, tries: 0, faults: 0, keyID: number(ofKeyID: item.payload.keyID), key: item.key,
      parking: 0)
    row.set(item.tries)
    row.set(item.parked)
    let slot: UInt32
    if let last = free.popLast() {
      slot = last
      self.set(row, at: slot)
    } else {
      if pages.last.map({ $0.count == 256 }) ?? true {
        pages.append([])
        pages[pages.count - 1].reserveCapacity(256)
      }
      slot = UInt32(pages.count - 1) << Self.pageBits | UInt32(pages[pages.count - 1].count)
      pages[pages.count - 1].append(row)
    }
    index.insert(slot, hash: item.key.hashValue) { [pages] in Self.hash(pages, $0) }
    return slot
  }

  /// Removes an item.
  mutating func remove(_ key: OutboxItem.Key) -> OutboxItem? {
    guard let slot = slot(of: key), let row = self[slot] else { return nil }
    index.remove(slot, hash: key.hashValue) { [pages] in Self.hash(pages, $0) }
    set(nil, at: slot)
    free.append(slot)
    return item(row)
  }

  /// Takes over what a change says about an item that stays held.
  mutating func take(_ change: OutboxChange, at slot: UInt32) {
    edit(slot) { row in
      switch change {
      case .accepted, .delivered, .discarded: break
      case .tried(_, let tries): row.set(tries)
      case .parked(_, let parking): row.set(parking)
      case .retried:
        row.set(nil as OutboxItem.Parking?)
        row.set(OutboxItem.Tries())
      }
    }
  }

  /// Changes a row in its place.
  mutating func edit(_ slot: UInt32, _ change: (inout Row) -> Void) {
    guard var row = self[slot] else { return }
    change(&row)
    set(row, at: slot)
  }

  private mutating func set(_ row: Row?, at slot: UInt32) {
    pages[Int(slot >> Self.pageBits)][Int(slot & 255)] = row
  }

  private static func hash(_ pages: [[Row?]], _ slot: UInt32) -> Int {
    pages[Int(slot >> pageBits)][Int(slot & 255)]?.key.hashValue ?? 0
  }

  private mutating func number(ofKeyID keyID: String) -> UInt32 {
    if let number = keyIDNumbers[keyID] { return number }
    let number = UInt32(keyIDs.count)
    keyIDs.append(keyID)
    keyIDNumbers[keyID] = number
    return number
  }
}

extension OutboxRows.Row {
  fileprivate mutating func set(_ tries: OutboxItem.Tries) {
    self.tries = tries.count
    faults = tries.faults
    nextNotBefore = tries.nextNotBefore?.timeIntervalSinceReferenceDate ?? .nan
  }

  fileprivate mutating func set(_ parked: OutboxItem.Parking?) {
    // A reason is a word of the list, as a parking has no other.
    parking = parked.map { UInt8((DeliveryError.Code.words.firstIndex(of: $0.reason) ?? 0) + 1) } ?? 0
    parkedSince = parked?.since.timeIntervalSinceReferenceDate ?? 0
  }
}

// MARK: Order

/// The rows in one state by order of acceptance. Rows that have left the state stay until they come up, or until there
/// are more of them than of others.
struct RowOrder: Sendable {
  private struct Entry: Comparable {
    let ordinal: UInt64
    let slot: UInt32
    static func < (a: Entry, b: Entry) -> Bool { a.ordinal < b.ordinal }
  }

  private let state: OutboxItem.State
  private var heap = Heap<Entry>()
  private var longest = 64

  init(_ state: OutboxItem.State) { self.state = state }

  var count: Int { heap.count }

  /// Takes in a row that is in the state.
  mutating func insert(_ slot: UInt32, in rows: inout OutboxRows) {
    guard let row = rows[slot], !isListed(row) else { return }
    mark(slot, true, &rows)
    heap.insert(Entry(ordinal: row.ordinal, slot: slot))
    if heap.count > longest { tidy(&rows) }
  }

  /// The oldest row in the state.
  mutating func first(in rows: inout OutboxRows) -> UInt32? {
    while let entry = heap.first {
      if isCurrent(entry, rows) { return entry.slot }
      drop(entry, &rows)
      _ = heap.removeFirst()
    }
    return nil
  }

  /// Takes the oldest row in the state out.
  mutating func removeFirst(from rows: inout OutboxRows) -> UInt32? {
    guard let slot = first(in: &rows) else { return nil }
    mark(slot, false, &rows)
    _ = heap.removeFirst()
    return slot
  }

  /// All rows in the state, oldest first.
  func slots(in rows: OutboxRows) -> [UInt32] { heap.sorted(where: { isCurrent($0, rows) }).map(\.slot) }

  private mutating func tidy(_ rows: inout OutboxRows) {
    let old = heap
    heap = Heap(sorted: old.sorted(where: { isCurrent($0, rows) }))
    if heap.count < old.count {
      for entry in old.sorted(where: { !isCurrent($0, rows) }) { drop(entry, &rows) }
    }
    longest = max(64, 2 * heap.count)
  }

  /// An entry goes whose row may be there in another state, and come back.
  private func drop(_ entry: Entry, _ rows: inout OutboxRows) {
    if rows[entry.slot]?.ordinal == entry.ordinal { mark(entry.slot, false, &rows) }
  }

  private func isCurrent(_ entry: Entry, _ rows: OutboxRows) -> Bool {
    guard let row = rows[entry.slot] else { return false }
    return row.ordinal == entry.ordinal && row.state == state
  }

  private func isListed(_ row: OutboxRows.Row) -> Bool {
    state == .parked ? row.isInParkedOrder : row.isInPendingOrder
  }

  private func mark(_ slot: UInt32, _ isListed: Bool, _ rows: inout OutboxRows) {
    rows.edit(slot) { row in
      if state == .parked { row.isInParkedOrder = isListed } else { row.isInPendingOrder = isListed }
    }
  }
}

// MARK: Index

/// Finds rows by the hash of their keys, with four bytes for each place: open addressing, at most two thirds full.
private struct RowIndex: Sendable {
  private static let empty = UInt32.max

  private var places = [UInt32](repeating: Self.empty, count: 16)
  private(set) var count = 0

  private var mask: Int { places.count - 1 }

  func find(_ hash: Int, where isSought: (UInt32) -> Bool) -> UInt32? {
    var place = hash & mask
    while places[place] != Self.empty {
      if isSought(places[place]) { return places[place] }
      place = (place + 1) & mask
    }
    return nil
  }

  /// - Parameter hashOf: the hash of a row's key.
  mutating func insert(_ slot: UInt32, hash: Int, hashOf: (UInt32) -> Int) {
    if 3 * (count + 1) > 2 * places.count {
      let old = places
      places = [UInt32](repeating: Self.empty, count: 2 * old.count)
      for slot in old where slot != Self.empty { put(slot, hashOf(slot)) }
    }
    put(slot, hash)
    count += 1
  }

  private mutating func put(_ slot: UInt32, _ hash: Int) {
    var place = hash & mask
    while places[place] != Self.empty { place = (place + 1) & mask }
    places[place] = slot
  }

  /// Closes the gap, so that no search ends at it too early.
  mutating func remove(_ slot: UInt32, hash: Int, hashOf: (UInt32) -> Int) {
    var gap = hash & mask
    while places[gap] != slot {
      guard places[gap] != Self.empty else { return }
      gap = (gap + 1) & mask
    }
    count -= 1
    var next = (gap + 1) & mask
    while places[next] != Self.empty {
      let home = hashOf(places[next]) & mask
      // It may move up unless that would put it before where its search begins.
      if (next - home) & mask >= (next - gap) & mask {
        places[gap] = places[next]
        gap = next
      }
      next = (next + 1) & mask
    }
    places[gap] = Self.empty
  }
}
