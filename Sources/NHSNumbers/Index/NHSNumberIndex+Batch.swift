extension NHSNumberIndex {
  /// Finds the members of a batch and writes where they stand, without allocating.
  ///
  /// - Parameters:
  ///   - numbers: the batch, in any order; a number that occurs twice matches twice.
  ///   - output: receives one match for each number that the index holds, in the batch's order.
  /// - Returns: how many numbers were looked up: all of them, unless `output` became full. In that case empty it and
  ///   continue with the rest, `numbers.extracting(done...)`; offsets count from the start of each call's batch.
  /// - Complexity: O(`numbers.count`).
  /// - Precondition: the batch has at most 2³² numbers.
  public func matches(in numbers: Span<NHSNumber>, into output: inout OutputSpan<Match>) -> Int {
    precondition(numbers.count <= UInt32.max, "a batch of more than 2³² numbers")
    return unsafe output.withUnsafeMutableBufferPointer { buffer, filled in
      guard let start = buffer.baseAddress else { return 0 }
      let capacity = buffer.count
      return unsafe numbers.withUnsafeBufferPointer { batch in
        guard let first = batch.baseAddress else { return 0 }
        var scratch = BatchScratch()
        return scratch.withPointers { scratch in
          var done = 0
          // A chunk no longer than the room that is left cannot overflow it.
          while true {
            let length = Swift.min(BatchScratch.chunkLength, batch.count - done, capacity - filled)
            guard length > 0 else { return done }
            filled += unsafe scan(
              first + done, length: length, base: UInt32(done), scratch, output: start + filled)
            done += length
          }
        }
      }
    }
  }

  /// Finds the members of a batch and appends where they stand to an array.
  ///
  /// It allocates only when the array must grow: reserve capacity, or empty it with
  /// `removeAll(keepingCapacity: true)` and use it again.
  ///
  /// - Complexity: O(`numbers.count`).
  /// - Precondition: the batch has at most 2³² numbers.
  public func matches(in numbers: Span<NHSNumber>, appendingTo matches: inout [Match]) {
    unsafe forEachChunk(of: numbers) { chunk in unsafe matches.append(contentsOf: chunk) }
  }

  /// Finds the members of a batch and appends where they stand to an array.
  ///
  /// - Complexity: O(`numbers.count`).
  public func matches(in numbers: [NHSNumber], appendingTo matches: inout [Match]) {
    self.matches(in: numbers.span, appendingTo: &matches)
  }

  /// The members of a batch, in the batch's order.
  ///
  /// - Complexity: O(`numbers.count`).
  public func matches(in numbers: [NHSNumber]) -> [Match] {
    var found = [Match]()
    matches(in: numbers.span, appendingTo: &found)
    return found
  }

  /// How many numbers of a batch the index holds, without allocating; one that occurs twice counts twice.
  ///
  /// - Complexity: O(`numbers.count`).
  /// - Precondition: the batch has at most 2³² numbers.
  public func memberCount(in numbers: Span<NHSNumber>) -> Int {
    var members = 0
    unsafe forEachChunk(of: numbers) { chunk in members += chunk.count }
    return members
  }

  /// How many numbers of a batch the index holds, without allocating; one that occurs twice counts twice.
  ///
  /// - Complexity: O(`numbers.count`).
  public func memberCount(in numbers: [NHSNumber]) -> Int { memberCount(in: numbers.span) }

  /// Calls `body` with the matches of each chunk, in order; never with an empty buffer.
  private func forEachChunk(of numbers: Span<NHSNumber>, _ body: (UnsafeBufferPointer<Match>) -> Void) {
    precondition(numbers.count <= UInt32.max, "a batch of more than 2³² numbers")
    unsafe numbers.withUnsafeBufferPointer { batch in
      guard let first = batch.baseAddress else { return }
      var scratch = BatchScratch()
      scratch.withPointers { scratch in
        for start in stride(from: 0, to: batch.count, by: BatchScratch.chunkLength) {
          let written = unsafe scan(
            first + start, length: Swift.min(BatchScratch.chunkLength, batch.count - start),
            base: UInt32(start), scratch, output: scratch.matches)
          if written > 0 { unsafe body(UnsafeBufferPointer(start: scratch.matches, count: written)) }
        }
      }
    }
  }
}

extension NHSNumberIndex {
  /// One number of a batch that the index holds.
  @frozen
  public struct Match: Hashable, Sendable {
    @usableFromInline let storedOffset: UInt32
    @usableFromInline let storedPosition: UInt32

    @inlinable
    init(storedOffset: UInt32, storedPosition: UInt32) {
      self.storedOffset = storedOffset
      self.storedPosition = storedPosition
    }

    /// Where the number stood in the batch, counted from 0.
    @inlinable
    public var offset: Int { Int(storedOffset) }

    /// The number's position in the index.
    @inlinable
    public var position: Int { Int(storedPosition) }
  }
}

