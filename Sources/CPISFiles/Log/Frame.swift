internal import CPISDigests

/// How the files of one log are named, and what their frames begin with.
package struct LogFormat: Hashable, Sendable {
  /// What segments' names begin with, before a hyphen and a number.
  package let name: String
  /// The four bytes that every frame begins with.
  package let magic: [UInt8]
  /// The version that is written. A frame of any other is refused.
  package let version: UInt8

  /// Makes a format.
  ///
  /// - Precondition: `magic` is four characters of ASCII.
  package init(name: String, magic: String, version: UInt8) {
    precondition(magic.utf8.count == 4)
    self.name = name
    self.magic = Array(magic.utf8)
    self.version = version
  }
}

/// One frame of a segmented log, as `Documentation/Formats/Log.md` lays it out.
package struct Frame: Hashable, Sendable {
  /// What a frame holds. What its payload means, only the user of the log knows.
  package enum Kind: UInt8, Hashable, Sendable {
    /// The first frame of every segment.
    case start = 1
    /// What was appended.
    case record = 2
    /// A part of what a log that starts afresh begins with.
    case part = 3
  }

  static let headerLength = 36
  /// Where the checksum stands in the header; it covers what is before it, and the payload.
  private static let checksumOffset = 28
  private static let lengthOffset = 8
  /// No frame's payload is longer, so that a damaged length cannot ask for all memory.
  package static let longestPayload = 16 << 20
  /// No frame has a higher number, and no segment's name: a frame each nanosecond would take 146 years. Above it a name
  /// is foreign and a frame unreadable, so that what somebody puts into the folder cannot make us count past the end.
  static let highestSequence: UInt64 = 1 << 62

  var kind: Kind
  /// One more than the sequence number of the frame before, across segments.
  var sequence: UInt64
  /// The checksum of the frame before, across segments; 0 for the first of all.
  var previous: UInt64
  var payload: ArraySlice<UInt8>

  /// The frame's bytes, and its checksum, which the next frame carries.
  func encoded(_ format: LogFormat) -> (bytes: [UInt8], checksum: UInt64) {
    var out = ByteWriter(reserving: Self.headerLength + payload.count)
    out.put(format.magic)
    out.put(format.version)
    out.put(kind.rawValue)
    out.put(UInt16(0))
    out.put(UInt32(payload.count))
    out.put(sequence)
    out.put(previous)
    let checksum = Self.checksum(header: out.bytes[...], payload: payload)
    out.put(checksum)
    out.put(payload)
    return (out.bytes, checksum)
  }

  private static func checksum(header: ArraySlice<UInt8>, payload: ArraySlice<UInt8>) -> UInt64 {
    var crc = CRC64()
    crc.add(header.prefix(checksumOffset))
    crc.add(payload)
    return crc.value
  }
}

extension Frame {
  /// What stands at a place in a segment.
  enum Reading {
    /// A whole frame, and where it ends.
    case frame(Frame, checksum: UInt64, end: Int)
    /// A whole frame of a version before ours.
    case fromEarlierVersion
    /// A whole frame of a version after ours, or of a kind that we do not know.
    case fromLaterVersion
    /// Anything else.
    case unreadable
  }

  /// Reads the frame at an offset. The header's first 36 bytes and the checksum's rule are fixed for all versions.
  static func read(_ bytes: [UInt8], at offset: Int, _ format: LogFormat) -> Reading {
    guard bytes.count - offset >= headerLength, beginsFrame(bytes, at: offset, format) else { return .unreadable }
    var fields = ByteReader(bytes[(offset + 4)..<(offset + headerLength)])
    guard let version: UInt8 = fields.number(), let kindCode: UInt8 = fields.number(),
      let reserved: UInt16 = fields.number(), let length: UInt32 = fields.number(),
      let sequence: UInt64 = fields.number(), let previous: UInt64 = fields.number(),
      let checksum: UInt64 = fields.number(), length <= longestPayload, sequence <= highestSequence,
      bytes.count - offset - headerLength >= Int(length)
    else { return .unreadable }
    let end = offset + headerLength + Int(length)
    let payload = bytes[(offset + headerLength)..<end]
    guard self.checksum(header: bytes[offset...], payload: payload) == checksum else { return .unreadable }
    guard version >= format.version else { return .fromEarlierVersion }
    guard version == format.version, reserved == 0, let kind = Kind(rawValue: kindCode) else {
      return .fromLaterVersion
    }
    let frame = Frame(kind: kind, sequence: sequence, previous: previous, payload: payload)
    return .frame(frame, checksum: checksum, end: end)
  }

  /// Whether the bytes of a frame's magic stand at an offset.
  ///
  /// A search for the next frame asks at every byte, so it is a loop without a slice.
  static func beginsFrame(_ bytes: [UInt8], at offset: Int, _ format: LogFormat) -> Bool {
    guard bytes.count - offset >= format.magic.count else { return false }
    var place = 0
    while place < format.magic.count {
      guard bytes[offset + place] == format.magic[place] else { return false }
      place += 1
    }
    return true
  }

  /// Whether a segment's end is no more than the beginning of the record that would be next, or zeros.
  ///
  /// What stands after the last good frame and is followed by none was either being written when the power went, or was
  /// acknowledged and then damaged. Nothing on the disk tells the two apart for certain. As calls that share a sync
  /// share a frame, an unfinished write is a part of one frame; whatever may be anything else is kept for a person.
  /// An acknowledged frame is there in its full length. So an end that has the next frame's number and place in the
  /// chain, and is shorter than its header says, was not acknowledged. Zeros hold nothing to keep.
  static func isUnfinished(
    _ tail: ArraySlice<UInt8>, sequence: UInt64, previous: UInt64, _ format: LogFormat
  ) -> Bool {
    if tail.allSatisfy({ $0 == 0 }) { return true }
    var beginning = ByteWriter()
    beginning.put(format.magic)
    beginning.put(format.version)
    beginning.put(Kind.record.rawValue)
    beginning.put(UInt16(0))
    guard tail.prefix(lengthOffset).elementsEqual(beginning.bytes.prefix(tail.count)) else { return false }
    var rest = ByteReader(tail.dropFirst(lengthOffset))
    guard let length: UInt32 = rest.number() else { return true }
    guard length <= longestPayload, tail.count < headerLength + Int(length) else { return false }
    var place = ByteWriter()
    place.put(sequence)
    place.put(previous)
    let stated = tail.prefix(checksumOffset).dropFirst(lengthOffset + 4)
    return stated.elementsEqual(place.bytes.prefix(stated.count))
  }
}

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
