/// A line that gave no number: where it is and why, never what it says.
public struct LineFault: Hashable, Sendable {
  /// What is wrong with a line.
  public enum Reason: Hashable, Sendable {
    /// What stands there is not an NHS number. A blank line is reported as ``NHSNumber/ParseError/empty``.
    case notANumber(NHSNumber.ParseError)

    /// The row ends before the column.
    case missingField

    /// A quote opens and never closes, so that the rest of the text is unread.
    case unclosedQuote

    /// A quoted field goes on after its closing quote.
    case textAfterQuote
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
    case .missingField: "line \(line): the row ends before the column"
    case .unclosedQuote: "line \(line): a quote never closes; the rest was not read"
    case .textAfterQuote: "line \(line): text after a closing quote"
    }
  }
}
