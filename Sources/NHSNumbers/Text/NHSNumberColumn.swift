/// Where the NHS numbers stand in a text: one a line, or in a named column of a CSV file.
///
/// Lines end in LF or CRLF, the last one perhaps in nothing. A byte order mark at the beginning is
/// skipped. Nothing else is trimmed or guessed, and no line is skipped silently, because a line that is not read is a
/// patient who is not looked for: each line gives a number or a ``LineFault``, or belongs to a CSV row that does.
///
/// In a CSV file each row has as many fields as there are titles. One with more or fewer is a ``LineFault``: a comma in a
/// name without quotes moves every field behind it, and another person's number may stand where this one's belongs. Line
/// ends between quotes belong to the field. If a quote was opened by mistake and another closes it at
/// the end of a field, the file is still correct, and no reader can tell.
public struct NHSNumberColumn: Hashable, Sendable {
  /// Whether the first line of a plain list is a title.
  @nonexhaustive
  public enum Header: Hashable, Sendable {
    /// The first line is a number like the others.
    case absent
    /// The first line is a title, whatever it says.
    case present
    /// The first line is a title if it holds text without any digit.
    case detected
  }

  private enum Layout: Hashable, Sendable {
    case lines(Header)
    case csv(name: String, delimiter: UInt8)
  }

  private let layout: Layout

  /// Forms to accept beyond ten digits and 3-3-4 with spaces; none by default.
  public var options: NHSNumber.ParsingOptions = []

  /// One number a line and nothing else on it.
  public static func lines(header: Header = .absent) -> NHSNumberColumn {
    NHSNumberColumn(layout: .lines(header))
  }

  /// A column of a CSV file (RFC 4180), found by its title in the first row.
  ///
  /// - Parameters:
  ///   - name: the title, byte for byte, without surrounding quotes.
  ///   - delimiter: what separates fields.
  public static func csv(named name: String, delimiter: Delimiter = .comma) -> NHSNumberColumn {
    NHSNumberColumn(layout: .csv(name: name, delimiter: delimiter.rawValue))
  }

  /// What separates the fields of a row.
  @nonexhaustive
  public enum Delimiter: UInt8, Hashable, Sendable {
    /// `,`, as RFC 4180 has it.
    case comma = 0x2C
    /// `;`, as spreadsheets write where the comma is the decimal point.
    case semicolon = 0x3B
    /// The tab character.
    case tab = 0x09
  }
}

extension NHSNumberColumn {
  /// Reads a text in chunks.
  ///
  /// - Parameter body: called with each filled chunk, which it must not empty.
  /// - Returns: the faults of all lines.
  func read(
    _ text: Span<UInt8>, chunks body: (borrowing TextChunk) -> Void
  ) throws(ReadingError) -> [LineFault] {
    guard text.count < UInt32.max else { throw .tooLarge }
    let result = unsafe text.withUnsafeBytes { bytes in
      Result { () throws(ReadingError) in
        let bytes = Self.withoutMark(unsafe TextBytes(bytes))
        switch layout {
        case .lines(let header):
          return Self.drain(try LineScanner(bytes, header, options), body)
        case .csv(let name, let delimiter):
          return Self.drain(
            try CSVScanner(bytes, columnNamed: name, delimiter: delimiter, options), body)
        }
      }
    }
    return try result.get()
  }

  private static func drain(_ scanner: some TextScanner, _ body: (borrowing TextChunk) -> Void) -> [LineFault] {
    var scanner = scanner
    var chunk = TextChunk()
    var isMore = true
    while isMore {
      isMore = scanner.fill(&chunk)
      if chunk.count > 0 { body(chunk) }
      chunk.count = 0
    }
    return chunk.faults
  }

  private static func withoutMark(_ text: TextBytes) -> TextBytes {
    let hasMark = text.count >= 3 && text[0] == 0xEF && text[1] == 0xBB && text[2] == 0xBF
    return hasMark ? text[3..<text.count] : text
  }
}

extension NHSNumberColumn {
  /// Why a text could not be read at all. Faults of single lines are not errors: see ``LineFault``.
  @nonexhaustive
  public enum ReadingError: Error, Hashable, Sendable {
    /// No column of the first row has the title asked for. Look at the file: nothing was read.
    case columnMissing

    /// Several columns have the title asked for, and only the caller can know which is meant.
    case columnRepeated

    /// The titles end in the wrong place, so that lines after them may be among them: a quote that never closes, text
    /// after a closing quote, or a carriage return without a line feed, as in a file with old Macintosh line ends.
    /// Look at the file: nothing was read.
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
