/// The bytes of one index: written once while it is built, then only read.
@usableFromInline
@safe
final class IndexStorage: @unchecked Sendable {
  // Unchecked, because of the pointer. Whoever makes a storage fills it before handing it on, and nobody
  // writes to it afterwards.
  let geometry: IndexGeometry
  let scramble: Scramble
  let base: UnsafeMutableRawPointer

  /// Whether every place is known to hold an NHS number, in order: of all that is built here, and of a snapshot
  /// opened with ``SnapshotVerification/everyNumber``.
  let isProven: Bool
  private let release: @Sendable (UnsafeMutableRawPointer) -> Void

  /// Zeroed memory of the given shape.
  init(_ geometry: IndexGeometry, _ scramble: Scramble) {
    self.geometry = geometry
    self.scramble = scramble
    isProven = true
    unsafe base = .allocate(byteCount: geometry.byteCount, alignment: 64)
    unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: geometry.byteCount)
    unsafe release = { base in unsafe base.deallocate() }
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
  }

  deinit { unsafe release(base) }

  var bitmap: UnsafeMutablePointer<UInt64> {
    unsafe (base + geometry.bitmapOffset).assumingMemoryBound(to: UInt64.self)
  }

  var starts: UnsafeMutablePointer<UInt32> {
    unsafe (base + geometry.startsOffset).assumingMemoryBound(to: UInt32.self)
  }

  var remainders: UnsafeMutablePointer<UInt16> {
    unsafe (base + geometry.remaindersOffset).assumingMemoryBound(to: UInt16.self)
  }
}
