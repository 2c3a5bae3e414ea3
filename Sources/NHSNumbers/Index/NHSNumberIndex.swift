/// An immutable set of NHS numbers that answers "is this number here, and as which record?" at once.
///
/// It is made for lookups that nearly always find nothing: a miss usually costs one read of a small bitmap that stays
/// in the processor's cache. Answers are exact; there are no false matches to filter.
///
/// Each number has a *position*, 0 to `count - 1`, the same for the life of the index. Records kept in an
/// array in that order need no further table: see ``NHSNumberTable``. Positions follow the index's own
/// order, not the order of the numbers, and differ between indexes.
///
/// Copying an index copies a reference. Any number of tasks may read it at the same time.
///
/// `Documentation/Formats/Index.md` explains how it works, with the measurements behind it.
@safe
public struct NHSNumberIndex: @unchecked Sendable {
  // Unchecked, because of the pointers: they point into `storage`, which nobody writes to once an index
  // exists. They are kept here, and not behind `storage`, to save every lookup one more dependent load.

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

  /// Keeps the memory behind the pointers alive.
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
  /// Above 40,000 numbers it is 5 to 6.5 bytes a number, depending on how near the count is to where the bitmap doubles; at
  /// 20,000 about 7 bytes a number; never less than 69,824 bytes.
  public var byteCount: Int { storage.geometry.byteCount }
}

// `@inlinable` and `unsafe`: the single lookup is the hot path that this module exists for. Out of line it
// costs 1.4 to 1.8 times as much, with bounds checks twice. Every address follows from a storage that was
// built here or validated on opening.
extension NHSNumberIndex {
  /// The position of a number, or `nil` when the index does not hold it.
  ///
  /// - Complexity: O(1), without allocating.
  @inlinable
  public func position(of number: NHSNumber) -> Int? {
    withExtendedLifetime(storage) {
      let scrambled = number.payload &* factor
      guard mayHold(scrambled) else { return nil }
      return candidatePosition(scrambled)
    }
  }

  /// Whether the index holds a number.
  ///
  /// - Complexity: O(1), without allocating.
  @inlinable
  public func contains(_ number: NHSNumber) -> Bool { position(of: number) != nil }

  /// Whether a number's bits are set: if not, it is not here.
  @inlinable
  @inline(__always)
  func mayHold(_ scrambled: UInt32) -> Bool {
    let cell = scrambled &>> cellShift
    let word = unsafe bitmap[Int(truncatingIfNeeded: cell &>> 6)]
    guard Self.bit(cell, of: word) != 0 else { return false }
    return !hasSecondBits || Self.bit(Self.secondBit(of: scrambled), of: word) != 0
  }

  /// A bit of a word, by the lowest six bits of its place.
  @inlinable
  @inline(__always)
  static func bit(_ place: UInt32, of word: UInt64) -> UInt64 { word &>> UInt64(truncatingIfNeeded: place) & 1 }

  /// Which bit a number sets in the word of its cell besides the cell itself, in a large bitmap: six bits that depend
  /// on all of the number's own.
  ///
  /// Being in the same word it costs no further read, and lets only a third as many other numbers through. In a small
  /// bitmap, where reads are cheap, the test would cost more than it saves.
  @inlinable
  @inline(__always)
  static func secondBit(of scrambled: UInt32) -> UInt32 { (scrambled &* 0x9E37_79B1) &>> 26 }

  /// Looks through the group of a number whose cell is set.
  @inlinable
  @inline(__always)
  func candidatePosition(_ scrambled: UInt32) -> Int? {
    let group = Int(truncatingIfNeeded: scrambled &>> groupShift)
    let start = Int(truncatingIfNeeded: unsafe starts[group])
    let length = Int(truncatingIfNeeded: unsafe starts[group &+ 1]) &- start
    let remainder = UInt16(truncatingIfNeeded: scrambled &>> 2)
    guard length <= 8 else { return longGroupPosition(start, length, remainder) }
    let words = unsafe UnsafeRawPointer(remainders + start)
    let place = unsafe Self.place(
      of: remainder, in: words.loadUnaligned(as: UInt64.self),
      words.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    return place < length ? start &+ place : nil
  }

  /// The first of eight 16-bit lanes that equals the remainder; 8 when none does.
  ///
  /// Lanes beyond the group may match too, but the group's own come first, so the caller compares the place
  /// with the group's length.
  @inlinable
  @inline(__always)
  static func place(of remainder: UInt16, in low: UInt64, _ high: UInt64) -> Int {
    let ones: UInt64 = 0x0001_0001_0001_0001
    let wanted = UInt64(remainder) &* ones
    let lowDifference = low ^ wanted
    let highDifference = high ^ wanted
    // The top bit of the lowest zero lane is set; higher lanes may err, lower ones never.
    let lowZeros = (lowDifference &- ones) & ~lowDifference & (ones &<< 15)
    let highZeros = (highDifference &- ones) & ~highDifference & (ones &<< 15)
    let highPlace = 4 &+ highZeros.trailingZeroBitCount &>> 4
    return lowZeros != 0 ? lowZeros.trailingZeroBitCount &>> 4 : highPlace
  }

  /// Looks through a group of more than eight: one in 250 of a large index, and all that stands between a
  /// hostile choice of numbers and a slow lookup.
  @usableFromInline
  @inline(never)
  func longGroupPosition(_ start: Int, _ length: Int, _ remainder: UInt16) -> Int? {
    // All of a group share the bits above the remainder's own, so the full 16 bits are in order as well,
    // unless the group spans a carry, which a power of two of at most 2^16 never does.
    var low = start
    var high = start + length
    while low < high {
      let middle = (low + high) / 2
      if unsafe remainders[middle] < remainder { low = middle + 1 } else { high = middle }
    }
    guard low < start + length, unsafe remainders[low] == remainder else { return nil }
    return low
  }
}

extension NHSNumberIndex: Sequence {
  /// The numbers in the order of their positions, which is not the order of the numbers.
  ///
  /// - Complexity: O(`count`) for all.
  public func makeIterator() -> Iterator { Iterator(self) }

