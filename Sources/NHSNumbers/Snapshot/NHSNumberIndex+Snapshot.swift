internal import CPISDigests

extension NHSNumberIndex {
  /// Opens a snapshot that was read, received or unsealed by other means.
  ///
  /// - Parameters:
  ///   - bytes: the whole snapshot. It is copied.
  ///   - verification: how much to check.
  /// - Throws: ``SnapshotError``. Nothing is known about any number then: build the index anew.
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
  /// For keeping a snapshot anywhere but in a file, such as sealed by the host's own cipher. The pieces hold
  /// patients' numbers.
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
