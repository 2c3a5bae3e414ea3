/// A strict, incremental reader of XML 1.0 in UTF-8: bytes in, tokens out.
///
/// Why it exists although Foundation has `XMLParser`: on Linux that one reports success for malformed input
/// (`<a><b></a>`, text after the root, anything under four bytes), fails well-formed input of 160 MB given as
/// `Data`, cannot be told to refuse a DTD before expanding it, and has no limits of ours. A file that was cut off
/// in transfer must never pass for a whole one.
///
/// What it knows: elements, attributes, text, CDATA, comments, processing instructions, the five predefined and
/// the numeric references, namespaces. What it refuses: DTDs, other entities, other encodings, anything over its
/// limits. Non-ASCII characters in names are not checked against the name classes of XML: no name we read has
/// any, and every other name is unknown anyway.
///
/// Feed bytes with ``feed(_:)``, take tokens with ``next()`` until it returns `nil`, and again; after the last
/// bytes call ``complete()``. Tokens refer to the buffer and are valid until the next call. However the bytes are cut,
/// each is looked at a fixed number of times.
struct XMLTokeniser {
  /// What was read.
  enum Token {
    /// A start tag: see `element` and `attributes`. An empty element gives a start, then an end.
    case start
    /// An end tag.
    case end
    /// A piece of text: see `text`. One text may come in several pieces.
    case text
  }

  /// A piece of text.
  enum Text {
    /// Bytes of the buffer.
    case bytes(Range<Int>)
    /// A character that a reference stands for.
    case character(Unicode.Scalar)
  }

  /// An attribute that is not a namespace declaration.
  struct Attribute {
    var name: XMLName
    var qualifiedName: Range<Int>
    var value: Range<Int>
    /// Whether references or white space other than spaces must be replaced.
    var needsDecoding: Bool
  }

  struct OpenElement {
    var nameStart: Int
    var bindings: Int
  }

  struct Binding {
    var prefix: [UInt8]
    var namespace: XMLNamespace
  }

  enum Phase {
    case declaration, prolog, content, epilog
  }

  let limits: UploadLimits
  private(set) var buffer: [UInt8] = []
  var cursor = 0
  private(set) var isComplete = false
  var phase = Phase.declaration
  var endsAtOnce = false
  /// How many bytes came before the buffer.
  private var droppedBytes = 0
  var line = 1
  /// The offset in the file at which the current line starts.
  var lineStart = 0

  /// How far behind the cursor the end of unfinished markup was looked for. The next search goes on from there: markup
  /// that comes in small pieces is looked at once, not once for each piece.
  private(set) var searched = 0
  /// The quote in which the search for the end of a tag stands; 0 outside of quotes.
  var openQuote: UInt8 = 0
  /// Whether that search has passed the end of a line.
  var spansLines = false
  /// How many bytes all searches have looked at, for the tests: never much more than were fed.
  private(set) var searchedBytes = 0

  /// Names of the open elements, one after the other; end tags are compared with the last.
  var openNames: [UInt8] = []
  var open: [OpenElement] = []
  var bindings: [Binding] = []
  /// How many bindings are older than the tag that is being read.
  var bindingsOutside = 0
  var otherNamespaces: [[UInt8]] = []

  var element = XMLName(namespace: .none, local: nil)
  var attributes: [Attribute] = []
  var text = Text.bytes(0..<0)

  /// Bytes to feed at a time when there are more: what is kept of them is then small.
  static let pieceBytes = 64 << 10

  init(limits: UploadLimits) { self.limits = limits }

  /// How many bytes were fed.
  var byteCount: Int { droppedBytes + buffer.count }

  /// Takes further bytes.
  mutating func feed(_ bytes: some Sequence<UInt8>) throws(XMLFault) {
    if cursor > 0 {
      buffer.removeFirst(cursor)
      droppedBytes += cursor
      cursor = 0
    }
    buffer.append(contentsOf: bytes)
    guard byteCount <= limits.fileBytes else { throw fault(.tooLarge, at: cursor) }
  }

  /// Says that no more bytes follow.
  mutating func complete() { isComplete = true }

  /// The next token.
  ///
  /// - Returns: `nil` when more bytes are needed, or after ``complete()`` when the document has ended well.
  mutating func next() throws(XMLFault) -> Token? {
    if endsAtOnce {
      endsAtOnce = false
      closeElement()
      return .end
    }
    while true {
      // A second reference to the buffer, not a copy: the state may change while it is read.
      let storage = buffer
      let bytes = storage.span
      if phase == .declaration {
        guard try readStart(bytes) else { return try waitForMore() }
      }
      guard cursor < bytes.count else { return try waitForMore() }
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

  private func waitForMore() throws(XMLFault) -> Token? {
    guard isComplete else { return nil }
    guard cursor == buffer.count, phase == .epilog else { throw fault(.truncated, at: buffer.count) }
    return nil
  }
}

extension XMLTokeniser {
  /// A fault at a place of the buffer, with line and column.
  func fault(_ code: UploadReadingError.Code, at index: Int) -> XMLFault {
    var (line, start) = (line, lineStart)
    let end = min(index, buffer.count)
    if cursor < end {
      for place in cursor..<end where buffer[place] == newline {
        line += 1
        start = droppedBytes + place + 1
      }
    }
    return XMLFault(
      code: code, line: line, column: droppedBytes + end - start + 1, byteOffset: droppedBytes + end)
  }

  /// Notes how far the end of the markup at the cursor was looked for; markup that goes on for too long is refused.
  mutating func noteSearch(_ range: Range<Int>) throws(XMLFault) {
    searched = range.upperBound - cursor
    searchedBytes += range.count
    guard searched <= limits.tokenBytes else { throw fault(.tooLarge, at: cursor) }
  }

  /// Moves on, counting lines.
  mutating func advance(to end: Int, in bytes: Span<UInt8>) {
    var place = cursor
    while place < end {
      if bytes[place] == newline {
        line += 1
        lineStart = droppedBytes + place + 1
      }
      place += 1
    }
    advanceWithinLine(to: end)
  }

  /// Moves on over bytes without line ends.
  mutating func advanceWithinLine(to end: Int) {
    cursor = end
    searched = 0
    openQuote = 0
    spansLines = false
  }

  /// Line and column of the next byte, from 1; columns count bytes.
  var position: (line: Int, column: Int, byteOffset: Int) {
    (line, droppedBytes + cursor - lineStart + 1, droppedBytes + cursor)
  }
}

/// Why XML could not be read, and where; never what was there.
struct XMLFault: Error {
  var code: UploadReadingError.Code
  var line: Int
  var column: Int
  var byteOffset: Int
}

let newline = UInt8(ascii: "\n")

/// Whether a byte is white space of XML.
func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
