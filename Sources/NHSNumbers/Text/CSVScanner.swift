/// Reads the numbers of one column of a CSV text.
struct CSVScanner: TextScanner {
  private var rows: CSVRows
  private let column: Int
  /// How many titles there are, and so fields in each row.
  private let width: Int
  private let options: NHSNumber.ParsingOptions

  init(
    _ text: TextBytes, columnNamed name: String, delimiter: UInt8,
    _ options: NHSNumber.ParsingOptions
  ) throws(NHSNumberColumn.ReadingError) {
    rows = CSVRows(text, delimiter: delimiter)
    self.options = options
    let name = Array(name.utf8)
    var places: [Int] = []
    var place = 0
    let header = rows.nextRow { field in
      if field.unquoted == name { places.append(place) }
      place += 1
    }
    // The rows after it may be in its last field.
    if case .broken = header { throw .headerBroken }
    guard let column = places.first else { throw .columnMissing }
    guard places.count == 1 else { throw .columnRepeated }
    self.column = column
    width = place
  }

  mutating func fill(_ chunk: inout TextChunk) -> Bool {
    while chunk.count < TextChunk.capacity {
      let line = rows.line
      var place = 0
      var wanted: CSVField?
      var isBlank = false
      let column = column
      let outcome = rows.nextRow { field in
        if place == column { wanted = field }
        isBlank = place == 0 && field.content.count == 0 && !field.isQuoted
        place += 1
      }
      switch outcome {
      case .endOfText: return false
      case .broken(let reason): chunk.faults.append(LineFault(line: line, reason))
      case .read:
        // In a row of another width than the titles, any field may be the one asked for.
        if place == width, let wanted {
          chunk.append(wanted.content, line: line, options)
        } else {
          chunk.faults.append(LineFault(line: line, isBlank ? .missingField : .fieldCount))
        }
      }
    }
    return true
  }
}

/// Splits a CSV text into rows and fields, as RFC 4180 has them.
private struct CSVRows {
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

  /// What became of a row.
  enum Outcome: Equatable {
    case read
    case broken(LineFault.Reason)
    case endOfText
  }

  /// Gives each field of the next row to `body`.
  ///
  /// - Returns: whether there was a row, and whether its fields are what its writer meant.
  @inline(__always)
  mutating func nextRow(_ body: (CSVField) -> Void) -> Outcome {
    guard at < text.count else { return .endOfText }
    var fault: LineFault.Reason?
    while true {
      let isQuoted = at < text.count && text[at] == Self.quote
      let field = isQuoted ? quotedField() : plainField()
      // Of several faults the last is reported: a quote that never closes, which leaves the most unread, is always last.
      fault = field.fault ?? fault
      body(field)
      // A field ends at a delimiter, at a line feed, or with the text.
      guard at < text.count else { break }
      let end = text[at]
      at += 1
      if end == Self.lineFeed {
        line += 1
        break
      }
    }
    return fault.map { .broken($0) } ?? .read
  }

  private mutating func plainField() -> CSVField {
    let start = at
    let (end, hasStrayReturn) = skipToFieldEnd()
    return CSVField(
      content: text[start..<end], isQuoted: false, fault: hasStrayReturn ? .strayCarriageReturn : nil)
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
    guard at < text.count else { return CSVField(content: content, isQuoted: true, fault: .unclosedQuote) }
    at += 1
    let closed = at
    let (end, _) = skipToFieldEnd()
    return CSVField(content: content, isQuoted: true, fault: end > closed ? .textAfterQuote : nil)
  }

  /// Moves to the delimiter or line feed that ends the field.
  ///
  /// - Returns: where the field's text ends, before a carriage return that belongs to the line end; and whether
  ///   there is another carriage return, which may have been meant to end a line.
  private mutating func skipToFieldEnd() -> (end: Int, hasStrayReturn: Bool) {
    let start = at
    var returns = 0
    while at < text.count {
      let byte = text[at]
      if byte == delimiter || byte == Self.lineFeed { break }
      if byte == Self.carriageReturn { returns += 1 }
      at += 1
    }
    let endsLine = at < text.count && text[at] == Self.lineFeed
    let hasReturn = endsLine && at > start && text[at - 1] == Self.carriageReturn
    return hasReturn ? (at - 1, returns > 1) : (at, returns > 0)
  }
}

/// One field of a CSV row, as it stands in the text.
private struct CSVField {
  /// The bytes, without surrounding quotes; doubled quotes inside are still double.
  let content: TextBytes
  let isQuoted: Bool

  /// What makes its row unreadable, whichever column is wanted: a field that ends in the wrong place may have
  /// swallowed the lines after it.
  var fault: LineFault.Reason?

  /// The bytes with doubled quotes made single.
  var unquoted: [UInt8] {
    let quote = UInt8(ascii: "\"")
    var bytes: [UInt8] = []
    var isSecond = false
    for place in 0..<content.count {
      let byte = content[place]
      isSecond = isQuoted && byte == quote && !isSecond
      if !(isQuoted && byte == quote && !isSecond) || !isQuoted { bytes.append(byte) }
    }
    return bytes
  }
}
