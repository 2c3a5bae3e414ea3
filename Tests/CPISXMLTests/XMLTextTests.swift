import CPISXML
import Testing

@Suite("Texts, references, encodings and namespaces of XML")
struct XMLTextTests {
  @Test("The five entities and references by number are replaced, in texts and in values")
  func references() {
    let references = "&amp;&lt;&gt;&quot;&apos;&#65;&#x42;&#x1F600;&#233;&#x10FFFF;&#0000000000065;"
    let read = XMLEvents("<a x=\"\(references)\">\(references)</a>")
    let replaced = "&<>\"'AB\u{1F600}é\u{10FFFF}A"
    #expect(read.error == nil)
    #expect(read.text == "<a x=\"\(replaced)\"> '\(replaced)' </>")
  }

  @Test(
    "References to no character are refused where they stand",
    arguments: [
      "#0", "#x0", "#x1", "#8", "#x1F", "#xD800", "#xDFFF", "#xFFFE", "#xFFFF", "#x110000", "#x7FFFFFFF",
      "#4294967296",
      "#xFFFFFFFFF", "#", "#x", "#-1", "#+65", "#x+41", "#X41", "# 65", "#6 5", "#1_0", "#xG", "",
    ])
  func noCharacter(reference: String) throws {
    let inText = try #require(XMLEvents("<a>&\(reference);</a>").error)
    #expect(inText.code == (reference.isEmpty ? .entityRefused : .malformed))
    #expect((inText.line, inText.column, inText.path) == (1, 5, "/a"))
    let inValue = try #require(XMLEvents("<a x='&\(reference);'/>").error)
    #expect(inValue.code == (reference.isEmpty ? .entityRefused : .malformed))
    #expect((inValue.column, inValue.path) == (8, ""))
  }

  @Test("Other entities and document types are refused, whatever they declare")
  func entities() throws {
    for name in ["nbsp", "b", "AMP", "amp ", "é"] {
      #expect(XMLEvents("<a>&\(name);</a>").error?.code == .entityRefused, "\(name)")
      #expect(XMLEvents("<a x='&\(name);'/>").error?.code == .entityRefused, "\(name)")
    }
    for document in [
      "<!DOCTYPE a><a/>", "<?xml version='1.0'?>\n<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "<a/><!DOCTYPE a>",
      "<a><!DOCTYPE a></a>", "<!DOCTYPE",
    ] {
      let error = try #require(XMLEvents(document).error)
      #expect(error.code == .doctypeRefused, "\(document)")
      #expect(Array(document.utf8).dropFirst(error.byteOffset).starts(with: "<!DOCTYPE".utf8))
    }
    #expect(XMLEvents("<!DOCTYP").error?.code == .truncated)
    #expect(XMLEvents("<!doctype a><a/>").error?.code == .malformed)
  }

  @Test("CDATA is text as it stands; comments and instructions say nothing")
  func markup() {
    let read = XMLEvents(
      "<!-- one --><?p two?>\n<a>x<![CDATA[<b>&amp;]]]>y<!-- - three ? -->z<?p ?four> ??><![CDATA[]]></a><!----><?q?> "
    )
    #expect(read.error == nil)
    #expect(read.text == "<a> 'x<b>&amp;]yz' </>")
    #expect(XMLEvents("<a>]] > ]&gt; ]]&gt;</a>").text == "<a> ']] > ]> ]]>' </>")
  }

  @Test("White space in a value becomes spaces unless it is written as references")
  func valueSpace() {
    let read = XMLEvents("<a x='1\t2\n3\r\n4\r5&#9;6&#10;7&#13;8'/>")
    #expect(read.text == "<a x=\"1 2 3 4 5\t6\n7\r8\"> </>")
  }

