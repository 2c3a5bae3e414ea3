/// The bytes of one index: written once while it is built, then only read.
@usableFromInline
@safe
final class IndexStorage: @unchecked Sendable {
  // Unchecked, because of the pointer. Whoever makes a storage fills it before handing it on, and nobody
  // writes to it afterwards.
  let geometry: IndexGeometry
  let scramble: Scramble
  let base: UnsafeMutableRawPointer

  // Bound once, when the storage takes its memory over; what must read across them does so by raw loads.
  let bitmap: UnsafeMutablePointer<UInt64>
  let starts: UnsafeMutablePointer<UInt32>
  let remainders: UnsafeMutablePointer<UInt16>

  /// Whether every place is known to hold an NHS number, in order: of all that is built here, and of a snapshot
  /// opened with ``SnapshotVerification/everyNumber``.
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
