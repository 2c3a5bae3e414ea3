internal import CPISDigests

// A disk that turns one bit must not cost an access that was acknowledged. The checksum is linear: turning one
// bit of a frame changes it by a value that only that bit's place gives, so the place can be computed. Two turned
// bits are never mistaken for one, as the checksum tells all errors of up to three bits apart from none; and a
// frame mended here must also carry the sequence number and the previous checksum that its place demands.
extension Frame {
  /// Turns the one bit back that makes the frame at an offset whole, if there is one.
  ///
  /// - Complexity: O(*n*) bit steps over the frame, and up to 24 checksums where the length itself may be wrong.
  static func repair(
    _ bytes: [UInt8], at offset: Int, sequence: UInt64, previous: UInt64?, _ format: LogFormat
  ) -> [UInt8]? {
    guard bytes.count - offset >= headerLength else { return nil }
    for candidate in [repairWithinLength(bytes, at: offset), repairLength(bytes, at: offset, format)] {
      guard let candidate, case .frame(let frame, _, _) = read(candidate, at: offset, format),
        frame.sequence == sequence, previous == nil || frame.previous == previous
      else { continue }
      return candidate
    }
    return nil
  }

  private static func storedLength(_ bytes: [UInt8], at offset: Int) -> Int {
    (0..<4).reduce(0) { $0 | Int(bytes[offset + lengthOffset + $1]) << (8 * $1) }
  }

  /// A turned bit anywhere but in the length.
  private static func repairWithinLength(_ bytes: [UInt8], at offset: Int) -> [UInt8]? {
    let length = storedLength(bytes, at: offset)
    guard length <= longestPayload, bytes.count - offset - headerLength >= length else { return nil }
    var fields = ByteReader(bytes[(offset + checksumOffset)..<(offset + headerLength)])
    guard let stored: UInt64 = fields.number() else { return nil }
    let payloadStart = offset + headerLength
    let computed = checksum(header: bytes[offset...], payload: bytes[payloadStart..<(payloadStart + length)])
    let difference = stored ^ computed
    if difference.nonzeroBitCount == 1 {
      let bit = difference.trailingZeroBitCount
      return turning(bytes, bit: bit % 8, of: offset + checksumOffset + bit / 8)
    }
    // From the last bit that the checksum took in to the first, each step undoes one of its shifts.
    var effect = CRC64.polynomial
    var bit = 8 * (checksumOffset + length)
    while bit > 0 {
      bit -= 1
      if effect == difference {
        let index = bit / 8
        let place = index < checksumOffset ? offset + index : payloadStart + index - checksumOffset
        return turning(bytes, bit: bit % 8, of: place)
      }
      effect = (effect >> 1) ^ (effect & 1 == 1 ? CRC64.polynomial : 0)
    }
    return nil
  }

  /// A turned bit in the length, which moves the frame's end.
  private static func repairLength(_ bytes: [UInt8], at offset: Int, _ format: LogFormat) -> [UInt8]? {
    for bit in 0..<32 {
      let length = storedLength(bytes, at: offset) ^ (1 << bit)
      guard length <= longestPayload, bytes.count - offset - headerLength >= length else { continue }
      let candidate = turning(bytes, bit: bit % 8, of: offset + lengthOffset + bit / 8)
      if case .frame = read(candidate, at: offset, format) { return candidate }
    }
    return nil
  }

  private static func turning(_ bytes: [UInt8], bit: Int, of place: Int) -> [UInt8] {
    var bytes = bytes
    bytes[place] ^= 1 << UInt8(bit)
    return bytes
  }
}
