#if canImport(CryptoKit)
  internal import CryptoKit
#endif

/// A SHA-256 digest (FIPS 180-4): 32 bytes.
///
/// It is the tamper evidence of the audit log's chain, and the base of ``HMACSHA256``. Neither checksum beside it can
/// take its place: whoever can change bytes can also make those agree with them. It cannot take theirs either. A frame
/// whose digest differs cannot be repaired, and the digest takes many times as long as opening a snapshot may.
package struct SHA256Digest: Hashable, Sendable {
  /// The digest's eight words; the first byte is the highest byte of the first word.
  package let words: SIMD8<UInt32>

  package init(words: SIMD8<UInt32>) { self.words = words }

  /// The digest of a whole message.
  package init(of message: [UInt8]) {
    var hasher = SHA256Hasher()
    hasher.add(message.span)
    self = hasher.digest
  }

  /// The digest's 32 bytes.
  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32)
    for index in words.indices {
      let word = words[index]
      for shift in [24, 16, 8, 0] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: word &>> shift)) }
    }
    return bytes
  }

  /// Whether two digests are equal, in a time that does not tell where they differ, so that a code can be checked too.
  package static func == (a: SHA256Digest, b: SHA256Digest) -> Bool {
    let differences = a.words ^ b.words
    return differences.indices.reduce(0) { $0 | differences[$1] } == 0
  }
}

/// SHA-256 that takes in a message piece by piece: CryptoKit's where it exists, else our own.
///
/// A copy goes on from where the original stood, so that what many messages begin with is taken in once.
package struct SHA256Hasher: Sendable {
  #if canImport(CryptoKit)
    private var hasher = SHA256()
  #else
    private var hasher = OwnSHA256()
  #endif

  package init() {}

  /// Takes in the next bytes of the message.
  package mutating func add(_ bytes: Span<UInt8>) {
    #if canImport(CryptoKit)
      // `unsafe`: CryptoKit takes either a pointer or a collection, into which the bytes would have to be copied.
      unsafe bytes.withUnsafeBytes { unsafe hasher.update(bufferPointer: $0) }
    #else
      hasher.add(bytes)
    #endif
  }

  /// Takes in a digest as the next bytes of a message of whole words.
  mutating func add(_ digest: SHA256Digest) {
    #if canImport(CryptoKit)
      add(digest.bytes.span)
    #else
      hasher.add(digest)
    #endif
  }

  /// The digest of what was taken in so far.
  package var digest: SHA256Digest {
    #if canImport(CryptoKit)
      var words = SIMD8<UInt32>()
      for (place, byte) in hasher.finalize().enumerated() {
        words[place / 4] = words[place / 4] &<< 8 | UInt32(byte)
      }
      return SHA256Digest(words: words)
    #else
      hasher.digest
    #endif
  }
}

/// SHA-256 in our own code, tested with the published vectors. It allocates nothing.
package struct OwnSHA256: Sendable {
  private var state = SIMD8<UInt32>(
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19)
  /// The words of the block that is not full yet.
  private var block = SIMD16<UInt32>()
  private var byteCount: UInt64 = 0

  package init() {}

  /// Takes in the next bytes of the message.
  package mutating func add(_ bytes: Span<UInt8>) {
    var place = 0
    while place < bytes.count {
      if byteCount & 63 == 0, bytes.count - place >= 64 {
        var block = SIMD16<UInt32>()
        for index in 0..<16 { block[index] = Self.word(bytes, at: place + index * 4) }
        compress(block)
        byteCount &+= 64
        place += 64
      } else if byteCount & 3 == 0, bytes.count - place >= 4 {
        add(word: Self.word(bytes, at: place))
        place += 4
      } else {
        add(byte: bytes[place])
        place += 1
      }
    }
  }

  /// Takes in a digest as the next 32 bytes of the message, which has whole words so far.
  mutating func add(_ digest: SHA256Digest) {
    for index in digest.words.indices { add(word: digest.words[index]) }
  }

  private mutating func add(word: UInt32) {
    block[Int(byteCount &>> 2 & 15)] = word
    byteCount &+= 4
    if byteCount & 63 == 0 { compress(block) }
  }

  private mutating func add(byte: UInt8) {
    let index = Int(byteCount &>> 2 & 15)
    block[index] = block[index] &<< 8 | UInt32(byte)
    byteCount &+= 1
    if byteCount & 63 == 0 { compress(block) }
  }

  /// The digest of what was taken in so far.
  package var digest: SHA256Digest {
    var last = self
    let bitCount = byteCount &<< 3
    last.add(byte: 0x80)
    while last.byteCount & 3 != 0 { last.add(byte: 0) }
    while last.byteCount & 63 != 56 { last.add(word: 0) }
    last.add(word: UInt32(truncatingIfNeeded: bitCount &>> 32))
    last.add(word: UInt32(truncatingIfNeeded: bitCount))
    return SHA256Digest(words: last.state)
  }

  private static func word(_ bytes: Span<UInt8>, at place: Int) -> UInt32 {
    let high = UInt32(bytes[place]) &<< 24 | UInt32(bytes[place + 1]) &<< 16
    return high | UInt32(bytes[place + 2]) &<< 8 | UInt32(bytes[place + 3])
  }
}

