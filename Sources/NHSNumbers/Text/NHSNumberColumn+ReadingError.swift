extension NHSNumberColumn {
  /// Why a text could not be read at all. Faults of single lines are not errors: see ``LineFault``.
  public enum ReadingError: Error, Hashable, Sendable {
    /// No column of the first row has the title asked for. Look at the file: nothing was screened.
    case columnMissing

    /// Several columns have the title asked for, and only the caller can know which is meant.
    case columnRepeated

    /// The titles end in the wrong place, so that lines after them may be among them: a quote that never closes, text
    /// after a closing quote, or a carriage return without a line feed, as in a file with old Macintosh line ends.
    /// Look at the file: nothing was screened.
    case headerBroken

    /// The text has 4 GiB or more. Cut it at a line end and read the parts.
    case tooLarge
  }
}

extension NHSNumberColumn.ReadingError: CustomStringConvertible {
  /// The reason in words, without any part of the text that was read.
  public var description: String {
    switch self {
    case .columnMissing: "no column has the title asked for"
    case .columnRepeated: "several columns have the title asked for"
    case .headerBroken: "the titles have a broken quote or line end"
    case .tooLarge: "the text has 4 GiB or more"
    }
  }
}
