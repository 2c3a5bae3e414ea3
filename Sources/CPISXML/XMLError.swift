/// Why a document could not be read, and where; never what was there.
package struct XMLError: Error, Hashable, Sendable {
  /// The cause. Open: later versions may add more, so callers must not expect to know them all.
  package struct Code: RawRepresentable, Hashable, Sendable {
    /// The cause as a word.
    package let rawValue: String
    /// Makes a cause.
    package init(rawValue: String) { self.rawValue = rawValue }

    /// Not well-formed.
    package static let malformed = Code(rawValue: "malformed")
    /// The document ends before its root element does, or is empty.
    package static let truncated = Code(rawValue: "truncated")
    /// It declares another version of XML than 1.0.
    package static let versionUnsupported = Code(rawValue: "versionUnsupported")
    /// It is in another encoding than UTF-8, or declares one.
    package static let encodingUnsupported = Code(rawValue: "encodingUnsupported")
    /// Not UTF-8 at this place, or a character that XML forbids.
    package static let encodingInvalid = Code(rawValue: "encodingInvalid")
    /// It has a document type declaration.
    package static let doctypeRefused = Code(rawValue: "doctypeRefused")
    /// It refers to an entity other than the five of XML.
    package static let entityRefused = Code(rawValue: "entityRefused")
    /// Elements are nested too deeply.
    package static let tooDeep = Code(rawValue: "tooDeep")
    /// The document, or a piece of it, is over a limit: see ``XMLLimits``.
    package static let tooLarge = Code(rawValue: "tooLarge")
  }

  /// The cause.
  package let code: Code
  /// The line, from 1.
  package let line: Int
  /// The column in bytes, from 1.
  package let column: Int
  /// Bytes before the place.
  package let byteOffset: Int
  /// The innermost element that was open there: see ``XMLPath``. Empty outside the root.
  package let path: String

  init(_ code: Code, line: Int, column: Int, byteOffset: Int, path: String) {
    self.code = code
    self.line = line
    self.column = column
    self.byteOffset = byteOffset
    self.path = path
  }
}

extension XMLError: CustomStringConvertible {
  /// The cause and the place in words.
  package var description: String {
    "XML: \(code.words) at line \(line), column \(column)" + (path.isEmpty ? "" : ", in \(path)")
  }
}

extension XMLError.Code {
  fileprivate var words: String {
    switch self {
    case .malformed: "not well-formed"
    case .truncated: "the text ends too early"
    case .versionUnsupported: "not XML 1.0"
    case .encodingUnsupported: "not in UTF-8, or declared as something else"
    case .encodingInvalid: "not UTF-8, or characters that XML forbids"
    case .doctypeRefused: "a document type declaration"
    case .entityRefused: "an entity other than those of XML"
    case .tooDeep: "nested too deeply"
    case .tooLarge: "too large"
    default: rawValue
    }
  }
}

/// What is wrong at an index of the buffer: an ``XMLError`` before its place is known.
struct XMLFault: Error {
  let code: XMLError.Code
  let index: Int

  init(_ code: XMLError.Code, at index: Int) { (self.code, self.index) = (code, index) }
}
