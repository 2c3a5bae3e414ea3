import NHSNumbers

/// The bytes of a snapshot, to be changed at will and given the checksum that makes them credible: the format as
/// `Documentation/Formats/Index.md` has it, written down a second time. `Tests/Fuzzing` uses it too.
struct SnapshotBytes {
  var bytes: [UInt8] = []

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  init(_ index: NHSNumberIndex) {
    index.withSnapshot { piece in
      unsafe piece.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    }
  }

  var count: UInt32 { word(at: 16) }
  var cellBits: Int { Int(bytes[20]) }
  var groupBits: Int { Int(bytes[21]) }
  var startsOffset: Int { 64 + 1 << (cellBits - 3) }
  var remaindersOffset: Int { (startsOffset + 4 * (1 << groupBits + 1) + 63) & ~63 }
  var end: Int { remaindersOffset + 2 * Int(count) }

  func word(at offset: Int) -> UInt32 { (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32($1 * 8) } }

  mutating func set(_ value: UInt64, at offset: Int, bytes width: Int) {
    for place in 0..<width { bytes[offset + place] = UInt8(truncatingIfNeeded: value >> UInt64(place * 8)) }
  }

  func start(_ group: Int) -> UInt32 { word(at: startsOffset + 4 * group) }

  mutating func setStart(_ group: Int, _ value: UInt32) {
    set(UInt64(value), at: startsOffset + 4 * group, bytes: 4)
  }

  mutating func setRemainder(_ position: Int, _ value: UInt16) {
    set(UInt64(value), at: remaindersOffset + 2 * position, bytes: 2)
  }

  /// Makes the checksum right for the bytes as they are.
  mutating func sign() { set(checksum, at: 32, bytes: 8) }

  var checksum: UInt64 {
    let factor: UInt64 = 0x9FB2_1C65_1E98_DF25
    func step(_ lane: UInt64, _ word: UInt64) -> UInt64 {
      let mixed = (lane ^ word) << 23 | (lane ^ word) >> 41
      return (mixed ^ mixed >> 29) &* factor
    }
    var lanes: [UInt64] = [
      0x9E37_79B9_7F4A_7C15, 0xBF58_476D_1CE4_E5B9, 0x94D0_49BB_1331_11EB, 0xD6E8_FEB8_6659_FD93,
    ]
    for place in 0..<bytes.count / 8 {
      var word: UInt64 = 0
      for byte in 0..<8 where place != 4 { word |= UInt64(bytes[place * 8 + byte]) << UInt64(byte * 8) }
      lanes[place % 4] = step(lanes[place % 4], word)
    }
    let mixed = lanes.reduce(0, step)
    return (mixed ^ mixed >> 32) &* factor
  }

  func open(_ verification: SnapshotVerification = .structure) throws(SnapshotError) -> NHSNumberIndex {
    try NHSNumberIndex(snapshot: bytes.span, verification: verification)
  }

  /// Why the bytes are refused; `nil` when they are not.
  func refusal(_ verification: SnapshotVerification = .structure) -> SnapshotError.Code? {
    do throws(SnapshotError) {
      _ = try open(verification)
      return nil
    } catch { return error.code }
  }
}
