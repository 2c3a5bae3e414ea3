/// What screening a text against an index found.
///
/// A line is in exactly one of three places: among the matches, among the faults, or counted in
/// ``numberCount`` without a match. Only the last kind is known not to match; whether a faulty line would is unknown.
public struct Screening: Sendable, Hashable {
  /// A line whose number the index holds.
  public struct Match: Sendable, Hashable {
    /// The line, counted from 1, a header included. For a CSV row that spans lines, its first.
    public let line: Int

    /// The number's position in the index.
    public let position: Int
  }

  /// The lines whose number the index holds, in order.
  public let matches: [Match]

  /// The lines that gave no number, in order. Somebody must look at them.
  public let faults: [LineFault]

  /// How many lines gave a number, matched or not.
  public let numberCount: Int
}

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