  @Test("UTF-8 is read, with a byte order mark or without; whatever else a document declares is refused")
  func encodings() throws {
    let declared = [
      "<?xml version='1.0'?>", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
      "<?xml version='1.0' encoding='utf-8' standalone='yes' ?>", "<?xml version='1.0'\n standalone = 'no'?>",
      "<?xml version='1.0' encoding='US-ASCII'?>", "", "<?xmlish?>",
    ]
    for declaration in declared {
      for mark in ["", "\u{FEFF}"] {
        let read = XMLEvents(mark + declaration + "<a>é</a>")
        #expect(read.text == "<a> 'é' </>", "\(declaration)")
        #expect(read.error == nil, "\(declaration)")
      }
    }
    #expect(XMLEvents("\u{FEFF}<a/>").text == "<a> </>")
    for encoding in ["UTF-16", "ISO-8859-1", "windows-1252", "UTF8", ""] {
      let error = try #require(XMLEvents("<?xml version='1.0' encoding='\(encoding)'?><a/>").error)
      #expect((error.code, error.line, error.column) == (.encodingUnsupported, 1, 1), "\(encoding)")
    }
    for declaration in [
      "version='1.1'", "version=\"1.1\" encoding='UTF-8'", "version='2.0'", "version='1.1' encoding='UTF8'",
      "version='1.10'",
    ] {
      let error = try #require(XMLEvents("<?xml \(declaration)?><a/>").error)
      #expect((error.code, error.line, error.column) == (.versionUnsupported, 1, 1), "\(declaration)")
    }
    for declaration in [
      "<?xml ?>", "<?xml version='1'?>", "<?xml version='1.x'?>", "<?xml encoding='UTF-8'?>",
      "<?xml version=1.0?>",
      "<?xml version='1.0' version='1.0'?>", "<?xml version='1.0' standalone='yes' encoding='UTF-8'?>",
      "<?xml version='1.0' standalone='maybe'?>", "<?xml version='1.0'encoding='UTF-8'?>",
      "<?xml version='1.0' x='1'?>",
      "<?xml version='1.0' encoding?>", "<?xml version='1.0\"?>", "<?xml version='1.0' encoding='UTF-16' x?>",
    ] {
      #expect(XMLEvents(declaration + "<a/>").error?.code == .malformed, "\(declaration)")
    }
  }

