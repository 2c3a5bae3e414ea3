import CPISDigests
import Testing

@Suite("CRC-64/XZ")
struct CRC64Tests {
  private func checksum(_ bytes: [UInt8]) -> UInt64 {
    var crc = CRC64()
    crc.add(bytes[...])
    return crc.value
  }

  @Test("The check value of the catalogue holds, whole and cut anywhere")
  func published() {
    let bytes = Array("123456789".utf8)
    for cut in 0...9 {
      var crc = CRC64()
      crc.add(bytes[..<cut])
      crc.add(bytes[cut...])
      #expect(crc.value == 0x995D_C9BB_DF19_39FA)
    }
    #expect(CRC64().value == 0)
  }

  @Test("It is linear: what a flipped bit changes depends on the bit's place alone")
  func linearity() {
    let first = (0..<100).map { UInt8($0) }
    let second = (0..<100).map { UInt8($0 * 37 & 255) }
    var differences: Set<UInt64> = []
    for bit in 0..<800 {
      let change = [first, second].map { bytes in
        var flipped = bytes
        flipped[bit / 8] ^= 1 << UInt8(bit % 8)
        return checksum(bytes) ^ checksum(flipped)
      }
      #expect(change[0] == change[1])
      differences.insert(change[0])
    }
    #expect(differences.count == 800, "each place has a difference of its own, so that the bit can be found")
  }
}
