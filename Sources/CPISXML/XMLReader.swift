/// A strict, incremental reader of XML 1.0 in UTF-8: bytes in, tokens out.
///
/// Why it exists although Foundation has `XMLParser`: on Linux, `XMLParser` reports success for malformed input
/// (`<a><b></a>`, text after the root, anything under four bytes), fails well-formed input of 160 MB given as
/// `Data`, cannot be told to refuse a DTD before expanding it, and has no limits that we could set. A document that
/// was cut off in transfer must never pass for a whole one.
///
/// What it knows: elements, attributes, text, CDATA, comments, processing instructions, the five predefined and
/// the numeric references, namespaces. What it refuses: DTDs, other entities, other encodings, anything over its
/// limits. Non-ASCII characters in names are not checked against the name classes of XML: a name that is not in the
/// vocabulary is unknown anyway.
///
/// Feed bytes with ``feed(_:)``, take tokens with ``next()`` until it returns `nil`, and again; after the last
/// bytes call ``complete()``. Tokens refer to the buffer and are valid until the next call. However the bytes are cut,
/// each is looked at a fixed number of times.
///
/// ```swift
/// var reader = XMLReader(vocabulary, limits: XMLLimits())
/// for piece in pieces {
///   try reader.feed(piece)
///   while let token = try reader.next() { … }
/// }
/// reader.complete()
/// while let token = try reader.next() { … }
/// ```
package struct XMLReader: Sendable {
  /// What was read.
  package enum Token: Sendable {
    /// A start tag: see ``XMLContent/element`` and ``XMLContent/attributes``. An empty element gives a start, then an end.
    case start
    /// An end tag. Its element is still the innermost of ``XMLReader/path`` until the next call.
    case end
    /// A piece of text: see ``XMLContent/text``. One text may come in several pieces.
    case text
  }

  struct OpenElement {
    var nameStart: Int
    var bindings: Int
  }

  enum Phase {
    case declaration, prolog, content, epilog
  }

  /// What remains to be done for an element whose end has no bytes of its own, or whose end was just given.
  enum Ending {
    case none
    /// An empty element was opened: its end comes next.
    case due
    /// An end was given: the element closes with the next call.
    case given
  }

  let limits: XMLLimits
  /// What the last token holds.
  package internal(set) var content: XMLContent
  var cursor = 0
  private(set) var isComplete = false
  /// Whether more bytes came than the document may have. What it may have is read first, so that however it is cut, the
  /// same is read before it is refused.
  private var isOverLimit = false
  var phase = Phase.declaration
  var ending = Ending.none
  /// The place of the next byte.
  package private(set) var position = XMLPosition()
  /// Where the last token starts. Unlike ``position``, it depends neither on how long a text is nor on how it was cut.
  package private(set) var tokenStart = XMLPosition()

  /// How far beyond the cursor the search for the end of unfinished markup has come. The next search continues from
  /// there: markup that comes in small pieces is looked at once, not once for each piece.
  private(set) var searched = 0
  /// The quote that is open where the search for the end of a tag stopped; `nil` outside quotes.
  var openQuote: UInt8?
  /// Whether that search has passed the end of a line.
  var spansLines = false
  /// How many bytes all searches have looked at, for the tests: never much more than were fed.
  package private(set) var searchedBytes = 0

  /// Names of the open elements, one after the other; end tags are compared with the last.
  var openNames: [UInt8] = []
  var open: [OpenElement] = []
  var namespaces: XMLNamespaces

  /// The open elements.
  package internal(set) var path: XMLPath

  /// How many bytes to feed at a time, so that few of them are kept in memory.
  package static let pieceBytes = 64 << 10

  /// Starts a document.
  ///
  /// - Parameter vocabulary: the names to recognise; every other name is unknown.
  package init(_ vocabulary: XMLVocabulary, limits: XMLLimits) {
    self.limits = limits
    namespaces = XMLNamespaces(vocabulary, limit: limits.namespaces)
    content = XMLContent(valueBytes: limits.valueBytes)
    path = XMLPath(vocabulary)
  }

  /// Takes further bytes.
  ///
  /// Bytes beyond ``XMLLimits/documentBytes`` are dropped, and refused when ``next()`` comes to them.
  ///
  /// - Throws: ``XMLError`` when the document was over that limit before.
  package mutating func feed(_ bytes: some Sequence<UInt8>) throws(XMLError) {
    guard !isOverLimit else { throw error(XMLFault(.tooLarge, at: content.buffer.count)) }
    if cursor > 0 {
      content.buffer.removeFirst(cursor)
      cursor = 0
    }
    content.buffer.append(contentsOf: bytes)
    let excess = position.byteOffset + content.buffer.count - limits.documentBytes
    guard excess > 0 else { return }
    isOverLimit = true
    content.buffer.removeLast(excess)
  }

  /// Says that no more bytes follow.
  package mutating func complete() { isComplete = true }

  /// The next token.
  ///
  /// - Returns: `nil` when more bytes are needed, or, after ``complete()``, when the document has ended as it should.
  /// - Throws: ``XMLError`` with the place of the fault. Do not use the reader any further then.
  package mutating func next() throws(XMLError) -> Token? {
    switch ending {
    case .none: break
    case .due:
      ending = .given
      return .end
    case .given:
      ending = .none
      closeElement()
    }
    do throws(XMLFault) {
      return try readToken()
    } catch {
      throw self.error(error)
    }
  }

  private mutating func readToken() throws(XMLFault) -> Token? {
    while true {
      // A second reference to the buffer, not a copy: the state may change while it is read.
      let storage = content.buffer
      let bytes = storage.span
      if phase == .declaration {
        guard try readStart(bytes) else { return try waitForMore() }
      }
      guard cursor < bytes.count else { return try waitForMore() }
      tokenStart = position
      switch try step(bytes) {
      case .token(let token): return token
      case .skipped: continue
      case .incomplete: return try waitForMore()
      }
    }
  }

  enum Step {
    case token(Token)
    case skipped
    case incomplete
  }

  private mutating func step(_ bytes: Span<UInt8>) throws(XMLFault) -> Step {
    guard bytes[cursor] == UInt8(ascii: "<") else {
      return phase == .content ? try readText(bytes) : try readSpaceOutsideRoot(bytes)
    }
    guard cursor + 1 < bytes.count else { return .incomplete }
    switch bytes[cursor + 1] {
    case UInt8(ascii: "/"): return try readEndTag(bytes)
    case UInt8(ascii: "!"): return try readDeclarationOrComment(bytes)
    case UInt8(ascii: "?"): return try readProcessingInstruction(bytes)
    default: return try readStartTag(bytes)
    }
  }

  private mutating func waitForMore() throws(XMLFault) -> Token? {
    guard !isOverLimit else { throw XMLFault(.tooLarge, at: content.buffer.count) }
    guard isComplete else { return nil }
    guard cursor == content.buffer.count, phase == .epilog else {
      throw XMLFault(.truncated, at: content.buffer.count)
    }
    return nil
  }
}

