internal import CPISDigests

/// One frame of the journal, as `Documentation/Formats/Journal.md` lays it out.
struct Frame: Hashable, Sendable {
  /// What a frame holds.
  enum Kind: UInt8, Hashable, Sendable {
    /// The first frame of every segment.
    case segmentStart = 1
    /// Changes that happen together.
    case changes = 2
    /// A part of the table, in a segment that begins with all of it.
    case table = 3
  }

  static let magic: [UInt8] = Array("CPJF".utf8)
  static let version: UInt8 = 1
  static let headerLength = 36
  /// Where the checksum stands in the header; it covers what is before it, and the payload.
  static let checksumOffset = 28
  static let lengthOffset = 8
  /// No frame is longer, so that a damaged length cannot ask for all memory.
  static let longestPayload = 16 << 20
  /// No frame has a higher number, and no segment's name: a frame each nanosecond would take 146 years. Above it a name is
  /// foreign and a frame unreadable, so that what somebody puts into the folder cannot make us count past the end.
  static let highestSequence: UInt64 = 1 << 62

  var kind: Kind
  /// One more than that of the frame before, across segments.
  var sequence: UInt64
  /// The checksum of the frame before, across segments; 0 for the first of all.
  var previous: UInt64
  var payload: [UInt8]

  /// The frame's bytes, and its checksum, which the next frame carries.
  func encoded() -> (bytes: [UInt8], checksum: UInt64) {
    var header = ByteWriter()
    header.put(Self.magic)
    header.put(Self.version)
    header.put(kind.rawValue)
    header.put(UInt16(0))
    header.put(UInt32(payload.count))
    header.put(sequence)
    header.put(previous)
    let checksum = Self.checksum(header: header.bytes[...], payload: payload[...])
    header.put(checksum)
    return (header.bytes + payload, checksum)
  }

  static func checksum(header: ArraySlice<UInt8>, payload: ArraySlice<UInt8>) -> UInt64 {
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
    /// A whole frame that a later version wrote, or a kind we do not know.
    case fromLaterVersion
    /// Anything else.
    case unreadable
  }

  /// Reads the frame at an offset. The header's first 36 bytes and the checksum's rule are fixed for all versions.
  static func read(_ bytes: [UInt8], at offset: Int) -> Reading {
    guard bytes.count - offset >= headerLength, startsWithMagic(bytes, at: offset) else { return .unreadable }
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
    guard version == Self.version, reserved == 0, let kind = Kind(rawValue: kindCode) else {
      return .fromLaterVersion
    }
    let frame = Frame(kind: kind, sequence: sequence, previous: previous, payload: Array(payload))
    return .frame(frame, checksum: checksum, end: end)
  }

  static func startsWithMagic(_ bytes: [UInt8], at offset: Int) -> Bool {
    bytes[offset] == magic[0] && bytes.count - offset >= 4 && bytes[offset + 1] == magic[1]
      && bytes[offset + 2] == magic[2] && bytes[offset + 3] == magic[3]
  }
}
