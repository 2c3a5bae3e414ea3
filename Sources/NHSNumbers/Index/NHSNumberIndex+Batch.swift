extension NHSNumberIndex {
  /// Finds the members of a batch and writes where they stand, without allocating.
  ///
  /// - Parameters:
  ///   - numbers: the batch, in any order; a number that occurs twice matches twice.
  ///   - output: receives one match for each number that the index holds, in the batch's order.
  /// - Returns: how many numbers were looked up: all of them, unless `output` became full. Then empty it and
  ///   go on with the rest, `numbers.extracting(done...)`; offsets count from the start of each call's batch.
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

  /// Calls `body` with the matches of one chunk after the other, in order; never with none.
  func forEachChunk(of numbers: Span<NHSNumber>, _ body: (UnsafeBufferPointer<Match>) -> Void) {
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
