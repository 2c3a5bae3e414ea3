/// The bytes of one index: written once while it is built, then only read.
@usableFromInline
@safe
final class IndexStorage: @unchecked Sendable {
  // Unchecked, because of the pointer. The maker of a storage fills it before handing it on, and nobody
  // writes to it afterwards.
  let geometry: IndexGeometry
  let scramble: Scramble
  let base: UnsafeMutableRawPointer

  // Bound once, when the storage takes its memory over; reads that cross their elements are raw loads.
  let bitmap: UnsafeMutablePointer<UInt64>
  let starts: UnsafeMutablePointer<UInt32>
  let remainders: UnsafeMutablePointer<UInt16>

  /// Whether every position is known to hold an NHS number, in order. This is so for everything that is built here,
  /// and for a snapshot opened with ``SnapshotVerification/everyNumber``.
  let isProven: Bool
  private let release: @Sendable (UnsafeMutableRawPointer) -> Void

  /// Zeroed memory of the given shape.
  convenience init(_ geometry: IndexGeometry, _ scramble: Scramble) {
    let base = UnsafeMutableRawPointer.allocate(byteCount: geometry.byteCount, alignment: 64)
    unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: geometry.byteCount)
    unsafe self.init(
      geometry, scramble, adopting: base, isProven: true, release: { base in unsafe base.deallocate() })
  }

  /// Takes over memory that already holds an index of the given shape, and has been validated.
  ///
  /// - Parameters:
  ///   - base: at least `geometry.byteCount` bytes, aligned to 64.
  ///   - isProven: whether more is known than that the groups lie inside.
  ///   - release: called once with `base` when the last index that uses it is gone.
  init(
    _ geometry: IndexGeometry, _ scramble: Scramble, adopting base: UnsafeMutableRawPointer, isProven: Bool,
    release: @escaping @Sendable (UnsafeMutableRawPointer) -> Void
  ) {
    self.geometry = geometry
    self.scramble = scramble
    self.isProven = isProven
    unsafe self.base = base
    unsafe self.release = release
    unsafe bitmap = (base + geometry.bitmapOffset).bindMemory(to: UInt64.self, capacity: geometry.wordCount)
    unsafe starts = (base + geometry.startsOffset).bindMemory(
      to: UInt32.self, capacity: geometry.groupCount + 1)
    unsafe remainders = (base + geometry.remaindersOffset).bindMemory(
      to: UInt16.self, capacity: geometry.count + IndexGeometry.guardByteCount / 2)
  }

  deinit { unsafe release(base) }
}

/// How large each part of an index is, and where it lies, in memory and in a snapshot file alike.
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

  /// Whether `byteCount` fits in an `Int`: always, where that has 64 bits.
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

/// One odd multiplication modulo 2³⁰: spreads payloads evenly, and loses nothing.
///
/// Multiplying by an odd number is a bijection of the 30-bit numbers onto themselves, and every payload is
/// below 2³⁰. The scrambled form therefore *is* the number, and comparing scrambled forms is exact.
@usableFromInline
struct Scramble: Equatable, Sendable {
  /// The odd multiplier, shifted left by two, so that the 32-bit product carries the 30 bits at its top
  /// without a mask.
  @usableFromInline let factor: UInt32

  /// The multiplicative inverse of the multiplier modulo 2³².
  let inverse: UInt32

  /// - Parameter multiplier: odd and below 2³⁰.
  init?(multiplier: UInt32) {
    guard multiplier % 2 == 1, multiplier < 1 << 30 else { return nil }
    factor = multiplier << 2
    // Newton's iteration: an odd number is its own inverse to 3 bits, and each step doubles the bits.
    var inverse = multiplier
    for _ in 0..<4 { inverse = inverse &* (2 &- multiplier &* inverse) }
    self.inverse = inverse
  }

  /// The multiplier as snapshot files record it.
  var multiplier: UInt32 { factor >> 2 }

  /// The 30-bit scrambled form of a payload.
  func scrambled(_ payload: UInt32) -> UInt32 { (payload &* factor) >> 2 }

  /// The payload of a 30-bit scrambled form; above the largest payload for forms that no number has.
  func payload(of scrambled: UInt32) -> UInt32 { (scrambled &* inverse) & 0x3FFF_FFFF }

  /// What a build tries in turn. The first is 2³⁰ divided by the golden ratio, whose multiples keep furthest
  /// apart, so that runs of numbers spread best of all; the seven others are unrelated to it and to each other: no
  /// small multiples of two of them nearly agree, so that a pattern that suits one does not suit the next.
  static let multipliers: [UInt32] = [
    0x278D_DE6D, 0x1B56_C4E9, 0x3243_F6A9, 0x2B7E_1515, 0x16A0_9E67, 0x3B67_AE85, 0x0B17_217F, 0x1F12_3BB5,
  ]
}
