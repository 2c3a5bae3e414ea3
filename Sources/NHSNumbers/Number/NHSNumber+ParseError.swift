extension NHSNumber {
  /// Why a text is not an NHS number, and where; never which digits it held.
  public enum ParseError: Error, Hashable, Sendable {
    /// There was nothing to read.
    case empty

    /// The text is neither ten digits nor 3-3-4. The count is of UTF-8 bytes, and stops at 13: "longer".
    case wrongLength(byteCount: Int)

    /// The byte at this offset, counted from 0, is not an ASCII digit, or not the separator expected there.
    case unexpectedCharacter(offset: Int)

    /// Ten digits whose last is not the check digit of the other nine: most often a slip of the hand.
    case checkDigitMismatch

    /// Nine digits whose check digit would be 10. Such numbers were never issued.
    case neverIssued
  }
}

extension NHSNumber.ParseError: CustomStringConvertible {
  /// The reason in words, without any part of the text that was read.
  public var description: String {
    switch self {
    case .empty: "no NHS number given"
    case .wrongLength(let count):
      "expected 10 digits, or 12 characters as 3-3-4; found \(count > 12 ? "more than 12" : "\(count)")"
    case .unexpectedCharacter(let offset): "unexpected character at position \(offset + 1)"
    case .checkDigitMismatch: "the check digit does not match"
    case .neverIssued: "no number with these first nine digits was ever issued"
    }
  }
}
