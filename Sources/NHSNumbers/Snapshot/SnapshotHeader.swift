#if _endian(big)
  #error("Snapshots are little-endian and used as they lie: this needs a conversion on writing and on opening.")
#endif

/// The first 64 bytes of a snapshot. `Documentation/Formats/Index.md` has them byte by byte.
struct SnapshotHeader: Equatable {
  static let byteCount = IndexGeometry.headerByteCount

  /// "NHSNIDX" and a byte that is no text, read as a little-endian number.
  static let magic: UInt64 = 0x8A58_4449_4E53_484E
  static let version: UInt32 = 1

  let geometry: IndexGeometry
  let scramble: Scramble
  var checksum: UInt64 = 0

  /// The header as eight little-endian words.
  var words: [UInt64] {
    [
      Self.magic,
      UInt64(Self.version) | UInt64(scramble.multiplier) << 32,
      UInt64(geometry.count) | UInt64(geometry.cellBits) << 32 | UInt64(geometry.groupBits) << 40,
      UInt64(geometry.byteCount),
      checksum, 0, 0, 0,
    ]
  }

  init(geometry: IndexGeometry, scramble: Scramble, checksum: UInt64 = 0) {
    self.geometry = geometry
    self.scramble = scramble
    self.checksum = checksum
  }

  /// Reads a header from a snapshot's first bytes.
  init(bytes: [UInt8]) throws(SnapshotError) {
    try self.init(
      stride(from: 0, to: bytes.count, by: 8).map { start in
        bytes[start..<min(start + 8, bytes.count)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
      })
  }

  /// Reads a header that may have been made to do harm.
  ///
  /// - Parameter words: the eight words, already in this machine's byte order.
  init(_ words: [UInt64]) throws(SnapshotError) {
    guard words.count == 8, words[0] == Self.magic else { throw SnapshotError(.notASnapshot) }
    guard UInt32(truncatingIfNeeded: words[1]) == Self.version else {
      throw SnapshotError(.unsupportedVersion)
    }
    // Where `Int` has 32 bits, not every count fits.
    guard let count = Int(exactly: words[2] & 0xFFFF_FFFF) else { throw SnapshotError(.brokenStructure) }
    geometry = IndexGeometry(
      count: count, cellBits: Int(words[2] >> 32 & 0xFF),
      groupBits: Int(words[2] >> 40 & 0xFF))
    guard let scramble = Scramble(multiplier: UInt32(words[1] >> 32)), geometry.isAllowed else {
      throw SnapshotError(.brokenStructure)
    }
    self.scramble = scramble
    guard words[3] == UInt64(geometry.byteCount) else { throw SnapshotError(.wrongSize) }
    checksum = words[4]
    // Whatever the fields do not use must be zero, so that a file has one form only.
    guard words == self.words else { throw SnapshotError(.brokenStructure) }
  }
}
