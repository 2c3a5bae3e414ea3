import CPISJSON
import Testing

@Suite("Damaged, oversized and hostile JSON")
struct JSONDamageTests {
  /// A sample with every kind of value, token and escape.
  static let sample = Array(
    #" {"id":"a\u0041\n\uD83D\uDE00é€","n":[0,-1.5e+3,12],"ok":true,"no":false,"nothing":null,"in":{"x":[],"y":{}}} "#
      .utf8)

  @Test("Every truncation of a sample is told as one")
  func truncations() {
    let end = Self.sample.count - 1
    for length in 0..<end { #expect(code(Array(Self.sample.prefix(length))) == .truncated, "\(length) bytes") }
    #expect(code(Array(Self.sample.prefix(end))) == nil)
  }

  @Test("A sample with a byte changed to any other is refused or read; what is read can be written and read again")
  func changedBytes() throws {
    for place in Self.sample.indices {
      var changed = Self.sample
      for byte in UInt8.min...UInt8.max {
        changed[place] = byte
        guard let document = try? JSONDocument(changed) else { continue }
        let written = JSONWriter.bytes(document.root)
        #expect(JSONWriter.bytes(try JSONDocument(written).root) == written)
      }
    }
  }

  @Test("A sample with a byte removed or doubled is refused or read, and never brings down the reader")
  func movedBytes() throws {
    for place in Self.sample.indices {
      var (removed, doubled) = (Self.sample, Self.sample)
      removed.remove(at: place)
      doubled.insert(doubled[place], at: place)
      for changed in [removed, doubled] { _ = try? JSONDocument(changed) }
    }
  }

  @Test("64 containers inside each other are read, 65 are not", arguments: ["[", "{\"a\":", "[{\"a\":"])
  func depth(opening: String) throws {
    func nested(_ depth: Int) -> [UInt8] {
      var (text, closing) = ("", "")
      while closing.utf8.count < depth {
        text += opening
        for character in opening where character == "[" || character == "{" {
          closing += character == "[" ? "]" : "}"
        }
      }
      return Array((text + "1" + String(closing.reversed())).utf8)
    }
    #expect(code(nested(64)) == nil)
    #expect(code(nested(opening.hasPrefix("[{") ? 66 : 65)) == .tooDeep)
    var limits = JSONLimits()
    limits.depth = 4
    #expect(code(nested(4), limits) == nil && code(nested(6), limits) == .tooDeep)
    // A limit above what the nodes can hold does not lift it.
    limits.depth = .max
    #expect(code(nested(66), limits) == .tooDeep)
  }

  @Test("A million opening brackets are refused at the 65th", arguments: ["[", "{\"a\":", "[{\"a\":"])
  func depthBomb(opening: String) {
    #expect(code(Array(String(repeating: opening, count: 1_000_000).utf8)) == .tooDeep)
  }

  @Test("A text as long as the limit is read, one byte more is not")
  func size() {
    var limits = JSONLimits()
    limits.bytes = 10
    #expect(code(Array("[12345678]".utf8), limits) == nil)
    #expect(code(Array("[123456789]".utf8), limits) == .tooLarge)
    #expect(code([UInt8](repeating: 0x20, count: (16 << 20) + 1)) == .tooLarge)
  }

  @Test("Keys, numbers and strings of a million bytes are read whole")
  func hugeTokens() throws {
    let long = String(repeating: "7", count: 1_000_000)
    let document = try JSONDocument(Array("{\"\(long)\":\(long),\"s\":\"\(long)\"}".utf8))
    var object = try document.root.object()
    #expect(try object.number(long).text == long)
    #expect(try object.string("s") == long)
    #expect(throws: JSONError.self) { try object.int(long) }
    #expect(code(Array("{\"\(long)\":1,\"\(long)\":1}".utf8)) == .duplicateKey)
  }

  @Test("A doubled key is found among any number of keys, at any place, and no key is taken for another")
  func doubledKeys() {
    for count in [2, 3, 15, 16, 17, 18, 40, 1000] {
      // Keys of equal length, alike at both ends, and keys that all differ in length.
      for key in [{ "a\(10_000 + $0)z" }, { String(repeating: "k", count: $0 + 1) }] as [(Int) -> String] {
        let keys = (0..<count).map(key)
        #expect(code(Self.object(keys)) == nil, "\(count) keys")
        for (first, second) in [(0, count - 1), (count / 2, count - 1), (0, 1), (count - 2, count - 1)]
        where first < second {
          var doubled = keys
          doubled[second] = doubled[first]
          #expect(code(Self.object(doubled)) == .duplicateKey, "\(count) keys, \(first) again at \(second)")
          doubled[second] = "\\u00" + String(doubled[first].utf8.first ?? 0, radix: 16) + doubled[first].dropFirst()
          #expect(code(Self.object(doubled)) == .duplicateKey, "\(count) keys, \(first) again with an escape")
        }
      }
    }
  }

  private static func object(_ keys: [String]) -> [UInt8] {
    // Values that hold keys themselves must not be mistaken for keys of the object.
    Array("{\(keys.map { "\"\($0)\":{\"a\":[{\"b\":1}]}" }.joined(separator: ","))}".utf8)
  }
}
