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

// It holds all records, and with them what the table redacts.
extension NHSNumberTable.Iterator: Redacting {}