// Text, references and characters.
extension XMLReader {
  private mutating func readText(_ bytes: Span<UInt8>) throws(XMLFault) -> Step {
    let start = cursor
    if bytes[start] == UInt8(ascii: "&") { return try readReference(bytes) }
    var place = start
    var isASCII = true
    scan: while place < bytes.count {
      let byte = bytes[place]
      if byte > UInt8(ascii: ">") {
        if byte >= 0x80 { isASCII = false }
      } else if byte < 0x20 {
        guard isSpace(byte) else {
          // What is wrong before it is wrong first, however the text is cut.
          try bytes.checkCharacters(start..<place)
          throw XMLFault(.malformed, at: place)
        }
      } else {
        switch byte {
        case UInt8(ascii: "<"), UInt8(ascii: "&"): break scan
        case UInt8(ascii: ">"):
          // "]]>" may stand only at the end of a CDATA section.
          if place - start >= 2, bytes[place - 1] == UInt8(ascii: "]"), bytes[place - 2] == UInt8(ascii: "]") {
            try bytes.checkCharacters(start..<place)
            throw XMLFault(.malformed, at: place)
          }
        default: break
        }
      }
      place += 1
    }
    if place == bytes.count, !isComplete {
      // What could be the start of "]]>" or of a character waits for the rest.
      var kept = place
      while kept > start, place - kept < 2, bytes[kept - 1] == UInt8(ascii: "]") { kept -= 1 }
      if kept == place { kept = place - bytes.unfinishedCharacter(start..<place) }
      place = kept
      guard place > start else { return .incomplete }
    }
    if !isASCII { try bytes.checkCharacters(start..<place) }
    content.text = .bytes(start..<place)
    advance(to: place, in: bytes)
    return .token(.text)
  }

