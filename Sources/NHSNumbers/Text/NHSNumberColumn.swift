/// Where the NHS numbers stand in a text: one a line, or in a named column of a CSV file.
///
/// Lines end in LF or CRLF, the last one perhaps in nothing. A byte order mark at the beginning is passed
/// over. Nothing else is trimmed or guessed, and no line is passed over in silence: each gives a number or a
/// ``LineFault``, or belongs to a CSV row that does, because a line that is not read is a patient who is not
/// looked for.
///
/// In a CSV file, line ends between quotes belong to the field. Where a quote was opened by mistake and another
/// closes it at the end of a field, that is a correct file, and no reader can tell.
public struct NHSNumberColumn: Hashable, Sendable {
  /// Whether the first line of a plain list is a title.
  public enum Header: Hashable, Sendable {
    /// The first line is a number like the others.
    case absent
    /// The first line is a title, whatever it says.
    case present
    /// The first line is a title if it holds text without any digit.
    case detected
  }

  enum Layout: Hashable, Sendable {
    case lines(Header)
    case csv(name: String, delimiter: UInt8)
  }

  let layout: Layout

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
  public enum Delimiter: UInt8, Hashable, Sendable {
    /// `,`, as RFC 4180 has it.
    case comma = 0x2C
    /// `;`, as spreadsheets write where the comma is the decimal point.
    case semicolon = 0x3B
    /// The tabulator.
    case tab = 0x09
  }
}
