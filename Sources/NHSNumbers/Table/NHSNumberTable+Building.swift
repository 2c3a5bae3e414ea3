extension NHSNumberTable {
  /// Makes a table of records whose numbers all differ.
  ///
  /// - Throws: ``NHSNumberIndex/DuplicateNumbers`` if a number comes twice. Which of its records is right, only the caller
  ///   can know: look at both, or use ``init(_:uniquingRecordsWith:)``.
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

  /// Makes a table, and asks which record counts where a number comes again.
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
  /// - Returns: `nil` if the index holds something that is no NHS number, as only a harmful snapshot does.
  @inlinable
  public init?(index: NHSNumberIndex, record: (NHSNumber) throws -> Record) rethrows {
    let records = try index.map(record)
    guard records.count == index.count else { return nil }
    self.init(index: index, records: records)
  }
}