  private mutating func readReference(_ bytes: Span<UInt8>) throws(XMLFault) -> Step {
    var end = cursor + 1
    while end < bytes.count, bytes[end] != UInt8(ascii: ";") {
      guard end - cursor < XMLReferences.longest else { throw XMLFault(.malformed, at: cursor) }
      end += 1
    }
    guard end < bytes.count else { return .incomplete }
    content.text = .character(try XMLReferences.character(bytes, cursor + 1..<end))
    advanceWithinLine(to: end + 1)
    return .token(.text)
  }
}

// Places.
extension XMLReader {
  /// Where the first character of the last text stands that is no white space; where the text starts when all of it is.
  package var textPosition: XMLPosition {
    guard case .bytes(let range) = content.text else { return tokenStart }
    var place = tokenStart
    // The cursor is behind the token, of which a CDATA section has more than its text.
    for index in cursor - (position.byteOffset - tokenStart.byteOffset)..<range.upperBound {
      guard index < range.lowerBound || isSpace(content.buffer[index]) else { return place }
      place.pass(isLineEnd: content.buffer[index] == newline)
    }
    return tokenStart
  }

  /// A fault at a place of the buffer that is not before the cursor, with line and column.
  private func error(_ fault: XMLFault) -> XMLError {
    var place = position
    for index in cursor..<max(cursor, min(fault.index, content.buffer.count)) {
      place.pass(isLineEnd: content.buffer[index] == newline)
    }
    return XMLError(
      fault.code, line: place.line, column: place.column, byteOffset: place.byteOffset, path: path.text)
  }

  /// Records how far the search for the end of the markup at the cursor has come, and refuses markup that is too long.
  mutating func noteSearch(_ range: Range<Int>) throws(XMLFault) {
    searched = range.upperBound - cursor
    searchedBytes += range.count
    guard searched <= limits.markupBytes else { throw XMLFault(.tooLarge, at: cursor) }
  }

  /// Moves on, counting lines.
  mutating func advance(to end: Int, in bytes: Span<UInt8>) {
    position.line(endsIn: bytes, cursor..<end)
    advanceWithinLine(to: end)
  }

  /// Moves on over bytes without line ends.
  mutating func advanceWithinLine(to end: Int) {
    position.byteOffset += end - cursor
    cursor = end
    searched = 0
    openQuote = nil
    spansLines = false
  }
}

/// A place in a document.
package struct XMLPosition: Hashable, Sendable {
  /// The line, from 1.
  package fileprivate(set) var line = 1
  /// Bytes before the place.
  package fileprivate(set) var byteOffset = 0
  /// The offset at which the line starts.
  private var lineStart = 0

  /// The column in bytes, from 1.
  package var column: Int { byteOffset - lineStart + 1 }

  fileprivate mutating func pass(isLineEnd: Bool) {
    byteOffset += 1
    guard isLineEnd else { return }
    line += 1
    lineStart = byteOffset
  }

  /// Counts the line ends in a range of bytes that starts at the place, without passing it.
  fileprivate mutating func line(endsIn bytes: Span<UInt8>, _ range: Range<Int>) {
    for place in range where bytes[place] == newline {
      line += 1
      lineStart = byteOffset + place - range.lowerBound + 1
    }
  }
}

// What it holds may be private.
extension XMLReader: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Only what it is.
  package var description: String { "XMLReader(redacted)" }
  /// The same as `description`.
  package var debugDescription: String { description }
  /// A mirror without children.
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// How much of a document is read before it is refused.
///
/// Callers that know what they read set limits that fit. The defaults keep a malicious document from exhausting memory.
package struct XMLLimits: Hashable, Sendable {
  /// Bytes in a document.
  package var documentBytes = 64 << 20

  /// Bytes in one tag, comment or other piece of markup, which is held in memory whole. Text is read piece by piece and
  /// not bounded by it.
  package var markupBytes = 1 << 20

  /// Bytes in one attribute's value that is given out, or in one text that is collected. A longer one is not an error:
  /// the caller is told that it is too long.
  package var valueBytes = 2048

  /// Elements within one another.
  package var depth = 64

  /// Attributes of one element.
  package var attributes = 64

  /// Namespaces in a document other than those of the vocabulary, and declarations in force at one place.
  package var namespaces = 64

  /// The usual limits.
  package init() {}
}
