/// The working memory of a batch: on the stack, because batches do not allocate.
///
/// `withUnsafeTemporaryAllocation` falls back to the heap above 1,024 bytes, and `InlineArray` needs newer
/// Apple systems than this package does. So these are plain fields, used through one pointer.
@safe
struct BatchScratch {
  /// How many numbers go through the phases together: enough for the loads of one phase to overlap, few
  /// enough for all of this to stay in the first-level cache.
  static let chunkLength = 1024

  // 8 kB: bitmap words first; then, once these are spent, the bounds of the candidates' groups.
  private typealias Kilobyte = (SIMD64<UInt64>, SIMD64<UInt64>)
  private typealias Block = (
    Kilobyte, Kilobyte, Kilobyte, Kilobyte, Kilobyte, Kilobyte, Kilobyte, Kilobyte
  )
  private var words: Block = Self.zeros
  private var matches: Block = Self.zeros
  private var candidates: (Kilobyte, Kilobyte) = (Self.zero, Self.zero)

  private static var zero: Kilobyte { (SIMD64(), SIMD64()) }
  private static var zeros: Block { (zero, zero, zero, zero, zero, zero, zero, zero) }

  /// Where the parts lie, valid while `body` of ``withPointers(_:)`` runs.
  @safe
  struct Pointers {
    /// `chunkLength` words.
    let words: UnsafeMutablePointer<UInt64>
    /// `chunkLength` matches.
    let matches: UnsafeMutablePointer<NHSNumberIndex.Match>
    /// `chunkLength` offsets in the chunk.
    let candidates: UnsafeMutablePointer<UInt16>
  }

  mutating func withPointers<R>(_ body: (Pointers) -> R) -> R {
    unsafe withUnsafeMutableBytes(of: &self) { bytes in
      // The fields have a fixed size, so there always is a base address.
      guard let base = bytes.baseAddress else { preconditionFailure("a batch without memory") }
      return body(
        unsafe Pointers(
          words: base.assumingMemoryBound(to: UInt64.self),
          matches: (base + Self.chunkLength * 8).assumingMemoryBound(to: NHSNumberIndex.Match.self),
          candidates: (base + Self.chunkLength * 16).assumingMemoryBound(to: UInt16.self)))
    }
  }
}
