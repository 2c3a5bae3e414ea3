internal import CPISDigests

// A disk that turns one bit must not cost an access that was acknowledged. The checksum is linear: turning one
// bit of a frame changes it by a value that only that bit's place gives, so the place can be computed. Two turned
// bits are never mistaken for one, as the checksum tells all errors of up to three bits apart from none; and a
// frame mended here must also carry the sequence number and the previous checksum that its place demands.
extension Frame {
  /// The place of a bit that has turned.
  struct TurnedBit: Hashable {
    /// The byte, counted from where the bytes begin.
    let place: Int
    /// The bit in it.
    let bit: UInt8

    /// The bytes with the bit turned back.
    func turnedBack(in bytes: [UInt8]) -> [UInt8] {
      var bytes = bytes
      bytes[place] ^= 1 << bit
      return bytes
    }

    fileprivate init(place: Int, bit: Int) {
      self.place = place
      self.bit = UInt8(bit)
    }
  }

  /// The one bit whose turning back makes the frame at an offset whole, with the sequence number and the previous
  /// checksum that its place demands; `nil` when there is none.
  ///
  /// - Complexity: O(*n*) bit steps over the frame, and up to 24 checksums where the length itself may be wrong.
  static func turnedBit(
    _ bytes: [UInt8], at offset: Int, sequence: UInt64, previous: UInt64?, _ format: LogFormat
  ) -> TurnedBit? {
    guard bytes.count - offset >= headerLength else { return nil }
    // No more than a frame may be: a segment is copied once at most, when a bit in it was found.
    let end = min(bytes.count, offset + headerLength + longestPayload)
    var frame = Array(bytes[offset..<end])
    func makesWhole(_ turned: TurnedBit) -> Bool {
      frame[turned.place] ^= 1 << turned.bit
      defer { frame[turned.place] ^= 1 << turned.bit }
      guard case .frame(let read, _, _) = Frame.read(frame, at: 0, format) else { return false }
      return read.sequence == sequence && (previous == nil || read.previous == previous)
    }
    let candidates = [turnedBitWithinLength(frame)].compactMap(\.self) + turnedBitsOfLength(frame)
    return candidates.first(where: makesWhole).map { TurnedBit(place: offset + $0.place, bit: Int($0.bit)) }
  }

  private static func storedLength(_ frame: [UInt8]) -> Int {
    (0..<4).reduce(0) { $0 | Int(frame[lengthOffset + $1]) << (8 * $1) }
  }

  /// A turned bit anywhere but in the length.
  private static func turnedBitWithinLength(_ frame: [UInt8]) -> TurnedBit? {
    let length = storedLength(frame)
    guard length <= longestPayload, frame.count - headerLength >= length else { return nil }
    var fields = ByteReader(frame[checksumOffset..<headerLength])
    guard let stored: UInt64 = fields.number() else { return nil }
    let computed = checksum(header: frame[...], payload: frame[headerLength..<(headerLength + length)])
    let difference = stored ^ computed
    if difference.nonzeroBitCount == 1 {
      let bit = difference.trailingZeroBitCount
      return TurnedBit(place: checksumOffset + bit / 8, bit: bit % 8)
    }
    // From the last bit that the checksum took in to the first, each step undoes one of its shifts.
    var effect = CRC64.polynomial
    var bit = 8 * (checksumOffset + length)
    while bit > 0 {
      bit -= 1
      if effect == difference {
        let index = bit / 8
        return TurnedBit(
          place: index < checksumOffset ? index : headerLength + index - checksumOffset, bit: bit % 8)
      }
      effect = (effect >> 1) ^ (effect & 1 == 1 ? CRC64.polynomial : 0)
    }
    return nil
  }

  /// Each bit of the length that may have turned, which moves the frame's end.
  private static func turnedBitsOfLength(_ frame: [UInt8]) -> [TurnedBit] {
    let stored = storedLength(frame)
    return (0..<32).compactMap { bit in
      let length = stored ^ (1 << bit)
      guard length <= longestPayload, frame.count - headerLength >= length else { return nil }
      return TurnedBit(place: lengthOffset + bit / 8, bit: bit % 8)
    }
  }
}
