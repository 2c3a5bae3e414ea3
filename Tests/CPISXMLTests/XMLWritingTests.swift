import CPISXML
import Testing

@Suite("Writing XML")
struct XMLWritingTests {
  /// Reads what a document of one element says, in its attribute `x` and in its text.
  private func readBack(_ bytes: [UInt8]) throws -> (value: XMLAttributeText, text: String?) {
    var reader = XMLReader(XMLEvents.vocabulary, limits: XMLLimits())
    try reader.feed(bytes)
    reader.complete()
    #expect(try reader.next() == .start)
    let value = reader.content.text(of: try #require(reader.content.attributes.first))
    var collector = XMLTextCollector(limit: .max)
    while let token = try reader.next() { if token == .text { reader.content.append(to: &collector) } }
    return (value, collector.text)
  }

  @Test("Lines are indented by their depth, and a writer can be used again")
  func lines() {
    var writer = XMLWriter()
    writer.line(0, XMLWriter.declaration)
    writer.line(0, "<a>")
    writer.line(2, "<b/>")
    writer.line(0, "</a>")
    let bytes = writer.take()
    #expect(
      String(decoding: bytes, as: UTF8.self) == "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a>\n    <b/>\n</a>\n")
    #expect(XMLEvents(bytes).error == nil)
    #expect(writer.take().isEmpty)
    writer.line(0, "<c/>")
    #expect(writer.take() == Array("<c/>\n".utf8))
  }

  @Test("What is escaped is read back as it was, in values and in texts")
  func escaping() throws {
    for text in [
      "", "plain", "<&>\"'", "]]>", "&amp;", "a\tb\nc\rd\r\ne", " two  spaces ", "é\u{1F600}\u{10FFFD}",
      "\u{7F}\u{85}",
      "--><!--", "<![CDATA[x]]>",
    ] {
      let value = try #require(XMLWriter.attribute(text))
      let content = try #require(XMLWriter.text(text))
      let read = try readBack(Array("<a x=\"\(value)\">\(content)</a>".utf8))
      #expect(read.value == .text(text))
      #expect(read.text == text)
    }
  }

  @Test("Every character is written so that it comes back, or is refused because XML forbids it")
  func everyCharacter() throws {
    var written = ""
    var forbidden = 0
    for number: UInt32 in Array(0...0x2FF) + Array(0xD7F0...0xE00F) + Array(0xFFF0...0x1_000F) + [0x10_FFFF] {
      guard let scalar = Unicode.Scalar(number) else { continue }
      let text = String(scalar)
      let isAllowed = number >= 0x20 ? number != 0xFFFE && number != 0xFFFF : [9, 10, 13].contains(number)
      #expect((XMLWriter.text(text) != nil) == isAllowed, "\(number)")
      #expect((XMLWriter.attribute(text) != nil) == isAllowed, "\(number)")
      if isAllowed { written += text } else { forbidden += 1 }
    }
    #expect(forbidden == 31)
    let value = try #require(XMLWriter.attribute(written))
    let read = try readBack(Array("<a x=\"\(value)\">\(try #require(XMLWriter.text(written)))</a>".utf8))
    #expect(read.text.map { Array($0.utf8) } == Array(written.utf8))
    #expect(read.value.value.map { Array($0.utf8) } == Array(written.utf8))
    #expect(XMLWriter.text("fine\u{0}") == nil && XMLWriter.attribute("fine\u{FFFE}") == nil)
  }
}
