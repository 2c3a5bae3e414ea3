/// Splits a CSV text into rows and fields, as RFC 4180 has them.
struct CSVRows {
  private let text: TextBytes
  private let delimiter: UInt8
  private var at = 0

  /// The line that the next row begins on, counted from 1.
  private(set) var line: UInt32 = 1

  private static let quote = UInt8(ascii: "\"")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  init(_ text: TextBytes, delimiter: UInt8) {
    self.text = text
    self.delimiter = delimiter
  }

  /// Gives each field of the next row to `body`.
  ///
  /// - Returns: whether there was a row.
  @inline(__always)
  mutating func nextRow(_ body: (CSVField) -> Void) -> Bool {
    guard at < text.count else { return false }
    while true {
      let isQuoted = at < text.count && text[at] == Self.quote
      body(isQuoted ? quotedField() : plainField())
      // A field ends at a delimiter, at a line feed, or with the text.
      guard at < text.count else { break }
      let end = text[at]
      at += 1
      if end == Self.lineFeed {
        line += 1
        break
      }
    }
    return true
  }

  private mutating func plainField() -> CSVField {
    let start = at
    let end = skipToFieldEnd()
    return CSVField(content: text[start..<end], isQuoted: false)
  }

  private mutating func quotedField() -> CSVField {
    at += 1
    let start = at
    while at < text.count {
      let byte = text[at]
      if byte == Self.quote {
        // A doubled quote is a quote; a single one closes.
        guard at + 1 < text.count, text[at + 1] == Self.quote else { break }
        at += 1
      }
      if byte == Self.lineFeed { line += 1 }
      at += 1
    }
    let content = text[start..<at]
    guard at < text.count else { return CSVField(content: content, isQuoted: true, isUnclosed: true) }
    at += 1
    let closed = at
    let end = skipToFieldEnd()
    return CSVField(content: content, isQuoted: true, hasTextAfterQuote: end > closed)
  }

  /// Moves to the delimiter or line feed that ends the field.
  ///
  /// - Returns: where the field's text ends, before a carriage return that belongs to the line end.
  private mutating func skipToFieldEnd() -> Int {
    let start = at
    while at < text.count {
      let byte = text[at]
      if byte == delimiter || byte == Self.lineFeed { break }
      at += 1
    }
    let endsLine = at < text.count && text[at] == Self.lineFeed
    let hasReturn = endsLine && at > start && text[at - 1] == Self.carriageReturn
    return hasReturn ? at - 1 : at
  }
}
