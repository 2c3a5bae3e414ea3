extension NHSNumberIndex {
  /// Screens a text: reads its numbers and looks each up, in one pass and without a list in between.
  ///
  /// - Parameters:
  ///   - bytes: the whole text, as ASCII or UTF-8.
  ///   - column: where the numbers stand.
  /// - Returns: the matching lines and the faulty ones. Memory grows with these only, not with the text.
  /// - Throws: ``NHSNumberColumn/ReadingError`` when the text cannot be read as described. Nothing is known
  ///   about any of its lines then.
  /// - Complexity: O(`bytes.count`).
  public func screen(
    bytes: Span<UInt8>, column: NHSNumberColumn = .lines()
  ) throws(NHSNumberColumn.ReadingError) -> Screening {
    var matches: [Screening.Match] = []
    var numberCount = 0
    var scratch = BatchScratch()
    let faults = try column.read(bytes) { chunk in
      numberCount += chunk.count
      scratch.withPointers { scratch in
        let found = unsafe scan(
          chunk.numbers, length: chunk.count, base: 0, scratch, output: scratch.matches)
        for place in 0..<found {
          let match = unsafe scratch.matches[place]
          matches.append(
            Screening.Match(line: unsafe Int(chunk.lines[match.offset]), position: match.position))
        }
      }
    }
    return Screening(matches: matches, faults: faults, numberCount: numberCount)
  }

  /// Screens a text: reads its numbers and looks each up, in one pass and without a list in between.
  ///
  /// - Throws: ``NHSNumberColumn/ReadingError`` when the text cannot be read as described.
  /// - Complexity: O(`bytes.count`).
  public func screen(
    bytes: [UInt8], column: NHSNumberColumn = .lines()
  ) throws(NHSNumberColumn.ReadingError) -> Screening {
    try screen(bytes: bytes.span, column: column)
  }
}
