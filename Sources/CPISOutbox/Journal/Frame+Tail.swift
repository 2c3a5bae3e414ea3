// What stands after the last good frame and is followed by none was either being written when the power went, or was
// acknowledged and then damaged. Nothing on the disk tells the two apart for certain. As calls that share a sync share
// a frame, an unfinished write is a part of one frame; whatever may be anything else is kept for a person.
extension Frame {
  /// Whether a segment's end is no more than the beginning of the frame that would be next, or zeros.
  ///
  /// An acknowledged frame is there in its full length. So an end that has the next frame's number and place in the
  /// chain, and is shorter than its header says, was not acknowledged. Zeros hold nothing to keep.
  static func isUnfinished(_ tail: ArraySlice<UInt8>, sequence: UInt64, previous: UInt64) -> Bool {
    if tail.allSatisfy({ $0 == 0 }) { return true }
    var beginning = ByteWriter()
    beginning.put(magic)
    beginning.put(version)
    beginning.put(Kind.changes.rawValue)
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
