/// Records by NHS number: an ``NHSNumberIndex`` with the records alongside, in its order.
///
/// Use it where you would fill a dictionary once and look things up often: a list to screen against, a copy of the
/// flags in force, a registry's current state. A miss costs as much as in the index; a hit costs one more read.
///
/// A table does not change. Collect edits and apply them with ``applying(upserts:removals:)``, which makes a new table
/// while readers go on using the old one: see ``Snapshots``. Copying a table copies references.
public struct NHSNumberTable<Record> {
  /// The numbers, and their positions.
  public let index: NHSNumberIndex

  /// The records, each at its number's position.
  public let records: [Record]

  @usableFromInline
  init(index: NHSNumberIndex, records: [Record]) {
    self.index = index
    self.records = records
  }

  /// A table without records.
  @inlinable
  public init() {
    self.init(index: NHSNumberIndex([]), records: [])
  }

  /// How many numbers have a record.
  @inlinable
  public var count: Int { index.count }

  /// Whether no number has a record.
  @inlinable
  public var isEmpty: Bool { index.isEmpty }

  /// The memory of the index and of the array of records, in bytes; not what records refer to elsewhere.
  @inlinable
  public var byteCount: Int { index.byteCount + records.count * MemoryLayout<Record>.stride }

  /// The record of a number, or `nil` when the table holds none.
  ///
  /// - Complexity: O(1).
  @inlinable
  public subscript(number: NHSNumber) -> Record? {
    guard let position = index.position(of: number) else { return nil }
    return records[position]
  }

  /// Whether a number has a record.
  ///
  /// - Complexity: O(1).
  @inlinable
  public func contains(_ number: NHSNumber) -> Bool { index.contains(number) }
}

extension NHSNumberTable {
  /// Makes a table of records whose numbers all differ.
  ///
  /// - Throws: ``NHSNumberIndex/DuplicateNumbers`` if a number comes twice. Only the caller can know which of its records
  ///   is right: look at both, or use ``init(_:uniquingRecordsWith:)``.
  /// - Complexity: O(*n*).
  @inlinable
  public init(_ pairs: some Sequence<(NHSNumber, Record)>) throws(NHSNumberIndex.DuplicateNumbers) {
    let pairs = Array(pairs)
    let built = IndexBuilder().build(pairs.map(\.0))
    guard built.duplicates.isEmpty else {
      throw NHSNumberIndex.DuplicateNumbers(duplicates: built.duplicates)
    }
    self.init(index: built.index, records: built.entries.map { pairs[Int($0 & 0xFFFF_FFFF)].1 })
  }

  /// Makes a table, and asks which record to keep when a number comes again.
  ///
  /// - Parameters:
  ///   - pairs: numbers with their records.
  ///   - combine: given the record so far and the next of the same number, returns the one to keep.
  /// - Complexity: O(*n*).
  @inlinable
  public init(
    _ pairs: some Sequence<(NHSNumber, Record)>,
    uniquingRecordsWith combine: (Record, Record) throws -> Record
  ) rethrows {
    let pairs = Array(pairs)
    let built = IndexBuilder().build(pairs.map(\.0))
    var records = built.entries.map { pairs[Int($0 & 0xFFFF_FFFF)].1 }
    for duplicate in built.duplicates {
      records[duplicate.position] = try combine(records[duplicate.position], pairs[duplicate.offset].1)
    }
    self.init(index: built.index, records: records)
  }

  /// Puts records beside an index that exists already, such as one opened from a snapshot.
  ///
  /// - Parameters:
  ///   - index: the numbers.
  ///   - record: returns the record of a number; called once for each, in the order of positions.
  /// - Returns: `nil` if the index holds something that is not an NHS number, as only a malicious snapshot does.
  @inlinable
  public init?(index: NHSNumberIndex, record: (NHSNumber) throws -> Record) rethrows {
    let records = try index.map(record)
    guard records.count == index.count else { return nil }
    self.init(index: index, records: records)
  }
}

extension NHSNumberTable {
  /// A table with some records set and others removed.
  ///
  /// Numbers without a record gain one; numbers with a record get the new one in its place. This table does not change,
  /// and its readers can go on using it.
  ///
  /// - Parameters:
  ///   - upserts: numbers with their new records; of a number that comes twice the last counts.
  ///   - removals: numbers to have no record, whether they had one or not; an upsert of the same number wins.
  /// - Complexity: O(`count` + the number of edits), so collect edits and apply them together. It takes about as long as
  ///   copying a dictionary and then editing the copy. Over a snapshot opened with ``SnapshotVerification/structure`` the
  ///   first edit takes longer: see ``NHSNumberIndex/applying(insertions:removals:)``.
  @inlinable
  public func applying(
    upserts: some Sequence<(NHSNumber, Record)>, removals: some Sequence<NHSNumber>
  ) -> NHSNumberTable {
    let upserts = Array(upserts)
    let merge = IndexMerge(index, insertions: upserts.map(\.0), removals: Array(removals))
    let records = merge.entries.map { entry -> Record in
      let origin = Int(entry & (IndexMerge.insertionMark - 1))
      return entry & IndexMerge.insertionMark == 0 ? self.records[origin] : upserts[origin].1
    }
    return NHSNumberTable(index: merge.index, records: records)
  }
}

extension NHSNumberTable: Sequence {
  /// Numbers and records in the order of positions, which is not the order of the numbers.
  ///
  /// - Complexity: O(`count`) for all.
  @inlinable
  public func makeIterator() -> Iterator { Iterator(self) }

  /// Counts without looking at any record.
  @inlinable
  public var underestimatedCount: Int { count }

  /// Goes through a table in the order of positions.
  public struct Iterator: IteratorProtocol {
    @usableFromInline var numbers: NHSNumberIndex.Iterator
    @usableFromInline var records: Array<Record>.Iterator

    @usableFromInline
    init(_ table: NHSNumberTable) {
      numbers = table.index.makeIterator()
      records = table.records.makeIterator()
    }

    /// The next number with its record, or `nil` after the last.
    @inlinable
    public mutating func next() -> (number: NHSNumber, record: Record)? {
      guard let number = numbers.next(), let record = records.next() else { return nil }
      return (number, record)
    }
  }
}

extension NHSNumberTable: Sendable where Record: Sendable {}

extension NHSNumberTable: Redacting {
  /// The count, and nothing of numbers or records.
  public var description: String { "NHSNumberTable(\(count) records, redacted)" }
}

// It holds all records, and with them what the table redacts.
extension NHSNumberTable.Iterator: Redacting {}
