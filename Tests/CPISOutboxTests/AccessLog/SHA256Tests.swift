import CPISOutbox
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
    let ours = SHA256Digest.ownDigest(message).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(ours == digest)
    #expect(SHA256Digest.digest(message) == SHA256Digest.ownDigest(message))
  }
}
