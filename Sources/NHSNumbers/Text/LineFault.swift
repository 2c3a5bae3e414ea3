/// A line that gave no number: where it is and why, never what it says.
public struct LineFault: Hashable, Sendable {
  /// What is wrong with a line.
  @nonexhaustive
  public enum Reason: Hashable, Sendable {
    /// What stands there is not an NHS number. A blank line of a list is ``NHSNumber/ParseError/empty``.
    case notANumber(NHSNumber.ParseError)

    /// A blank line of a CSV file, which has no field to read, unless there is only one title.
    case missingField

    /// The row has more or fewer fields than there are titles, so that it is not known which of them is the one asked
    /// for: a field may lack its quotes, or be missing altogether.
    case fieldCount

    /// A quote opens and never closes, so that the rest of the text is unread.
    case unclosedQuote

    /// A field of the row goes on after its closing quote. The quote may have opened lines before, and the row then
    /// holds all lines since: look at those too.
    case textAfterQuote

    /// A carriage return stands in the row without a line feed. It may have been meant to end a line, and the row
    /// then holds several.
    case strayCarriageReturn
  }

  /// The line, counted from 1, a header included. For a CSV row that spans lines, its first.
  public let line: Int

  /// What is wrong with it.
  public let reason: Reason

  init(line: UInt32, _ reason: Reason) {
    self.line = Int(line)
    self.reason = reason
  }
}

extension LineFault: CustomStringConvertible {
  /// The line number and the reason in words.
  public var description: String {
    switch reason {
    case .notANumber(let error): "line \(line): \(error)"
    case .missingField: "line \(line): a blank line"
    case .fieldCount: "line \(line): more or fewer fields than titles"
    case .unclosedQuote: "line \(line): a quote never closes; the rest was not read"
    case .textAfterQuote: "line \(line): text after a closing quote"
    case .strayCarriageReturn: "line \(line): a carriage return without a line feed"
    }
  }
}