  @Test("Bytes that are not UTF-8, and characters that XML forbids, are refused wherever they stand")
  func invalidBytes() throws {
    let invalid: [[UInt8]] = [
      [0x80], [0xC0, 0x80], [0xC3], [0xC3, 0x28], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF0, 0x9F, 0x98],
      [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFF], [0xEF, 0xBF, 0xBE], [0xEF, 0xBF, 0xBF],
    ]
    let places = [
      ("<a>", "</a>"), ("<a x='", "'/>"), ("<a><!--", "--></a>"), ("<a><![CDATA[", "]]></a>"),
      ("<a><?p ", "?></a>"),
      ("<a", "/>"), ("<a x", "=''/>"),
    ]
    for bytes in invalid {
      for (before, after) in places {
        let document = Array(before.utf8) + bytes + Array(after.utf8)
        let whole = XMLEvents(document)
        #expect(whole.error?.code == .encodingInvalid, "\(bytes) in \(before)")
        #expect(XMLEvents(document, cuts: Array(1..<document.count)).error?.code == whole.error?.code)
      }
      // Before the first tag nothing but white space may stand.
      #expect(XMLEvents(bytes + Array("<a></a>".utf8)).error != nil)
    }
    for encoded: [UInt8] in [
      [0xFE, 0xFF, 0, 0x3C, 0, 0x61], [0xFF, 0xFE, 0x3C, 0, 0x61, 0], [0, 0x3C, 0, 0x61, 0, 0x2F],
      [0x3C, 0, 0x61, 0, 0x2F, 0], [0, 0, 0xFE, 0xFF, 0, 0], [0xEF, 0xBB, 0x20, 0x3C, 0x61, 0x2F],
    ] {
      let code: XMLError.Code = encoded[0] == 0xEF ? .encodingInvalid : .encodingUnsupported
      #expect(XMLEvents(encoded).error?.code == code, "\(encoded)")
    }
    #expect(XMLEvents([0xEF, 0xBB]).error?.code == .malformed)
  }

  @Test("Names have the namespace that their prefix stands for at that place")
  func namespaces() {
    for (document, events) in [
      ("<a/>", "<a> </>"),
      ("<a xmlns='urn:one' x='1'/>", "<{urn:one}a x=\"1\"> </>"),
      ("<p:a xmlns:p='urn:one' p:x='1'/>", "<{urn:one}a {urn:one}x=\"1\"> </>"),
      (
        "<a xmlns='urn:one'><b xmlns=''/><b xmlns='urn:two'/><b/></a>",
        "<{urn:one}a> <b> </> <{urn:two}b> </> <{urn:one}b> </> </>"
      ),
      (
        "<p:a xmlns:p='urn:one'><p:b xmlns:p='urn:two'/><p:b/></p:a>",
        "<{urn:one}a> <{urn:two}b> </> <{urn:one}b> </> </>"
      ),
      (
        "<a xmlns='urn:x' xmlns:p='urn:y'><p:b/><q:b xmlns:q='urn:x'/></a>",
        "<{other 0}a> <{other 1}b> </> <{other 0}b> </> </>"
      ),
      ("<a xml:lang='en' xmlns:xml='http://www.w3.org/XML/1998/namespace'/>", "<a {xml}*=\"en\"> </>"),
      ("<a xmlns:p='urn:&#111;ne'><p:b/></a>", "<a> <{urn:one}b> </> </>"),
      ("<a xmlns:p='urn:one' x='1' p:x='2'/>", "<a x=\"1\" {urn:one}x=\"2\"> </>"),
      ("<xmlnsx xmlnsy='1'/>", "<* *=\"1\"> </>"),
    ] {
      let read = XMLEvents(document)
      #expect(read.text == events, "\(document)")
      #expect(read.error == nil, "\(document)")
    }
  }

  @Test(
    "Prefixes that stand for nothing, and declarations that namespaces forbid, are refused",
    arguments: [
      "<p:a/>", "<a p:x=''/>", "<a><b xmlns:p='urn:one'/><p:b/></a>", "<:a/>", "<a:/>",
      "<a:b:c xmlns:a='urn:one'/>",
      "<a:1 xmlns:a='urn:one'/>", "<a xmlns:='urn:one'/>", "<a xmlns:p=''/>", "<a xmlns:p:q='urn:one'/>",
      "<a xmlns:xmlns='urn:one'/>", "<a xmlns:xml='urn:one'/>",
      "<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>",
      "<a xmlns='http://www.w3.org/XML/1998/namespace'/>", "<a xmlns:p='http://www.w3.org/2000/xmlns/'/>",
      "<a xmlns:p='urn:one' xmlns:p='urn:two'/>", "<a xmlns='urn:one' xmlns='urn:two'/>",
      "<a xmlns:p='urn:one' xmlns:q='urn:one' p:x='' q:x=''/>",
    ])
  func badNamespaces(document: String) {
    #expect(XMLEvents(document).error?.code == .malformed)
  }

  @Test("A vocabulary knows each of its names, and no other of the same beginning, end or length")
  func vocabulary() throws {
    let names = (0..<300).map { "name\($0)" } + ["", "n", "é", "extension", "extensioN"].filter { !$0.isEmpty }
    let vocabulary = XMLVocabulary(namespaces: [], names: names)
    func number(_ name: String) throws -> Int? {
      var reader = XMLReader(vocabulary, limits: XMLLimits())
      try reader.feed(Array("<\(name)/>".utf8))
      reader.complete()
      #expect(try reader.next() == .start)
      return reader.content.element.local
    }
    for (place, name) in names.enumerated() { #expect(try number(name) == place) }
    for name in ["name300", "Name1", "name01", "nam", "name", "ñ", "m", "extensions", "Extension"] {
      #expect(try number(name) == nil, "\(name)")
    }
  }

  @Test("Collected text is given as it stands or with its white space collapsed, up to a limit")
  func collectors() throws {
    func collector(_ document: String, limit: Int = .max) throws -> XMLTextCollector {
      var reader = XMLReader(XMLEvents.vocabulary, limits: XMLLimits())
      var collector = XMLTextCollector(limit: limit)
      try reader.feed(Array(document.utf8))
      while let token = try reader.next() { if token == .text { reader.content.append(to: &collector) } }
      return collector
    }
    let document = "<a> one\n&#9;<b/> two&amp;<![CDATA[ three]]>\t</a>"
    #expect(try collector(document).text == " one\n\t two& three\t")
    #expect(try collector(document).collapsed == "one two& three")
    #expect(try collector("<a>one</a>").collapsed == "one")
    #expect(XMLTextCollector.collapsed(" \t a \r\n b ") == "a b")
    var exact = try collector("<a>12&#51;</a>", limit: 3)
    #expect((exact.text, exact.isTooLong) == ("123", false))
    var over = try collector("<a>12&#51;4</a>", limit: 3)
    #expect((over.text, over.collapsed, over.isTooLong) == (nil, nil, true))
    over.append("5".utf8)
    #expect(over.isTooLong)
    over.reset()
    exact.reset()
    #expect((over.text, over.collapsed, exact.text) == ("", "", ""))
  }

  @Test("A text is white space when every piece of it is")
  func space() throws {
    for (text, isSpace) in [
      (" \t\r\n", true), ("&#32;", true), ("&#9;", true), ("&#160;", false), ("\u{A0}", false), (" x", false),
      ("&lt;", false), ("<![CDATA[ ]]>", true),
    ] {
      var reader = XMLReader(XMLEvents.vocabulary, limits: XMLLimits())
      try reader.feed(Array("<a>\(text)</a>".utf8))
      #expect(try reader.next() == .start)
      #expect(try reader.next() == .text)
      #expect(reader.content.textIsSpace == isSpace, "\(text)")
    }
  }
}
