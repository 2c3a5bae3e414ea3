import CPISXML
import Testing

@Suite("Cut, damaged and hostile XML")
struct XMLDamageTests {
  /// A sample with every kind of markup.
  static let sample = Array(
    """
    \u{FEFF}<?xml version="1.0" encoding="UTF-8"?>
    <!-- a sample - of everything -->
    <a xmlns="urn:one" xmlns:p="urn:two" x="1>2" p:y='&lt;é&#x1F600;'>
      <p:item number='"'/>t&amp;]]x ]<![CDATA[<&]]]]><?pi a ? b?>é😀&#10;
      <item xml:lang=""><b></b ></item
      >
    </a>
    <?end?>

    """.utf8)

  @Test("However a document is cut in two, the same is read")
  func cutInTwo() {
    let whole = XMLEvents(Self.sample)
    #expect(whole.error == nil)
    #expect(whole.events.count == 11)
    for cut in Self.sample.indices { #expect(XMLEvents(Self.sample, cuts: [cut]) == whole, "cut at \(cut)") }
    #expect(XMLEvents(Self.sample, cuts: Array(1..<Self.sample.count)) == whole)
    #expect(XMLEvents(Self.sample, cuts: [5, 5, 5, 9]) == whole)
  }

  @Test("However a broken document is cut, it is refused for the same cause, after the same was read")
  func cutBroken() {
    for place in Self.sample.indices {
      for byte: UInt8 in [0, 0x22, 0x26, 0x2D, 0x2F, 0x3C, 0x3E, 0x3F, 0x5D, 0xC3] {
        var document = Self.sample
        document[place] = byte
        let whole = XMLEvents(document)
        let pieces = XMLEvents(document, cuts: Array(1..<document.count))
        #expect(pieces.error?.code == whole.error?.code, "byte \(place) made \(byte)")
        #expect(pieces.events == whole.events, "byte \(place) made \(byte)")
        #expect(pieces.paths == whole.paths, "byte \(place) made \(byte)")
      }
    }
  }

  @Test(
    "Random damage is read or refused, alike however it is cut, and never brings down the reader", arguments: 0..<8)
  func mutations(seed: UInt64) {
    var random = SplitMix(state: seed)
    let words = [
      "<", ">", "/>", "<!--", "-->", "<![CDATA[", "]]>", "<?", "?>", "&#", ";", "\"", "'", "=", "xmlns:", "é",
    ]
    var refused = 0
    for round in 0..<1500 {
      var document = Self.sample
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<document.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: document[place] = UInt8.random(in: 0...255, using: &random)
        case 1: document.remove(at: place)
        case 2: document.insert(contentsOf: Array(words.randomElement(using: &random)?.utf8 ?? "<".utf8), at: place)
        case 3: document.removeSubrange(place..<min(document.count, place + 30))
        default:
          let end = min(document.count, place + Int.random(in: 1...30, using: &random))
          document.insert(contentsOf: document[place..<end], at: Int.random(in: 0...place, using: &random))
        }
      }
      let whole = XMLEvents(document)
      let cut = Int.random(in: 0...document.count, using: &random)
      let pieces = XMLEvents(document, cuts: [cut])
      #expect(pieces.events == whole.events, "seed \(seed), round \(round)")
      #expect(pieces.error?.code == whole.error?.code, "seed \(seed), round \(round)")
      if whole.error != nil { refused += 1 }
      // What is read in peace closes what it opens.
      if whole.error == nil {
        #expect(whole.events.count { $0.hasPrefix("<") && $0 != "</>" } == whole.events.count { $0 == "</>" })
      }
    }
    #expect(refused > 500 && refused < 1500, "\(refused) of 1500 were refused")
  }

  @Test("Depth, attributes, namespaces and bytes are capped, each exactly at its limit")
  func limits() throws {
    func code(_ document: String, _ change: (inout XMLLimits) -> Void) -> XMLError.Code? {
      var limits = XMLLimits()
      change(&limits)
      return XMLEvents(document, limits: limits).error?.code
    }
    let nested = String(repeating: "<a>", count: 5) + String(repeating: "</a>", count: 5)
    #expect(code(nested) { $0.depth = 5 } == nil)
    #expect(code(nested) { $0.depth = 4 } == .tooDeep)
    #expect(code("<a><b/><b/><b/></a>") { $0.depth = 2 } == nil)
    #expect(code(String(repeating: "<a>", count: 100_000)) { _ in } == .tooDeep)
    let attributes = "<a b='1' c='2' x='3' xmlns:p='urn:one'/>"
    #expect(code(attributes) { $0.attributes = 3 } == nil)
    #expect(code(attributes) { $0.attributes = 2 } == .tooLarge)
    let declared = "<a xmlns:p='urn:1' xmlns:q='urn:2'/>"
    #expect(code(declared) { $0.namespaces = 2 } == nil)
    #expect(code(declared) { $0.namespaces = 1 } == .tooLarge)
    // Also when they are declared one after the other, each out of force when the next comes.
    let others = "<a>" + (0..<3).map { "<b xmlns='urn:\($0)'/>" }.joined() + "</a>"
    #expect(code(others) { $0.namespaces = 3 } == nil)
    #expect(code(others) { $0.namespaces = 2 } == .tooLarge)
    #expect(code(others.replacing(/urn:\d/, with: "urn:one")) { $0.namespaces = 1 } == nil)
    #expect(code("<a>12345</a>") { $0.documentBytes = 12 } == nil)
    #expect(code("<a>12345</a>") { $0.documentBytes = 11 } == .tooLarge)
    let whole = "<a>\(String(repeating: "x", count: 200))</a>"
    var limits = XMLLimits()
    limits.documentBytes = 206
    let pieces = XMLEvents(Array(whole.utf8), cuts: Array(1..<whole.utf8.count), limits: limits)
    #expect((pieces.error?.code, pieces.error?.byteOffset, pieces.error?.path) == (.tooLarge, 206, "/a"))
    #expect(XMLEvents(whole, limits: limits).error == pieces.error)
    // What is fed after that is refused at once.
    var reader = XMLReader(XMLEvents.vocabulary, limits: limits)
    try reader.feed(Array(whole.utf8))
    let refusal = #expect(throws: XMLError.self) { try reader.feed([]) }
    #expect(refusal?.code == .tooLarge)
  }

  @Test("A value over its limit costs no document: whoever asks is told")
  func valueBytes() throws {
    var limits = XMLLimits()
    limits.valueBytes = 4
    let read = XMLEvents("<a x='12345' y='1234' b='&#65;' c=''/>", limits: limits)
    #expect(read.error == nil)
    #expect(read.text == "<a x=too long y=\"1234\" b=too long c=\"\"> </>")
    #expect(XMLAttributeText.tooLong.value == nil && XMLAttributeText.absent.value == nil)
    #expect(XMLAttributeText.text("1").value == "1")
  }
}

/// Random numbers from a seed.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
