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
