import Foundation
import NHSNumbers
import Testing

@Suite("Snapshots as bytes")
struct SnapshotBytesTests {
  private let keys = Numbers.random(40, seed: 81)
  private let queries = Numbers.random(200, seed: 82)

  private func bytes(_ index: NHSNumberIndex) -> [UInt8] {
    var bytes: [UInt8] = []
    index.withSnapshot { piece in
      for place in piece.indices { bytes.append(piece[place]) }
    }
    return bytes
  }

  private func open(_ bytes: [UInt8]) -> NHSNumberIndex? { try? NHSNumberIndex(snapshot: bytes.span) }

  @Test("What was written opens again and answers the same", arguments: [0, 1, 2, 40, 3000, 70_000])
  func roundTrip(count: Int) throws {
    let keys = Numbers.random(count, seed: 83)
    let index = NHSNumberIndex(keys)
    let written = bytes(index)
    #expect(written.count == index.byteCount)
    for verification in [SnapshotVerification.structure, .everyNumber] {
      let opened = try NHSNumberIndex(snapshot: written.span, verification: verification)
      Agreement.check(opened, holds: keys, queries: keys + queries)
      #expect(Array(opened) == Array(index))
    }
  }

  /// All bits of the header and one of each other byte; all bits everywhere when `CPIS_EXHAUSTIVE` is set,
  /// which takes minutes.
  @Test("A snapshot with one bit flipped is refused")
  func bitFlips() {
    let isExhaustive = ProcessInfo.processInfo.environment["CPIS_EXHAUSTIVE"] != nil
    var damaged = bytes(NHSNumberIndex(keys))
    var opened = 0
    for place in damaged.indices {
      let bits = isExhaustive || place < 64 ? Array(0..<8) : [place % 8]
      if !isExhaustive && place > 4200 && place % 16 != 0 { continue }
      for bit in bits {
        damaged[place] ^= 1 << bit
        if open(damaged) != nil { opened += 1 }
        damaged[place] ^= 1 << bit
      }
    }
    #expect(opened == 0)
    #expect(open(damaged) != nil)
  }

  @Test("A snapshot cut short anywhere is refused, and so is one with more at its end")
  func truncations() {
    let whole = bytes(NHSNumberIndex(keys))
    var opened = 0
    for length in stride(from: 0, to: whole.count, by: whole.count > 5000 ? 7 : 1) {
      if open(Array(whole[..<length])) != nil { opened += 1 }
    }
    for length in [whole.count - 1, whole.count - 63, whole.count - 64, whole.count - 65] {
      if open(Array(whole[..<length])) != nil { opened += 1 }
    }
    for extra in [1, 16, 64, 4096] where open(whole + [UInt8](repeating: 0, count: extra)) != nil {
      opened += 1
    }
    #expect(opened == 0)
  }

  @Test("Each refusal names its cause")
  func causes() {
    let whole = bytes(NHSNumberIndex(keys))
    func code(_ bytes: [UInt8]) -> SnapshotError.Code? {
      do throws(SnapshotError) {
        _ = try NHSNumberIndex(snapshot: bytes.span)
        return nil
      } catch { return error.code }
    }
    func changing(_ place: Int, to byte: UInt8) -> [UInt8] {
      var bytes = whole
      bytes[place] = byte
      return bytes
    }
    #expect(code([]) == .wrongSize)
    #expect(code(changing(0, to: 0)) == .notASnapshot)
    #expect(code(changing(8, to: 2)) == .unsupportedVersion)
    #expect(code(changing(12, to: 2)) == .brokenStructure)
    #expect(code(changing(20, to: 31)) == .brokenStructure)
    #expect(code(changing(20, to: 16)) == .wrongSize)
    #expect(code(changing(24, to: 1)) == .wrongSize)
    #expect(code(changing(60, to: 1)) == .brokenStructure)
    #expect(code(changing(500, to: 0xAA)) == .checksumMismatch)
    #expect(code(whole + [0]) == .wrongSize)
    #expect(code([UInt8](repeating: 0x41, count: 100_000)) == .notASnapshot)
  }

  @Test("An error says why and shows nothing of the content")
  func errorText() {
    #expect(throws: SnapshotError.self) { try NHSNumberIndex(snapshot: Array("9990000026".utf8).span) }
    do throws(SnapshotError) {
      _ = try NHSNumberIndex(snapshot: Array("9990000026".utf8).span)
    } catch {
      #expect("\(error)" == "snapshot: the size does not agree with the content")
    }
  }
}
