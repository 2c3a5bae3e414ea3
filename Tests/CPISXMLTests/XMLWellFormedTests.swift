import CPISXML
import Testing

@Suite("Well-formed XML, and what is not")
struct XMLWellFormedTests {
  @Test("Elements, attributes and texts come in the order of the document")
  func order() {
    let read = XMLEvents("<a x='1' y = \"2\"><b/>text<c >more</c\n></a>\n")
    #expect(read.error == nil)
    #expect(read.text == "<a x=\"1\" y=\"2\"> <b> </> 'text' <c> 'more' </> </>")
  }

  /// Documents that are not well-formed, each with where that shows: line, column, and the open element.
  static let violations: [(document: String, line: Int, column: Int, path: String)] = [
    ("x", 1, 1, ""),
    ("x<a/>", 1, 1, ""),
    ("<a/>x", 1, 5, ""),
    ("<a/><b/>", 1, 5, ""),
    ("<a/>&amp;", 1, 5, ""),
    ("</a>", 1, 1, ""),
    ("<a></b>", 1, 6, "/a"),
    ("<a></ab>", 1, 7, "/a"),
    ("<ab></a>", 1, 8, "/*"),
    ("<a></a x='1'>", 1, 7, "/a"),
    ("<a></a<", 1, 7, "/a"),
    ("<a>\n <b>\n  </a>\n</b>", 3, 5, "/a/b"),
    ("<a></a></a>", 1, 8, ""),
    ("< a/>", 1, 2, ""),
    ("<1a/>", 1, 2, ""),
    ("<-a/>", 1, 2, ""),
    ("<>", 1, 2, ""),
    ("<a!/>", 1, 3, ""),
    ("<a/ >", 1, 3, ""),
    ("<a / >", 1, 4, ""),
    ("<a<b/></a>", 1, 3, ""),
    ("<a x/>", 1, 5, ""),
    ("<a x>", 1, 5, ""),
    ("<a x=/>", 1, 6, ""),
    ("<a x=1/>", 1, 6, ""),
    ("<a x='1'y='2'/>", 1, 9, ""),
    ("<a\n x='1'\n  x='2'/>", 3, 3, ""),
    ("<a x='<'/>", 1, 7, ""),
    ("<a x='\u{1}'/>", 1, 7, ""),
    ("<a x='&'/>", 1, 8, ""),
    ("<a x='&amp'/>", 1, 8, ""),
    ("<a x='&0123456789abcdefg;'/>", 1, 8, ""),
    ("<a>\u{1}</a>", 1, 4, "/a"),
    ("<a>]]></a>", 1, 6, "/a"),
    ("<a>&0123456789abcdefg;</a>", 1, 4, "/a"),
    ("<!-- a -- b --><a/>", 1, 8, ""),
    ("<a><!-- ---></a>", 1, 9, "/a"),
    ("<a><!----></b></a>", 1, 13, "/a"),
    ("<a><!ELEMENT a></a>", 1, 4, "/a"),
    ("<!x><a/>", 1, 1, ""),
    ("<![CDATA[x]]><a/>", 1, 1, ""),
    ("<a/><![CDATA[x]]>", 1, 5, ""),
    ("<?xml version='1.0'?><?xml version='1.0'?><a/>", 1, 22, ""),
    ("\n<?xml version='1.0'?><a/>", 2, 1, ""),
    ("<a><?XML x?></a>", 1, 4, "/a"),
    ("<a><??></a>", 1, 4, "/a"),
    ("<a><? p?></a>", 1, 4, "/a"),
    ("<a><?1?></a>", 1, 4, "/a"),
    ("<a><?p<?></a>", 1, 4, "/a"),
  ]

  @Test("Each violation is found at its place", arguments: violations)
  func violation(_ violation: (document: String, line: Int, column: Int, path: String)) throws {
    let error = try #require(XMLEvents(violation.document).error)
    #expect(error.code == .malformed)
    #expect((error.line, error.column, error.path) == (violation.line, violation.column, violation.path))
    #expect(error.byteOffset < violation.document.utf8.count)
  }

