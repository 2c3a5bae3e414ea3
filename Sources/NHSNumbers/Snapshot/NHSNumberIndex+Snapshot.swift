internal import CPISDigests

extension NHSNumberIndex {
  /// Opens a snapshot that was read, received or unsealed by other means.
  ///
  /// - Parameters:
  ///   - bytes: the whole snapshot. It is copied.
  ///   - verification: how much to check.
  /// - Throws: ``SnapshotError``. Nothing is known about any number then: build the index again.
  /// - Complexity: O(`bytes.count`).
  public init(
    snapshot bytes: Span<UInt8>, verification: SnapshotVerification = .structure
  ) throws(SnapshotError) {
    let result = unsafe bytes.withUnsafeBytes { bytes in
      Result { () throws(SnapshotError) in
        guard let source = bytes.baseAddress, bytes.count >= SnapshotHeader.byteCount else {
          throw SnapshotError(.wrongSize)
        }
        let copy = UnsafeMutableRawPointer.allocate(byteCount: bytes.count, alignment: 64)
        unsafe copy.copyMemory(from: source, byteCount: bytes.count)
        return try unsafe NHSNumberIndex(
          adopting: copy, byteCount: bytes.count, verification, release: { base in unsafe base.deallocate() })
      }
    }
    self = try result.get()
  }

  /// Gives the bytes of a snapshot of this index to `body`, in order and in several pieces.
  ///
  /// Use it to keep a snapshot elsewhere than in a file, or encrypted by the host's own cipher. The pieces hold patients'
  /// numbers.
  public func withSnapshot<Failure: Error>(
    _ body: (_ piece: RawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    let header = snapshotHeader
    var first = [UInt8]()
    for word in header.words {
      for shift in stride(from: UInt64(0), to: 64, by: 8) { first.append(UInt8(word >> shift & 0xFF)) }
    }
    // `unsafe`: the array and the storage live as long as the views of them, and nobody writes to either.
    try unsafe body(first.span.bytes)
    try unsafe body(snapshotBody.bytes)
    withExtendedLifetime(storage) {}
  }

  private var snapshotBody: UnsafeRawBufferPointer {
    let offset = SnapshotHeader.byteCount
    return unsafe UnsafeRawBufferPointer(
      start: storage.base + offset, count: storage.geometry.byteCount - offset)
  }

  private var snapshotHeader: SnapshotHeader {
    var header = SnapshotHeader(geometry: storage.geometry, scramble: storage.scramble)
    header.checksum = unsafe Self.checksum(header, body: snapshotBody)
    return header
  }

  private static func checksum(_ header: SnapshotHeader, body: UnsafeRawBufferPointer) -> UInt64 {
    var unsummed = header
    unsummed.checksum = 0
    var checksum = SnapshotChecksum()
    let words = unsummed.words.map(\.littleEndian)
    unsafe words.withUnsafeBytes { unsafe checksum.add($0) }
    unsafe checksum.add(body)
    return checksum.value
  }

  /// Takes over memory that holds a snapshot from outside, after checking it; releases it if it is refused.
  ///
  /// - Parameters:
  ///   - base: the snapshot, aligned to 64.
  ///   - byteCount: how long it is: at least a header.
  init(
    adopting base: UnsafeMutableRawPointer, byteCount: Int, _ verification: SnapshotVerification,
    release: @escaping @Sendable (UnsafeMutableRawPointer) -> Void
  ) throws(SnapshotError) {
    do throws(SnapshotError) {
      let words = (0..<8).map { word in
        unsafe UInt64(littleEndian: base.load(fromByteOffset: word * 8, as: UInt64.self))
      }
      let header = try SnapshotHeader(words)
      guard header.geometry.byteCount == byteCount else { throw SnapshotError(.wrongSize) }
      let body = unsafe UnsafeRawBufferPointer(
        start: base + SnapshotHeader.byteCount, count: byteCount - SnapshotHeader.byteCount)
      guard unsafe Self.checksum(header, body: body) == header.checksum else {
        throw SnapshotError(.checksumMismatch)
      }
      guard unsafe Self.areInOrder(base, header.geometry) else { throw SnapshotError(.brokenStructure) }
      // Proven by the check below, or thrown away.
      let storage = unsafe IndexStorage(
        header.geometry, header.scramble, adopting: base, isProven: verification == .everyNumber,
        release: release)
      self.init(unchecked: storage)
    } catch {
      unsafe release(base)
      throw error
    }
    guard verification == .structure || brokenInvariant == nil else {
      throw SnapshotError(.brokenStructure)
    }
  }

  /// Whether the groups start at 0, never go back, and end at the count: then every group lies inside the
  /// remainders. Branch-free, so that it runs several groups at a time.
  private static func areInOrder(_ base: UnsafeRawPointer, _ geometry: IndexGeometry) -> Bool {
    let starts = unsafe base + geometry.startsOffset
    var backwards: UInt32 = 0
    for group in 0..<geometry.groupCount {
      let here = unsafe starts.load(fromByteOffset: group &* 4, as: UInt32.self)
      let next = unsafe starts.load(fromByteOffset: group &* 4 &+ 4, as: UInt32.self)
      backwards |= here > next ? 1 : 0
    }
    let first = unsafe starts.load(as: UInt32.self)
    let last = unsafe starts.load(fromByteOffset: geometry.groupCount * 4, as: UInt32.self)
    return backwards == 0 && first == 0 && Int(last) == geometry.count
  }
}

/// How much of a snapshot is checked before use.
@nonexhaustive
public enum SnapshotVerification: Hashable, Sendable {
  /// The checksum, against damage; and all that keeps every later read inside the snapshot, against malice.
  ///
  /// Somebody who may write the file can still leave numbers out or put others in, which no check could notice, and can
  /// make lookup and iteration disagree, which ``everyNumber`` notices.
  case structure

  /// All of that, and also that every number is a valid NHS number, in order and found by a lookup, and that no bit is set
  /// without a number: in short, that this library could have written the file. It takes thirty to fifty times as long.
  case everyNumber
}

#if _endian(big)
  #error("Snapshots are little-endian and used as they lie: this needs a conversion on writing and on opening.")
#endif

/// The first 64 bytes of a snapshot. `Documentation/Formats/Index.md` has them byte by byte.
struct SnapshotHeader: Equatable {
  static let byteCount = IndexGeometry.headerByteCount

  /// "NHSNIDX" and a byte that is no text, read as a little-endian number.
  private static let magic: UInt64 = 0x8A58_4449_4E53_484E
  private static let version: UInt32 = 1

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

  /// Reads a header, which may be malicious.
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
    // Whatever the fields do not use must be zero, so that there is only one form of each file.
    guard words == self.words else { throw SnapshotError(.brokenStructure) }
  }
}