// `unsafe`: this is the kernel that the batch goals are measured on (`Benchmarks`, "batch"). It goes through a chunk in
// phases, so that the loads of a phase overlap. Where the bitmap is far, words are fetched in a phase of their own,
// which stores to addresses known beforehand: a store whose address depends on a loaded word stops later loads from
// overlapping with it. Where it is near, fetching and testing together is faster.
extension NHSNumberIndex {
  /// Finds the members of one chunk.
  ///
  /// - Parameters:
  ///   - numbers: the chunk, at most ``BatchScratch/chunkLength`` numbers.
  ///   - base: the offset of the chunk's first number in the batch.
  ///   - output: room for `length` matches.
  /// - Returns: how many matches were written.
  @inline(__always)
  func scan(
    _ numbers: UnsafePointer<NHSNumber>, length: Int, base: UInt32, _ scratch: BatchScratch.Pointers,
    output: UnsafeMutablePointer<Match>
  ) -> Int {
    let candidateCount =
      hasSecondBits
      ? unsafe farCandidates(numbers, length, scratch) : unsafe nearCandidates(numbers, length, scratch)
    unsafe loadBounds(numbers, candidateCount, scratch)
    return unsafe compare(numbers, candidateCount, base, scratch, output)
  }

  /// Keeps the offsets of numbers whose cell is set. Branch-free: the offset is always written, and kept by
  /// moving on.
  private func nearCandidates(
    _ numbers: UnsafePointer<NHSNumber>, _ length: Int, _ scratch: BatchScratch.Pointers
  ) -> Int {
    let bitmap = unsafe bitmap
    let candidates = unsafe scratch.candidates
    let (factor, cellShift) = (factor, cellShift)
    var kept = 0
    for offset in 0..<length {
      let cell = unsafe (numbers[offset].payload &* factor) &>> cellShift
      let word = unsafe bitmap[Int(truncatingIfNeeded: cell &>> 6)]
      unsafe candidates[kept] = UInt16(truncatingIfNeeded: offset)
      kept &+= Int(truncatingIfNeeded: Self.bit(cell, of: word))
    }
    return kept
  }

  /// The same for a bitmap beyond the second-level cache: first fetches all words, then tests them. Fetching and testing
  /// in turn keeps fewer reads under way, and takes up to twice as long.
  private func farCandidates(
    _ numbers: UnsafePointer<NHSNumber>, _ length: Int, _ scratch: BatchScratch.Pointers
  ) -> Int {
    let bitmap = unsafe bitmap
    let (words, candidates) = unsafe (scratch.words, scratch.candidates)
    let (factor, cellShift) = (factor, cellShift)
    for offset in 0..<length {
      let cell = unsafe (numbers[offset].payload &* factor) &>> cellShift
      unsafe words[offset] = bitmap[Int(truncatingIfNeeded: cell &>> 6)]
    }
    var kept = 0
    for offset in 0..<length {
      let scrambled = unsafe numbers[offset].payload &* factor
      let word = unsafe words[offset]
      unsafe candidates[kept] = UInt16(truncatingIfNeeded: offset)
      kept &+= Int(
        truncatingIfNeeded: Self.bit(scrambled &>> cellShift, of: word)
          & Self.bit(Self.secondBit(of: scrambled), of: word))
    }
    return kept
  }

  /// Fetches both bounds of each candidate's group with one load.
  private func loadBounds(
    _ numbers: UnsafePointer<NHSNumber>, _ candidateCount: Int, _ scratch: BatchScratch.Pointers
  ) {
    let starts = unsafe starts
    let (words, candidates) = unsafe (scratch.words, scratch.candidates)
    let (factor, groupShift) = (factor, groupShift)
    for index in 0..<candidateCount {
      let scrambled = unsafe numbers[Int(candidates[index])].payload &* factor
      let group = Int(truncatingIfNeeded: scrambled &>> groupShift)
      unsafe words[index] = UnsafeRawPointer(starts + group).loadUnaligned(as: UInt64.self)
    }
  }

  /// Compares each candidate with its group and writes the matches, again without a branch but for groups
  /// of more than eight.
  private func compare(
    _ numbers: UnsafePointer<NHSNumber>, _ candidateCount: Int, _ base: UInt32,
    _ scratch: BatchScratch.Pointers, _ output: UnsafeMutablePointer<Match>
  ) -> Int {
    let remainders = unsafe remainders
    let (words, candidates) = unsafe (scratch.words, scratch.candidates)
    let factor = factor
    var matched = 0
    for index in 0..<candidateCount {
      let offset = unsafe candidates[index]
      let remainder = unsafe UInt16(truncatingIfNeeded: (numbers[Int(offset)].payload &* factor) &>> 2)
      let bounds = unsafe words[index]
      let start = UInt32(truncatingIfNeeded: bounds)
      let length = Int(UInt32(truncatingIfNeeded: bounds &>> 32) &- start)
      let group = unsafe UnsafeRawPointer(remainders + Int(start))
      var place = unsafe Self.place(
        of: remainder, in: group.loadUnaligned(as: UInt64.self),
        group.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      if length > 8 {
        place = longGroupPosition(Int(start), length, remainder).map { $0 - Int(start) } ?? length
      }
      unsafe output[matched] = Match(
        storedOffset: base &+ UInt32(offset), storedPosition: start &+ UInt32(truncatingIfNeeded: place))
      matched &+= place < length ? 1 : 0
    }
    return matched
  }
}

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
