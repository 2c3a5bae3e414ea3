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
