import NHSNumbers
import Testing

@Suite("Snapshots as bytes")
struct SnapshotBytesTests {
  private let keys = Numbers.random(40, seed: 81)
  private let queries = Numbers.random(200, seed: 82)

  @Test("What was written opens again and answers the same", arguments: [0, 1, 2, 40, 3000, 70_000])
  func roundTrip(count: Int) throws {
    let keys = Numbers.random(count, seed: 83)
    let index = NHSNumberIndex(keys)
    let written = SnapshotBytes(index)
    #expect(written.bytes.count == index.byteCount)
    for verification in [SnapshotVerification.structure, .everyNumber] {
      let opened = try written.open(verification)
      Agreement.check(opened, holds: keys, queries: keys + queries)
      #expect(Array(opened) == Array(index))
    }
  }

  /// All bits of the header and of the beginning, and some others; `.ci/fuzz` flips every bit.
  @Test("A snapshot with one bit flipped is refused")
  func bitFlips() {
    var damaged = SnapshotBytes(NHSNumberIndex(keys))
    var opened = 0
    for place in damaged.bytes.indices where place < 4200 || place % 16 == 0 {
      for bit in place < 64 ? Array(0..<8) : [place % 8] {
        damaged.bytes[place] ^= 1 << bit
        if damaged.refusal() == nil { opened += 1 }
        damaged.bytes[place] ^= 1 << bit
      }
    }
    #expect(opened == 0)
    #expect(damaged.refusal() == nil)
  }

  /// `.ci/fuzz` tries every length.
  @Test("A snapshot cut short is refused, and so is one with more at its end")
  func lengths() {
    let whole = SnapshotBytes(NHSNumberIndex(keys))
    let count = whole.bytes.count
    var other = whole
    for length in Array(stride(from: 0, to: count, by: 7)) + [count - 65, count - 64, count - 63, count - 1] {
      other.bytes = Array(whole.bytes[..<length])
      #expect(other.refusal() != nil, "cut to \(length)")
    }
    for extra in [1, 16, 64, 4096] {
      other.bytes = whole.bytes + [UInt8](repeating: 0, count: extra)
      #expect(other.refusal() == .wrongSize, "\(extra) more")
    }
  }

  @Test("Each refusal names its cause")
  func causes() {
    let cases: [(place: Int, byte: UInt8, code: SnapshotError.Code)] = [
      (0, 0, .notASnapshot), (8, 2, .unsupportedVersion), (12, 2, .brokenStructure), (20, 31, .brokenStructure),
      (20, 16, .wrongSize), (24, 1, .wrongSize), (60, 1, .brokenStructure), (500, 0xAA, .checksumMismatch),
    ]
    for (place, byte, code) in cases {
      var snapshot = SnapshotBytes(NHSNumberIndex(keys))
      snapshot.bytes[place] = byte
      #expect(snapshot.refusal() == code, "byte \(place)")
    }
    var snapshot = SnapshotBytes(NHSNumberIndex(keys))
    snapshot.bytes = []
    #expect(snapshot.refusal() == .wrongSize)
    snapshot.bytes = [UInt8](repeating: 0x41, count: 100_000)
    #expect(snapshot.refusal() == .notASnapshot)
  }

  @Test("An error says why and shows nothing of the content")
  func errorText() {
    do throws(SnapshotError) {
      _ = try NHSNumberIndex(snapshot: Array("9990000026".utf8).span)
      Issue.record("opened")
    } catch {
      #expect("\(error)" == "snapshot: the size does not agree with the content")
    }
  }
}
