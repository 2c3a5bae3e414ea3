/// Records by NHS number: an ``NHSNumberIndex`` with the records alongside, in its order.
///
/// Use it where a dictionary would be filled once and asked often: a list to screen against, a copy of the
/// flags in force, a registry's current state. A miss costs what the index costs; a hit one more read.
///
/// A table does not change. Edits are collected and make a new one, ``applying(upserts:removals:)``, while
/// readers go on with the old: see ``Snapshots``. Copying a table copies references.
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

extension NHSNumberTable: Sendable where Record: Sendable {}

extension NHSNumberTable: Redacting {
  /// The count, and nothing of numbers or records.
  public var description: String { "NHSNumberTable(\(count) records, redacted)" }
}
