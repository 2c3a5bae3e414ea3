import CPISDigests
import CPISTestSupport
import NHSNumbers
import Testing

@Suite("The checksum of snapshots")
struct SnapshotChecksumTests {
  private func checksum(_ words: [UInt64]) -> UInt64 {
    var checksum = SnapshotChecksum()
    unsafe words.withUnsafeBytes { unsafe checksum.add($0) }
    return checksum.value
  }

  /// Twelve words, so that each lane has three: pairs within a lane, next to each other and not, and across lanes. A
  /// product keeps a difference in its highest bit alone, and a step must not turn another bit into that one.
  @Test("Any two flipped bits change it, whatever lie between them", arguments: [0, 1, .max] as [UInt64])
  func pairsOfBits(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    // What a file is full of, zeros and ones, and what it is not.
    var words = (0..<12).map { _ in seed == 1 ? random.next() : seed }
    let whole = checksum(words)
    var unnoticed: [(Int, Int)] = []
    for first in 0..<768 {
      words[first / 64] ^= 1 << UInt64(first % 64)
      for second in 0..<first {
        words[second / 64] ^= 1 << UInt64(second % 64)
        if checksum(words) == whole { unnoticed.append((first, second)) }
        words[second / 64] ^= 1 << UInt64(second % 64)
      }
      words[first / 64] ^= 1 << UInt64(first % 64)
    }
    #expect(unnoticed.isEmpty)
  }

  @Test("A snapshot with bit 32 of one word and bit 63 of another flipped is refused")
  func highBits() {
    var damaged = SnapshotBytes(NHSNumberIndex(Numbers.random(40, seed: 84)))
    for word in [8, 9, 100, 5000, damaged.bytes.count / 8 - 20] {
      for distance in [1, 4, 8, 12] {
        damaged.bytes[word * 8 + 4] ^= 1
        damaged.bytes[(word + distance) * 8 + 7] ^= 0x80
        #expect(damaged.refusal() == .checksumMismatch, "words \(word) and \(word + distance)")
        damaged.bytes[word * 8 + 4] ^= 1
        damaged.bytes[(word + distance) * 8 + 7] ^= 0x80
      }
    }
    #expect(damaged.refusal() == nil)
  }
}
