import CPISDigests
import CPISFiles

/// A frame of a log, as somebody with the format's description would write it, and its checksum.
package func forgedFrame(
  _ magic: String, version: UInt8, _ kind: UInt8, _ sequence: UInt64, _ previous: UInt64, _ payload: [UInt8]
) -> (bytes: [UInt8], checksum: UInt64) {
  var header = ByteWriter()
  header.put(Array(magic.utf8) + [version, kind, 0, 0])
  header.put(UInt32(payload.count))
  header.put(sequence)
  header.put(previous)
  var crc = CRC64()
  crc.add(header.bytes[...])
  crc.add(payload[...])
  header.put(crc.value)
  return (header.bytes + payload, crc.value)
}

/// What a file may have become: a bit turned, cut at either end, doubled, turned round, or with zeros at its end.
package func damaged(_ bytes: [UInt8], using random: inout SeededGenerator) -> [UInt8] {
  switch Int.random(in: 0..<6, using: &random) {
  case 0:
    var turned = bytes
    if let place = bytes.indices.randomElement(using: &random) {
      turned[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    }
    return turned
  case 1: return Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
  case 2: return Array(bytes.dropFirst(Int.random(in: 0...bytes.count, using: &random)))
  case 3: return bytes + bytes
  case 4: return bytes.reversed()
  default: return bytes + [UInt8](repeating: 0, count: Int.random(in: 1...700, using: &random))
  }
}
