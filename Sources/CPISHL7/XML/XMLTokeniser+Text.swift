extension XMLTokeniser {
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
        guard isSpace(byte) else { throw fault(.malformed, at: place) }
      } else {
        switch byte {
        case UInt8(ascii: "<"), UInt8(ascii: "&"): break scan
        case UInt8(ascii: ">"):
          // "]]>" may stand only at the end of a CDATA section.
          if place - start >= 2, bytes[place - 1] == UInt8(ascii: "]"), bytes[place - 2] == UInt8(ascii: "]") {
            throw fault(.malformed, at: place)
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
      if kept == place { kept = place - unfinishedCharacter(bytes, start..<place) }
      place = kept
      guard place > start else { return .incomplete }
    }
    if !isASCII { try checkCharacters(bytes, start..<place) }
    text = .bytes(start..<place)
    advance(to: place, in: bytes)
    return .token(.text)
  }

  private mutating func readReference(_ bytes: Span<UInt8>) throws(XMLFault) -> Step {
    var end = cursor + 1
    while end < bytes.count, bytes[end] != UInt8(ascii: ";") {
      guard end - cursor < Self.longestReference else { throw fault(.malformed, at: cursor) }
      end += 1
    }
    guard end < bytes.count else { return .incomplete }
    text = .character(try character(bytes, cursor + 1..<end))
    advanceWithinLine(to: end + 1)
    return .token(.text)
  }

  /// Longer than any reference that means something, leading zeros of a number included.
  private static let longestReference = 16

  /// The character that a reference stands for, from the bytes between `&` and `;`.
  private func character(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(XMLFault) -> Unicode.Scalar {
    var name: [UInt8] = []
    for place in range { name.append(bytes[place]) }
    if name.first == UInt8(ascii: "#") {
      let isHex = name.dropFirst().first == UInt8(ascii: "x")
      let digits = name.dropFirst(isHex ? 2 : 1)
      guard !digits.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }),
        let value = UInt32(String(decoding: digits, as: UTF8.self), radix: isHex ? 16 : 10),
        let scalar = Unicode.Scalar(value), isAllowed(scalar)
      else { throw fault(.malformed, at: range.lowerBound) }
      return scalar
    }
    switch String(decoding: name, as: UTF8.self) {
    case "amp": return "&"
    case "lt": return "<"
    case "gt": return ">"
    case "quot": return "\""
    case "apos": return "'"
    default: throw fault(.entityRefused, at: range.lowerBound)
    }
  }

  /// An attribute's value with references replaced and other white space made spaces, as XML prescribes.
  func decoded(_ attribute: Attribute, _ bytes: Span<UInt8>) throws(XMLFault) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(attribute.value.count)
    var place = attribute.value.lowerBound
    while place < attribute.value.upperBound {
      let byte = bytes[place]
      place += 1
      if byte == UInt8(ascii: "&") {
        var end = place
        while end < attribute.value.upperBound, bytes[end] != UInt8(ascii: ";"),
          end - place < Self.longestReference
        {
          end += 1
        }
        guard end < attribute.value.upperBound, bytes[end] == UInt8(ascii: ";") else {
          throw fault(.malformed, at: place)
        }
        result.append(contentsOf: String(try character(bytes, place..<end)).utf8)
        place = end + 1
      } else if byte == 0x0D {
        result.append(0x20)
        if place < attribute.value.upperBound, bytes[place] == newline { place += 1 }
      } else {
        result.append(isSpace(byte) ? 0x20 : byte)
      }
    }
    return result
  }

  /// How many bytes at the end of a range begin a character and do not finish it: 0 to 3.
  private func unfinishedCharacter(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
    var back = 1
    while back <= min(3, range.count) {
      let byte = bytes[range.upperBound - back]
      if byte < 0x80 { return 0 }
      if byte >= 0xC0 {
        let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
        return length > back ? back : 0
      }
      back += 1
    }
    return 0
  }

  /// Checks that bytes are UTF-8 of characters that XML allows.
  func checkCharacters(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(XMLFault) {
    var copy: [UInt8] = []
    copy.reserveCapacity(range.count)
    for place in range { copy.append(bytes[place]) }
    guard let string = String(validating: copy, as: UTF8.self),
      string.unicodeScalars.allSatisfy(isAllowed)
    else { throw fault(.encodingInvalid, at: range.lowerBound) }
  }
}

/// Whether a character may stand in XML 1.0.
func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0x09, 0x0A, 0x0D, 0x20...0xFFFD, 0x10000...0x10FFFF: true
  default: false
  }
}
