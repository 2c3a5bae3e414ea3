/// An immutable set of NHS numbers that answers "is this number here, and as which record?" at once.
///
/// It is made for questions that are nearly always answered no: a miss usually costs one read of a small
/// bitmap that stays in the processor's cache. Answers are exact; there are no false matches to filter.
///
/// Each number has a *position*, 0 to `count - 1`, the same for the life of the index. Records kept in an
/// array in that order need no further table: see ``NHSNumberTable``. Positions follow the index's own
/// order, not the order of the numbers, and differ between indexes.
///
/// Copying an index copies a reference. Any number of tasks may read it at the same time.
///
/// How it works, with the measurements behind it, is told in `Documentation/Formats/Index.md`.
@safe
public struct NHSNumberIndex: @unchecked Sendable {
  // Unchecked, because of the pointers: they lead into `storage`, which nobody writes to once an index
  // exists. They lie here, and not behind `storage`, because one more dependent load costs every lookup.

  /// A set bit for every cell of the scrambled numbers that holds at least one.
  @usableFromInline let bitmap: UnsafePointer<UInt64>

  /// For every group the position of its first number, and at the end the count.
  @usableFromInline let starts: UnsafePointer<UInt32>

  /// For every number the low 16 bits of its scrambled form: with the group, all of it.
  @usableFromInline let remainders: UnsafePointer<UInt16>

  /// See ``Scramble/factor``.
  @usableFromInline let factor: UInt32

  /// How far right a scrambled number moves to become its cell.
  @usableFromInline let cellShift: UInt32

  /// How far right a scrambled number moves to become its group.
  @usableFromInline let groupShift: UInt32

  /// See ``IndexGeometry/hasSecondBits``.
  @usableFromInline let hasSecondBits: Bool

  /// How many different numbers the index holds.
  public let count: Int

  /// Keeps what the pointers lead to alive.
  @usableFromInline let storage: IndexStorage

  /// Takes over a storage that this module has just filled.
  init(_ storage: IndexStorage) {
    self.init(unchecked: storage)
    #if InternalChecks
      if let broken = brokenInvariant { preconditionFailure("NHSNumberIndex: \(broken)") }
    #endif
  }

  /// Takes over a storage whose groups are known to lie inside it.
  init(unchecked storage: IndexStorage) {
    let geometry = storage.geometry
    unsafe bitmap = UnsafePointer(storage.bitmap)
    unsafe starts = UnsafePointer(storage.starts)
    unsafe remainders = UnsafePointer(storage.remainders)
    factor = storage.scramble.factor
    cellShift = geometry.cellShift
    groupShift = geometry.groupShift
    hasSecondBits = geometry.hasSecondBits
    count = geometry.count
    self.storage = storage
  }

  /// Whether the index holds no number.
  public var isEmpty: Bool { count == 0 }

  /// The memory that the index occupies, in bytes; for a mapped snapshot, the mapping's.
  ///
  /// 5 to 6.5 bytes a number above 40,000 numbers, by how near the count is to where the bitmap doubles; about seven at
  /// 20,000; never less than 69,824 bytes.
  public var byteCount: Int { storage.geometry.byteCount }
}

extension NHSNumberIndex: Redacting {
  /// The count, and none of the numbers.
  public var description: String { "NHSNumberIndex(\(count) numbers, redacted)" }
}