/// The compression of a block. It is written out, because only then do its words stay in registers and on the stack: an
/// array would be allocated for each block, and a vector whose places are computed is stored whole for each of them.
extension OwnSHA256 {
  /// The last 16 words of the schedule.
  private typealias Words = (
    UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32,
    UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32
  )

  /// The working variables, named as in the standard.
  private struct Variables {
    var a, b, c, d, e, f, g, h: UInt32

    init(_ state: SIMD8<UInt32>) {
      (a, b, c, d) = (state[0], state[1], state[2], state[3])
      (e, f, g, h) = (state[4], state[5], state[6], state[7])
    }

    @inline(__always)
    mutating func round(_ word: UInt32, _ constant: UInt32) {
      let large1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)
      let first = h &+ large1 &+ ((e & f) ^ (~e & g)) &+ constant &+ word
      let large0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)
      let second = large0 &+ ((a & b) ^ (a & c) ^ (b & c))
      (h, g, f, e) = (g, f, e, d &+ first)
      (d, c, b, a) = (c, b, a, first &+ second)
    }
  }

  /// The word of the schedule that comes 16 after a word, from those 1, 9 and 14 after it.
  @inline(__always)
  private static func scheduled(_ word: UInt32, _ w1: UInt32, _ w9: UInt32, _ w14: UInt32) -> UInt32 {
    let small0 = turned(w1, 7) ^ turned(w1, 18) ^ w1 &>> 3
    let small1 = turned(w14, 17) ^ turned(w14, 19) ^ w14 &>> 10
    return word &+ small0 &+ w9 &+ small1
  }

  private mutating func compress(_ b: SIMD16<UInt32>) {
    let constants = Self.constants.span
    var v = Variables(state)
    var w: Words = (
      b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]
    )
    var start = 0
    while true {
      v.round(w.0, constants[start + 0])
      v.round(w.1, constants[start + 1])
      v.round(w.2, constants[start + 2])
      v.round(w.3, constants[start + 3])
      v.round(w.4, constants[start + 4])
      v.round(w.5, constants[start + 5])
      v.round(w.6, constants[start + 6])
      v.round(w.7, constants[start + 7])
      v.round(w.8, constants[start + 8])
      v.round(w.9, constants[start + 9])
      v.round(w.10, constants[start + 10])
      v.round(w.11, constants[start + 11])
      v.round(w.12, constants[start + 12])
      v.round(w.13, constants[start + 13])
      v.round(w.14, constants[start + 14])
      v.round(w.15, constants[start + 15])
      start += 16
      if start == 64 { break }
      w.0 = Self.scheduled(w.0, w.1, w.9, w.14)
      w.1 = Self.scheduled(w.1, w.2, w.10, w.15)
      w.2 = Self.scheduled(w.2, w.3, w.11, w.0)
      w.3 = Self.scheduled(w.3, w.4, w.12, w.1)
      w.4 = Self.scheduled(w.4, w.5, w.13, w.2)
      w.5 = Self.scheduled(w.5, w.6, w.14, w.3)
      w.6 = Self.scheduled(w.6, w.7, w.15, w.4)
      w.7 = Self.scheduled(w.7, w.8, w.0, w.5)
      w.8 = Self.scheduled(w.8, w.9, w.1, w.6)
      w.9 = Self.scheduled(w.9, w.10, w.2, w.7)
      w.10 = Self.scheduled(w.10, w.11, w.3, w.8)
      w.11 = Self.scheduled(w.11, w.12, w.4, w.9)
      w.12 = Self.scheduled(w.12, w.13, w.5, w.10)
      w.13 = Self.scheduled(w.13, w.14, w.6, w.11)
      w.14 = Self.scheduled(w.14, w.15, w.7, w.12)
      w.15 = Self.scheduled(w.15, w.0, w.8, w.13)
    }
    state &+= SIMD8(v.a, v.b, v.c, v.d, v.e, v.f, v.g, v.h)
  }

  private static let constants: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
  ]
}

@inline(__always)
private func turned(_ word: UInt32, _ by: UInt32) -> UInt32 { word &>> by | word &<< (32 &- by) }
