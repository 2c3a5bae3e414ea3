/// How large each part of an index is, and where it lies: in memory as in a snapshot file.
///
/// Everything follows from three numbers, so that no two stored sizes can disagree.
@usableFromInline
struct IndexGeometry: Equatable, Sendable {
  /// How many numbers are indexed.
  let count: Int

  /// The bitmap has 2 to this power of cells.
  let cellBits: Int

  /// There are 2 to this power of groups.
  let groupBits: Int

  /// The header, one cache line.
  static let headerByteCount = 64

  /// A lookup reads eight remainders at once, and so up to 16 bytes beyond the last.
  static let guardByteCount = 16

  /// A remainder is 16 bits of the 30, so the group must give the other 14.
  static let groupBitsAllowed = 14...26

  /// At least one cache line; at most a bit for every scrambled number.
  static let cellBitsAllowed = 9...30

  /// Positions are 32-bit, and no more than 10⁹ payloads exist.
  static let countAllowed = 0...1_000_000_000

  /// The geometry that a build chooses for a count.
  ///
  /// 12 to 24 cells a number let 4 to 8 % of other numbers through. Fewer cells let more through than the
  /// smaller bitmap saves, more fall out of the second-level cache. Two to four numbers a group balance the
  /// four bytes of a group against reading long ones.
  init(count: Int) {
    self.init(
      count: count,
      cellBits: min(max(Self.bits(atLeast: 12 * count), 15), Self.cellBitsAllowed.upperBound),
      groupBits: min(
        max(Self.bits(atLeast: count / 4 + 1), Self.groupBitsAllowed.lowerBound),
        Self.groupBitsAllowed.upperBound))
  }

  init(count: Int, cellBits: Int, groupBits: Int) {
    self.count = count
    self.cellBits = cellBits
    self.groupBits = groupBits
  }

  /// Whether an index may have this geometry at all. Ask before using one that came from outside.
  var isAllowed: Bool {
    Self.countAllowed.contains(count) && Self.cellBitsAllowed.contains(cellBits)
      && Self.groupBitsAllowed.contains(groupBits) && isAddressable
  }

  /// Whether `byteCount` can be told in an `Int`: always, where that has 64 bits.
  private var isAddressable: Bool {
    let bitmap = Int64(1) << (cellBits - 3)
    let starts = Int64(4) << groupBits
    return bitmap + starts + Int64(count) * 2 + 256 <= Int64(Int.max)
  }

  /// Whether each number sets two bits of the bitmap: in one above 512 kB, which is taken not to stay in the
  /// second-level cache with all that follows it.
  var hasSecondBits: Bool { cellBits > 22 }

  /// The bits that a number sets in the word of its cell.
  @inline(__always)
  func bits(of scrambled: UInt32) -> UInt64 {
    let first = 1 &<< UInt64(truncatingIfNeeded: scrambled &>> cellShift)
    guard hasSecondBits else { return first }
    return first | 1 &<< UInt64(truncatingIfNeeded: NHSNumberIndex.secondBit(of: scrambled))
  }

  var cellShift: UInt32 { UInt32(32 - cellBits) }
  var groupShift: UInt32 { UInt32(32 - groupBits) }
  var groupCount: Int { 1 << groupBits }
  var wordCount: Int { 1 << (cellBits - 6) }

  var bitmapOffset: Int { Self.headerByteCount }
  var startsOffset: Int { bitmapOffset + wordCount * 8 }

  /// Where the end of the last group is written; from here to the remainders all bytes are zero.
  var startsEnd: Int { startsOffset + (groupCount + 1) * 4 }
  var remaindersOffset: Int { Self.wholeLines(startsEnd) }

  /// Where the last remainder ends; from here to the end all bytes are zero.
  var remaindersEnd: Int { remaindersOffset + count * 2 }

  /// The whole size, header and guard included: a multiple of 64.
  var byteCount: Int { Self.wholeLines(remaindersEnd + Self.guardByteCount) }

  private static func wholeLines(_ bytes: Int) -> Int { (bytes + 63) & ~63 }

  /// The smallest power of two that is not below `value`, as its exponent.
  private static func bits(atLeast value: Int) -> Int {
    value <= 1 ? 0 : Int.bitWidth - (value - 1).leadingZeroBitCount
  }
}
