/// How much JSON is read.
package struct JSONLimits: Hashable, Sendable {
  /// The most bytes of a text. Enough for a bundle of a thousand resources; no more than 2³⁰ − 1 are ever read.
  package var bytes = 16 << 20

  /// The most containers inside each other. FHIR resources have fewer than 20; no more than 64 are ever read.
  package var depth = 64

  package init() {}

  var allowedBytes: Int { min(bytes, Int(JSONNode.highest)) }
  var allowedDepth: Int { min(depth, 64) }
}

/// JSON that was read and found well formed (RFC 8259), by rules stricter than Foundation's.
///
/// Why it exists: Foundation's decoder takes the first of two equal keys, and a comma after the last element. Where a
/// text says whether a child is at risk, two readers must not see two things in it. What is refused: doubled keys (also
/// when one of them is written with escapes), trailing commas, comments, leading zeros, `NaN`, halves of surrogate pairs,
/// anything but UTF-8, a byte order mark, bytes after the value, and what is over the limits.
///
/// The text is read in one pass and kept; a value is made only when somebody asks for it. On the same notices this takes
/// a quarter to a seventh of the time of `JSONDecoder`. A document can hold a patient, and therefore shows nothing of
/// itself.
///
/// ```swift
/// let document = try JSONDocument(bytes)
/// var notice = try document.root.object()
/// let version = try notice.int("version")
/// let places = try notice.array("places").map { place throws(JSONError) in try place.string() }
/// guard notice.unread.isEmpty else { … }
/// ```
package final class JSONDocument: Sendable {
  let bytes: [UInt8]
  /// The strings that were written with escapes, decoded, one after the other.
  let decoded: [UInt8]
  let nodes: [JSONNode]

  /// Reads a text.
  ///
  /// - Throws: ``JSONError`` with the byte at which reading stopped.
  /// - Complexity: O(*n*) in the text's bytes; O(*k* log *k*) comparisons for an object of *k* keys when it has more
  ///   than 16. Nodes take at most eight times the memory of the text.
  package init(_ bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
    var parser = JSONParser(limits: limits)
    try parser.parse(bytes.span)
    self.bytes = bytes
    (decoded, nodes) = (parser.decoded, parser.nodes)
  }

  /// The outermost value.
  package var root: JSONValue { JSONValue(document: self, index: 0, depth: 0, unnamed: 0) }
}

/// One value or key of a document, in eight bytes: what it is, and two numbers of 30 bits.
///
/// A document's nodes stand in the order of its text. A container's come after its own; in an object a key comes before
/// each value.
struct JSONNode: Sendable {
  enum Kind: UInt64, Sendable {
    case null, `false`, `true`
    /// First: where the text begins; second: its length.
    case number
    /// A string without escapes. First: where it begins in the text, after the quote; second: its length.
    case string
    /// A string with escapes. The same, in the decoded bytes.
    case decodedString
    /// First: how many elements or members; second: the node after all of them.
    case array, object
  }

  static let highest: UInt64 = 1 << 30 - 1
  private var bits: UInt64

  init(_ kind: Kind, _ first: Int, _ second: Int) {
    bits = kind.rawValue &<< 60 | UInt64(truncatingIfNeeded: first) &<< 30 | UInt64(truncatingIfNeeded: second)
  }

  var kind: Kind { Kind(rawValue: bits &>> 60) ?? .null }
  var first: Int { Int(truncatingIfNeeded: bits &>> 30 & Self.highest) }
  var second: Int { Int(truncatingIfNeeded: bits & Self.highest) }

  var isContainer: Bool { bits &>> 60 >= Kind.array.rawValue }
  var isString: Bool { kind == .string || kind == .decodedString }

  /// The place of the node that comes after this one at a place, and after all that is in it.
  func next(after place: Int) -> Int { isContainer ? second : place + 1 }
}

/// What can hold a patient, and shows its type and nothing else.
protocol WithheldJSON: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {}

extension WithheldJSON {
  package var description: String { "\(Self.self)(redacted)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

extension JSONDocument: WithheldJSON {}
