// Text, references and characters.
extension XMLReader {
  mutating func readText(_ bytes: Span<UInt8>) throws(XMLFault) -> Step {
    let start = cursor
    if bytes[start] == UInt8(ascii: "&") { return try readReference(bytes) }
    var place = start
    var isASCII = true
    scan: while place < bytes.count {
      let byte = bytes[place]
      if byte > UInt8(ascii: ">") {
        if byte >= 0x80 { isASCII = false }
      } else if byte < 0x20 {
        guard isSpace(byte) else { throw XMLFault(.malformed, at: place) }
      } else {
        switch byte {
        case UInt8(ascii: "<"), UInt8(ascii: "&"): break scan
        case UInt8(ascii: ">"):
          // "]]>" may stand only at the end of a CDATA section.
          if place - start >= 2, bytes[place - 1] == UInt8(ascii: "]"), bytes[place - 2] == UInt8(ascii: "]") {
            throw XMLFault(.malformed, at: place)
          }
        default: break
        }
      }
      place += 1
    }
    if place == bytes.count, !isComplete {
      // What could be the start of "]]>" or of a character waits for the rest.
      var kept = place
      while kept > start, place - kept < 2, bytes[kept - 1] == UInt8(ascii: "]") { kept -= 1 }
      if kept == place { kept = place - bytes.unfinishedCharacter(start..<place) }
      place = kept
      guard place > start else { return .incomplete }
    }
    if !isASCII { try bytes.checkCharacters(start..<place) }
    content.text = .bytes(start..<place)
    advance(to: place, in: bytes)
    return .token(.text)
  }

  private mutating func readReference(_ bytes: Span<UInt8>) throws(XMLFault) -> Step {
    var end = cursor + 1
    while end < bytes.count, bytes[end] != UInt8(ascii: ";") {
      guard end - cursor < XMLReferences.longest else { throw XMLFault(.malformed, at: cursor) }
      end += 1
    }
    guard end < bytes.count else { return .incomplete }
    content.text = .character(try XMLReferences.character(bytes, cursor + 1..<end))
    advanceWithinLine(to: end + 1)
    return .token(.text)
  }
}
