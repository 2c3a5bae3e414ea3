import CPISDigests
import Testing

@Suite("HMAC-SHA256")
struct HMACSHA256Tests {
  struct Vector: Sendable {
    var name: String
    var key: [UInt8]
    var message: [UInt8]
    var code: String
  }

  /// The test cases of RFC 4231, section 4.
  static let vectors = [
    Vector(
      name: "1", key: [UInt8](repeating: 0x0B, count: 20), message: Array("Hi There".utf8),
      code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    Vector(
      name: "2, a key shorter than a digest", key: Array("Jefe".utf8),
      message: Array("what do ya want for nothing?".utf8),
      code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    Vector(
      name: "3, longer than 64 bytes together", key: [UInt8](repeating: 0xAA, count: 20),
      message: [UInt8](repeating: 0xDD, count: 50),
      code: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
    Vector(
      name: "4, longer than 64 bytes together", key: Array(1...25), message: [UInt8](repeating: 0xCD, count: 50),
      code: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
    Vector(
      name: "5, of which the RFC gives the first 128 bits", key: [UInt8](repeating: 0x0C, count: 20),
      message: Array("Test With Truncation".utf8), code: "a3b6167473100ee06e0c796c2955552b"),
    Vector(
      name: "6, a key longer than a block", key: [UInt8](repeating: 0xAA, count: 131),
      message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      code: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
    Vector(
      name: "7, key and message longer than a block", key: [UInt8](repeating: 0xAA, count: 131),
      message: Array(
        ("This is a test using a larger than block-size key and a larger than block-size data. "
          + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
      code: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
  ]

  @Test("The vectors of RFC 4231 hold, whole and in pieces", arguments: vectors)
  func published(vector: Vector) {
    let hmac = HMACSHA256(key: vector.key)
    let whole = hmac.code(for: vector.message.span)
    #expect(whole.bytes.hexadecimal.hasPrefix(vector.code), "case \(vector.name)")
    for cut in 0...vector.message.count {
      var message = hmac.message()
      for piece in [vector.message[..<cut], vector.message[cut...]] { message.add(piece.span) }
      #expect(message.code == whole)
    }
  }

  @Test("Keys of every length up to three blocks give the code that the definition gives")
  func definition() {
    let message = Array("a message".utf8)
    for length in 0...192 {
      let key = (0..<length).map { UInt8($0 & 255) }
      // RFC 2104, section 2, word by word.
      var padded = length > 64 ? SHA256Digest(of: key).bytes : key
      padded += [UInt8](repeating: 0, count: 64 - padded.count)
      let inner = SHA256Digest(of: padded.map { $0 ^ 0x36 } + message)
      let expected = SHA256Digest(of: padded.map { $0 ^ 0x5C } + inner.bytes)
      #expect(HMACSHA256(key: key).code(for: message.span) == expected, "a key of \(length) bytes")
    }
  }

  @Test("One key serves many messages")
  func reuse() {
    let hmac = HMACSHA256(key: Array("Jefe".utf8))
    let (one, two) = (Array("one".utf8), Array("two".utf8))
    let first = hmac.code(for: one.span)
    #expect(hmac.code(for: two.span) != first)
    #expect(hmac.code(for: one.span) == first)
  }
}
