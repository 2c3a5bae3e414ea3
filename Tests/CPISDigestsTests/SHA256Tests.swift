import CPISDigests
import Testing

@Suite("SHA-256")
struct SHA256Tests {
  /// FIPS 180-4's examples, and the NIST CAVP vectors of short messages.
  static let vectors: [(message: [UInt8], digest: String)] = [
    ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (Array("abc".utf8), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      Array(
        ("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
          + "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu").utf8),
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
    ([0xD3], "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1"),
    ([UInt8](repeating: 0x61, count: 100_000), "6d1cf22d7cc09b085dfc25ee1a1f3ae0265804c607bc2074ad253bcc82fd81ee"),
  ]

  @Test("The published vectors hold", arguments: vectors)
  func published(message: [UInt8], digest: String) {
    var own = OwnSHA256()
    own.add(message.span)
    #expect(own.digest.bytes.hexadecimal == digest)
    #expect(SHA256Digest(of: message) == own.digest)
  }

  @Test("Messages of every length up to three blocks, cut anywhere, have the digest of the whole")
  func pieces() {
    let bytes = (0..<192).map { UInt8($0 * 7 & 255) }
    for length in 0...192 {
      let whole = SHA256Digest(of: Array(bytes.prefix(length)))
      for cut in 0...length {
        var (hasher, own) = (SHA256Hasher(), OwnSHA256())
        for piece in [bytes[..<cut], bytes[cut..<length]] {
          hasher.add(piece.span)
          own.add(piece.span)
        }
        #expect(hasher.digest == whole && own.digest == whole, "length \(length), cut at \(cut)")
      }
    }
  }

  @Test("A digest may be asked for in the middle, and a copy goes on by itself")
  func copies() {
    let (start, c, x) = (Array("ab".utf8), Array("c".utf8), Array("x".utf8))
    var first = SHA256Hasher()
    first.add(start.span)
    var second = first
    #expect(first.digest == SHA256Digest(of: start))
    second.add(x.span)
    first.add(c.span)
    #expect(first.digest.bytes.hexadecimal == Self.vectors[1].digest)
    #expect(second.digest == SHA256Digest(of: start + x))
  }

  @Test("Digests that differ in one bit, wherever it is, are not equal")
  func equality() {
    let digest = SHA256Digest(of: [])
    for bit in 0..<256 {
      var words = digest.words
      words[bit / 32] ^= 1 << UInt32(bit % 32)
      #expect(SHA256Digest(words: words) != digest)
    }
    #expect(SHA256Digest(words: digest.words) == digest)
  }
}