  /// The least number of elements that an iteration gives, without looking at any: `count`, or 0 if the index is a
  /// snapshot whose numbers were not verified.
  ///
  /// The standard library takes that many elements without checking for the end, so a malicious snapshot with fewer
  /// numbers than its count would end the process.
  public var underestimatedCount: Int { storage.isProven ? count : 0 }

  /// Goes through the numbers of an index in the order of their positions.
  ///
  /// In a malicious snapshot, a position may hold digits that are not an NHS number. No lookup ever matches them; the
  /// iterator skips them, and so gives fewer numbers than `count`. ``SnapshotVerification/everyNumber`` refuses such a
  /// file.
  public struct Iterator: IteratorProtocol {
    private var scrambled: ScrambledNumbers

    init(_ index: NHSNumberIndex) { scrambled = ScrambledNumbers(index) }

    /// The next number, or `nil` after the last.
    public mutating func next() -> NHSNumber? {
      while let next = scrambled.next() {
        if let number = NHSNumber(payload: scrambled.index.storage.scramble.payload(of: next)) {
          return number
        }
      }
      return nil
    }
  }

  /// The number at a position, or `nil` if a malicious snapshot holds no NHS number there.
  ///
  /// - Complexity: O(log *g*) for *g* groups, about a quarter of `count`. To read all, iterate.
  /// - Precondition: `0 <= position && position < count`.
  public func number(at position: Int) -> NHSNumber? {
    precondition(position >= 0 && position < count, "a position outside the index")
    let starts = unsafe starts
    // The last group that starts at or before the position.
    var low = 0
    var high = storage.geometry.groupCount - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if unsafe starts[middle] <= position { low = middle } else { high = middle - 1 }
    }
    return NHSNumber(payload: storage.scramble.payload(of: scrambled(group: low, position: position)))
  }

  /// Puts a scrambled number together again.
  @inline(__always)
  func scrambled(group: Int, position: Int) -> UInt32 {
    let remainderBits = UInt32(30 - storage.geometry.groupBits)
    let remainder = unsafe UInt32(remainders[position]) & (1 &<< remainderBits &- 1)
    return UInt32(truncatingIfNeeded: group) &<< remainderBits | remainder
  }
}

extension NHSNumberIndex {
  /// What is wrong with the structure, or `nil` when all that lookups rely on holds.
  ///
  /// The package trait `InternalChecks` checks it after every construction; tests check it directly.
  ///
  /// - Complexity: O(`count`).
  package var brokenInvariant: String? {
    let geometry = storage.geometry
    guard geometry.isAllowed else { return "sizes out of range" }
    guard unsafe starts[0] == 0 else { return "the first group does not start at 0" }
    guard unsafe starts[geometry.groupCount] == count else { return "the groups do not end at the count" }
    for group in 0..<geometry.groupCount where unsafe starts[group] > starts[group + 1] {
      return "the groups are not in order"
    }
    var bits = [UInt64](repeating: 0, count: geometry.wordCount)
    var last: UInt32?
    var walk = ScrambledNumbers(self)
    for position in 0..<count {
      guard let scrambled = walk.next() else { return "fewer numbers than the count" }
      if let last, last >= scrambled { return "the numbers are not in order" }
      last = scrambled
      guard let number = NHSNumber(payload: storage.scramble.payload(of: scrambled)) else {
        return "not an NHS number"
      }
      guard mayHold(scrambled << 2) else { return "a number with a bit clear" }
      guard self.position(of: number) == position else { return "a number not found at its position" }
      let cell = (scrambled << 2) >> cellShift
      bits[Int(cell >> 6)] |= geometry.bits(of: scrambled << 2)
    }
    guard bits.indices.allSatisfy({ unsafe bits[$0] == bitmap[$0] }) else { return "a bit is set without a number" }
    guard isZero(geometry.startsEnd..<geometry.remaindersOffset) else {
      return "bytes after the last group are not zero"
    }
    guard isZero(geometry.remaindersEnd..<geometry.byteCount) else {
      return "bytes after the last remainder are not zero"
    }
    return nil
  }

  private func isZero(_ offsets: Range<Int>) -> Bool {
    offsets.allSatisfy { unsafe storage.base.load(fromByteOffset: $0, as: UInt8.self) == 0 }
  }
}

extension NHSNumberIndex: Redacting {
  /// The count, and none of the numbers.
  public var description: String { "NHSNumberIndex(\(count) numbers, redacted)" }
}

/// The scrambled numbers of an index, ascending.
private struct ScrambledNumbers: IteratorProtocol {
  let index: NHSNumberIndex
  private var position = 0
  private var group = 0
  private var end = 0

  init(_ index: NHSNumberIndex) {
    self.index = index
    end = index.count == 0 ? 0 : Int(unsafe index.starts[1])
  }

  mutating func next() -> UInt32? {
    guard position < index.count else { return nil }
    // The last group ends at the count, so this stops before the groups do.
    while position >= end {
      group += 1
      end = Int(unsafe index.starts[group + 1])
    }
    defer { position += 1 }
    return index.scrambled(group: group, position: position)
  }
}
