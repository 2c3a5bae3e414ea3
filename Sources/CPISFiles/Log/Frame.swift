internal import CPISDigests

/// What one log's files are called and begin with.
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
  /// What a frame holds. The user of the log knows what its payload means.
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
  static let checksumOffset = 28
  static let lengthOffset = 8
  /// No frame's payload is longer, so that a damaged length cannot ask for all memory.
  package static let longestPayload = 16 << 20
  /// No frame has a higher number, and no segment's name: a frame each nanosecond would take 146 years. Above it a name
  /// is foreign and a frame unreadable, so that what somebody puts into the folder cannot make us count past the end.
  static let highestSequence: UInt64 = 1 << 62

  var kind: Kind
  /// One more than that of the frame before, across segments.
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
