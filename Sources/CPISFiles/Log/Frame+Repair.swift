internal import CPISDigests

// A disk that turns one bit must not cost an access that was acknowledged. The checksum is linear: turning one
// bit of a frame changes it by a value that only that bit's place gives, so the place can be computed. Two turned
// bits are never mistaken for one, as the checksum tells all errors of up to three bits apart from none; and a
// frame mended here must also carry the sequence number and the previous checksum that its place demands.
extension Frame {
  /// Turns the one bit back that makes the frame at an offset whole, with the sequence number and the previous checksum
  /// that its place demands.
  ///
  /// - Returns: whether there is one; if not, the bytes are as they were.
  /// - Complexity: O(*n*) bit steps over the frame, and up to 24 checksums where the length itself may be wrong.
  static func repair(
    _ bytes: inout [UInt8], at offset: Int, sequence: UInt64, previous: UInt64?, _ format: LogFormat
  ) -> Bool {
    guard bytes.count - offset >= headerLength else { return false }
    func makesWhole(_ place: Int, _ bit: Int) -> Bool {
      bytes[place] ^= 1 << UInt8(bit)
      if case .frame(let read, _, _) = Frame.read(bytes, at: offset, format), read.sequence == sequence,
        previous == nil || read.previous == previous
      {
        return true
      }
      bytes[place] ^= 1 << UInt8(bit)
      return false
    }
    if let (place, bit) = turnedBitWithinLength(bytes, at: offset), makesWhole(place, bit) { return true }
    // A turned bit in the length moves the frame's end; all else in the header is as it should be then.
    var fields = ByteReader(bytes[(offset + lengthOffset + 4)..<(offset + checksumOffset)])
    guard fields.number() == sequence, let stated: UInt64 = fields.number(), previous == nil || stated == previous
    else {
      return false
    }
    let length = storedLength(bytes, at: offset)
    return (0..<32).contains { bit in
      let length = length ^ (1 << bit)
      return length <= longestPayload && bytes.count - offset - headerLength >= length
        && makesWhole(offset + lengthOffset + bit / 8, bit % 8)
    }
  }

  /// How many bytes the frame at an offset says that its payload has.
  static func storedLength(_ bytes: [UInt8], at offset: Int) -> Int {
    (0..<4).reduce(0) { $0 | Int(bytes[offset + lengthOffset + $1]) << (8 * $1) }
  }

  /// The place of a turned bit anywhere but in the length.
  private static func turnedBitWithinLength(_ bytes: [UInt8], at offset: Int) -> (place: Int, bit: Int)? {
    let length = storedLength(bytes, at: offset)
    let payload = offset + headerLength
    guard length <= longestPayload, bytes.count - payload >= length else { return nil }
    var fields = ByteReader(bytes[(offset + checksumOffset)..<payload])
    guard let stored: UInt64 = fields.number() else { return nil }
    let difference = stored ^ checksum(header: bytes[offset...], payload: bytes[payload..<(payload + length)])
    if difference.nonzeroBitCount == 1 {
      let bit = difference.trailingZeroBitCount
      return (offset + checksumOffset + bit / 8, bit % 8)
    }
    // From the last bit that the checksum took in to the first, each step undoes one of its shifts.
    var effect = CRC64.polynomial
    var bit = 8 * (checksumOffset + length)
    while bit > 0 {
      bit -= 1
      if effect == difference {
        let index = bit / 8
        return (index < checksumOffset ? offset + index : payload + index - checksumOffset, bit % 8)
      }
      effect = (effect >> 1) ^ (effect & 1 == 1 ? CRC64.polynomial : 0)
    }
    return nil
  }
}
