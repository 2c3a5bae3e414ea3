import CPISXML
import Testing

@Suite("The work of the XML reader")
struct XMLWorkTests {
  /// Documents of which one piece of markup is nearly the whole, made so that its end seems near at every byte.
  static let documents: [(name: String, opening: String, filler: String, closing: String)] = [
    ("an XML declaration", "<?xml version=\"1.0\"", " \n", "?><a/>"),
    ("a comment", "<a><!--", "->", " --></a>"),
    ("a CDATA section", "<a><![CDATA[", "]>", "]]></a>"),
    ("a processing instruction", "<a><?p ", "? ", "?></a>"),
    ("an element's name", "<", "a", "/>"),
    ("the space in a start tag", "<a", " \n", "/>"),
    ("an attribute's value", "<a b=\"", "'>", "\"/>"),
    ("an attribute's name", "<a ", "b", "=''/>"),
    ("the space in an end tag", "<a></a", " \n", ">"),
  ]

  /// Reads a document in pieces, and says how many bytes were looked at in search of the end of markup.
  private func searchedBytes(_ document: String, piece: Int, limits: XMLLimits = XMLLimits()) throws -> Int {
    var reader = XMLReader(XMLVocabulary(namespaces: [], names: []), limits: limits)
    var rest = Array(document.utf8)[...]
    while !rest.isEmpty {
      try reader.feed(rest.prefix(piece))
      rest = rest.dropFirst(piece)
      while try reader.next() != nil {}
    }
    reader.complete()
    while try reader.next() != nil {}
    return reader.searchedBytes
  }

  @Test("Markup that comes in small pieces is searched once, not once for every piece", arguments: documents)
  func searchedOnce(document: (name: String, opening: String, filler: String, closing: String)) throws {
    let text = document.opening + String(repeating: document.filler, count: 8 << 10) + document.closing
    for piece in [1, 64, 1000, .max] {
      let searched = try searchedBytes(text, piece: piece)
      #expect(searched <= text.utf8.count, "\(document.name) in pieces of \(piece)")
      #expect(searched > 8 << 10, "\(document.name) in pieces of \(piece)")
    }
  }

  @Test("Markup over the limit is refused however it is cut; text over it is read", arguments: documents)
  func markupBytes(document: (name: String, opening: String, filler: String, closing: String)) throws {
    let text = document.opening + String(repeating: document.filler, count: 1 << 10) + document.closing
    var limits = XMLLimits()
    limits.markupBytes = 1000
    for piece in [1, 64, .max] {
      let fault = #expect(throws: XMLError.self) { try searchedBytes(text, piece: piece, limits: limits) }
      #expect(fault?.code == .tooLarge)
      _ = try searchedBytes("<a>\(String(repeating: "x", count: 10_000))</a>", piece: piece, limits: limits)
    }
  }
}