  @Test("Every truncation of a document is told as one")
  func truncations() throws {
    let document = Array("<?xml version='1.0'?><a x='&lt;'>é<!-- c --><![CDATA[d]]><?p i?><b/>&#65;</a>".utf8)
    #expect(XMLEvents(document).error == nil)
    for length in document.indices {
      let error = try #require(XMLEvents(Array(document.prefix(length))).error, "\(length) bytes")
      // A cut within a character leaves bytes that are none.
      let isCutInCharacter = length > 0 && document[length] == 0xA9
      #expect(error.code == (isCutInCharacter ? .encodingInvalid : .truncated), "\(length) bytes")
    }
  }

  @Test("An end is given before its element leaves the path; after the root, nothing is open")
  func paths() throws {
    var reader = XMLReader(XMLEvents.vocabulary, limits: XMLLimits())
    try reader.feed(Array("<a><b/></a>".utf8))
    reader.complete()
    var seen: [String] = []
    while let token = try reader.next() { seen.append("\(token) \(reader.path.text) \(reader.path.parent.text)") }
    #expect(seen == ["start /a ", "start /a/b /a", "end /a/b /a", "end /a "])
    #expect(reader.path.text.isEmpty && reader.path.parent.text.isEmpty)
    #expect((reader.position.line, reader.position.column, reader.position.byteOffset) == (1, 12, 11))
  }

  @Test("Counted elements have positions in the path, each name for itself; unknown ones show as a star")
  func counted() {
    let read = XMLEvents("<a><item/><b/><a/><item><item/><secret><item/></secret></item><a/><item/></a>")
    #expect(
      read.paths == [
        "/a", "/a/item[1]", "/a/b", "/a/a[1]", "/a/item[2]", "/a/item[2]/item[1]", "/a/item[2]/*",
        "/a/item[2]/*/item[1]", "/a/a[2]", "/a/item[3]",
      ])
  }

  @Test("Lines and columns count bytes from 1, over tags, texts, comments and instructions that span lines")
  func lines() throws {
    for opening in [
      "<a\n\n>", "<a>\n\n", "<a><!--\n\n-->", "<a><?p\n\n?>", "<a><![CDATA[\n\n]]>", "<a x='\n\n'>", "\n\n<a>",
      "<a></a\n\n>", "<a>\r\n\r\n",
    ] {
      let error = try #require(XMLEvents(opening + "é<!x>").error)
      let isInRoot = !opening.contains("</a")
      #expect(error.line == 3, "\(opening)")
      #expect(error.path == (isInRoot ? "/a" : ""), "\(opening)")
      #expect(error.byteOffset == opening.utf8.count + (isInRoot ? 2 : 0), "\(opening)")
      let lastLine = (opening + (isInRoot ? "é" : "")).utf8.split(
        separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      #expect(error.column == (lastLine.last?.count ?? 0) + 1, "\(opening)")
    }
  }

  @Test("An error says what and where, and nothing of the document")
  func words() throws {
    let error = try #require(XMLEvents("<a><secret>&secret;</secret></a>").error)
    #expect("\(error)" == "XML: an entity other than those of XML at line 1, column 13, in /a/*")
    #expect("\(try #require(XMLEvents("").error))" == "XML: the text ends too early at line 1, column 1")
    for (document, words) in [
      ("x", "not well-formed"), ("<a>\u{FFFE}</a>", "not UTF-8, or characters that XML forbids"),
      ("<!DOCTYPE a>", "a document type declaration"), ("<?xml version='1.1'?><a/>", "not XML 1.0"),
      ("<?xml version='1.0' encoding='x'?><a/>", "not in UTF-8, or declared as something else"),
      (String(repeating: "<a>", count: 100), "nested too deeply"),
    ] {
      #expect("\(try #require(XMLEvents(document).error))".contains(words))
    }
  }

  @Test("What a reader holds is shown nowhere")
  func redaction() throws {
    var reader = XMLReader(XMLEvents.vocabulary, limits: XMLLimits())
    try reader.feed(Array("<a x='secret'>secret</a>".utf8))
    while let token = try reader.next(), token != .text {}
    var collector = XMLTextCollector(limit: 100)
    reader.content.append(to: &collector)
    #expect(collector.text == "secret")
    for value: any Sendable in [reader, reader.content, collector] {
      var dumped = ""
      dump(value, to: &dumped)
      for text in ["\(value)", String(reflecting: value), dumped] {
        #expect(text.contains("redacted"))
        #expect(!text.contains("secret") && !text.contains("115, 101"))
      }
    }
  }
}
