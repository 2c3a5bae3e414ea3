/// A checksum against damage: four lanes of multiplications over the words of a snapshot.
///
/// Each step is a bijection of its lane for a given word, and of the word for a given lane, so any change
/// within one word changes the result for certain; others go unnoticed once in 2⁶⁴. It is no protection
/// against malice: who can change the file can change the checksum.
struct SnapshotChecksum {
  private var lanes = SIMD4<UInt64>(
    0x9E37_79B9_7F4A_7C15, 0xBF58_476D_1CE4_E5B9, 0x94D0_49BB_1331_11EB, 0xD6E8_FEB8_6659_FD93)
  private static let factor: UInt64 = 0x9FB2_1C65_1E98_DF25

  /// Takes in bytes.
  ///
  /// - Parameter bytes: a multiple of 32 bytes, aligned to eight.
  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    var (a, b, c, d) = (lanes.x, lanes.y, lanes.z, lanes.w)
    // `unsafe`: the goal for opening is measured on this loop; with checks it takes twice as long.
    for offset in stride(from: 0, to: bytes.count & ~31, by: 32) {
      let words = unsafe (start + offset).assumingMemoryBound(to: UInt64.self)
      a = Self.step(a, unsafe words[0])
      b = Self.step(b, unsafe words[1])
      c = Self.step(c, unsafe words[2])
      d = Self.step(d, unsafe words[3])
    }
    lanes = SIMD4(a, b, c, d)
  }

  /// The checksum of all that was taken in.
  var value: UInt64 {
    var mixed = Self.step(Self.step(Self.step(lanes.x, lanes.y), lanes.z), lanes.w)
    mixed ^= mixed >> 32
    return mixed &* Self.factor
  }

  @inline(__always)
  private static func step(_ lane: UInt64, _ word: UInt64) -> UInt64 {
    let mixed = lane ^ UInt64(littleEndian: word)
    return (mixed &<< 31 | mixed &>> 33) &* factor
  }
}
