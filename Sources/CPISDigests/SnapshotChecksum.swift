/// A checksum against damage: four lanes of multiplications over the words of a snapshot.
///
/// Each step is a bijection of its lane for a given word, and of the word for a given lane, so any damage to one word
/// changes the result for certain. So do two or three flipped bits in two successive words of a lane: none of their
/// differences can cancel, whatever the words. Of other damage one in 2⁶⁴ is presumed to go unnoticed; that is an
/// expectation and no proof, and damage can be made up that is not noticed (four certain bits). It is no protection
/// against malice: who can change the file can change the checksum.
///
/// It remains because a snapshot is opened at the speed of memory, and is verified whole each time: this takes in bytes
/// some ten times as fast as ``CRC64`` and fifty times as fast as SHA-256. It cannot serve frames: it takes multiples of
/// 32 bytes, and its difference does not tell which bit was flipped.
package struct SnapshotChecksum {
  private var lanes = SIMD4<UInt64>(
    0x9E37_79B9_7F4A_7C15, 0xBF58_476D_1CE4_E5B9, 0x94D0_49BB_1331_11EB, 0xD6E8_FEB8_6659_FD93)
  private static let factor: UInt64 = 0x9FB2_1C65_1E98_DF25

  package init() {}

  /// Takes in bytes.
  ///
  /// - Parameter bytes: a multiple of 32 bytes, aligned to eight.
  package mutating func add(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    var (a, b, c, d) = (lanes.x, lanes.y, lanes.z, lanes.w)
    // `unsafe`: the goal for opening is measured on this loop; with checks it takes twice as long.
    for offset in stride(from: 0, to: bytes.count & ~31, by: 32) {
      let words = unsafe start + offset
      a = Self.step(a, unsafe words.load(as: UInt64.self))
      b = Self.step(b, unsafe words.load(fromByteOffset: 8, as: UInt64.self))
      c = Self.step(c, unsafe words.load(fromByteOffset: 16, as: UInt64.self))
      d = Self.step(d, unsafe words.load(fromByteOffset: 24, as: UInt64.self))
    }
    lanes = SIMD4(a, b, c, d)
  }

  /// The checksum of all that was taken in.
  ///
  /// Lanes go in one after the other, each a step later than the one before: equal differences in two of them, as
  /// the same bits in neighbouring words make, do not meet as equals.
  package var value: UInt64 {
    var mixed: UInt64 = 0
    for lane in lanes.indices { mixed = Self.mixed(mixed ^ lanes[lane]) }
    mixed ^= mixed >> 32
    return mixed &* Self.factor
  }

  @inline(__always)
  private static func step(_ lane: UInt64, _ word: UInt64) -> UInt64 { mixed(lane ^ UInt64(littleEndian: word)) }

  /// A product carries differences upwards only, and one in the highest bit nowhere: so high bits are brought down
  /// first. A rotation alone would bring down no more than it takes up; here it keeps the compiler from making vectors
  /// of the lanes, whose 64-bit multiplications take twice as long.
  @inline(__always)
  private static func mixed(_ lane: UInt64) -> UInt64 {
    let turned = lane &<< 23 | lane &>> 41
    return (turned ^ turned &>> 29) &* factor
  }
}
