import CPISJSON
import Foundation
import Testing

@Suite("Writing JSON")
struct JSONWritingTests {
  private struct Refusal: Error {}

  @Test("Members and elements are written in the order of the calls, without white space")
  func layout() throws {
    let kept = try JSONDocument(Array(#"{ "k" : [ 1.10 , "\u0041" , { } ] , "z" : null }"#.utf8)).root
    let bytes = JSONWriter.object { object in
      object.add("z", 1)
      object.add("a", "text")
      object.add("t", true)
      object.addNull("n")
      if let number = JSONNumber("1.50") { object.add("d", number) }
      object.array("list") { list in
        list.add("x")
        list.add(UInt64.max)
        list.add(Int64.min)
        list.add(false)
        list.addNull()
        list.object { _ in }
        list.array { inner in inner.add(kept) }
        if let number = JSONNumber("-0") { list.add(number) }
      }
      object.object("o") { inner in
        inner.add("kept", kept)
        inner.object("empty") { _ in }
        inner.array("none") { _ in }
      }
      if let members = try? kept.object().members { for member in members { object.add(member) } }
    }
    let k = #"{"k":[1.10,"A",{}],"z":null}"#
    let list = #"["x",18446744073709551615,-9223372036854775808,false,null,{},[\#(k)],-0]"#
    let start = #"{"z":1,"a":"text","t":true,"n":null,"d":1.50,"list":\#(list),"#
    let end = #""o":{"kept":\#(k),"empty":{},"none":[]},"k":[1.10,"A",{}],"z":null}"#
    #expect(String(decoding: bytes, as: UTF8.self) == start + end)
    #expect(JSONWriter.array { list in list.add("x") } == Array("[\"x\"]".utf8))
  }

  @Test("An error of the caller's comes out of any depth")
  func errors() {
    #expect(throws: Refusal.self) {
      _ = try JSONWriter.object { object throws(Refusal) in
        try object.array("a") { array throws(Refusal) in
          try array.object { object throws(Refusal) in throw Refusal() }
        }
      }
    }
  }

  @Test("What must be escaped is, and nothing else")
  func escapes() throws {
    let written: [(String, String)] = [
      ("\"", #"\""#), ("\\", #"\\"#), ("\n", #"\n"#), ("\r", #"\r"#), ("\t", #"\t"#), ("\0", #"\u0000"#),
      ("\u{8}", #"\u0008"#),
      ("\u{F}", #"\u000f"#), ("\u{10}", #"\u0010"#), ("\u{1F}", #"\u001f"#), ("\u{2028}", #"\u2028"#),
      ("\u{2029}", #"\u2029"#),
      ("/", "/"), ("'", "'"), ("\u{7F}", "\u{7F}"), ("\u{E9}", "\u{E9}"), ("\u{2027}", "\u{2027}"),
      ("\u{202A}", "\u{202A}"),
      ("\u{1F600}", "\u{1F600}"), ("\r\n", #"\r\n"#), ("a\"b\u{2028}c", #"a\"b\u2028c"#), ("", ""),
    ]
    for (text, expected) in written {
      let bytes = JSONWriter.array { $0.add(text) }
      #expect(String(decoding: bytes, as: UTF8.self) == "[\"\(expected)\"]")
    }
    // Every character of the first plane, and some of each other, comes back.
    for start in stride(from: 0, to: 0x110000 as UInt32, by: 0x800) {
      let step = start < 0x10000 ? 1 : 97
      let text = String(
        String.UnicodeScalarView(
          stride(from: Int(start), to: Int(start) + 0x800, by: step).compactMap { Unicode.Scalar(UInt32($0)) }))
      var object = try JSONDocument(JSONWriter.object { $0.add(text, text) }).root.object()
      #expect(try object.string(text).unicodeScalars.elementsEqual(text.unicodeScalars))
    }
  }

  @Test("What is written comes back as it was, and is written the same again", arguments: 0..<200 as Range<UInt64>)
  func roundTrips(seed: UInt64) throws {
    var random = Model.Random(state: seed)
    let model = Model.object(random.members(depth: 5))
    let bytes = model.written
    let document = try JSONDocument(bytes)
    #expect(try Model(document.root) == model)
    #expect(JSONWriter.bytes(document.root) == bytes)
    // The same value with white space wherever it may stand.
    #expect(JSONWriter.bytes(try JSONDocument(random.spaced(bytes)).root) == bytes)
  }

  @Test("Foundation reads what is written as the same values", arguments: 0..<200 as Range<UInt64>)
  func foundationReads(seed: UInt64) throws {
    var random = Model.Random(state: seed)
    let model = Model.object(random.members(depth: 4))
    let theirs = try JSONSerialization.jsonObject(with: Data(model.written))
    #expect(model.agrees(with: theirs))
  }
}
