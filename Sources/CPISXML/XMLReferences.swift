/// References in text and in values, and what they stand for.
enum XMLReferences {
  /// Longer than any reference that means something, leading zeros of a number included.
  static let longest = 16

  /// The character that a reference stands for, from the bytes between `&` and `;`.
  static func character(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(XMLFault) -> Unicode.Scalar {
    let name = bytes.copy(range)
    if name.first == UInt8(ascii: "#") {
      let isHex = name.dropFirst().first == UInt8(ascii: "x")
      let digits = name.dropFirst(isHex ? 2 : 1)
      guard !digits.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }),
        let value = UInt32(String(decoding: digits, as: UTF8.self), radix: isHex ? 16 : 10),
        let scalar = Unicode.Scalar(value), isAllowed(scalar)
      else { throw XMLFault(.malformed, at: range.lowerBound) }
      return scalar
    }
    switch String(decoding: name, as: UTF8.self) {
    case "amp": return "&"
    case "lt": return "<"
    case "gt": return ">"
    case "quot": return "\""
    case "apos": return "'"
    default: throw XMLFault(.entityRefused, at: range.lowerBound)
    }
  }

  /// An attribute's value with references replaced and other white space made spaces, as XML prescribes.
  static func decoded(_ bytes: Span<UInt8>, _ value: Range<Int>) throws(XMLFault) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(value.count)
    var place = value.lowerBound
    while place < value.upperBound {
      let byte = bytes[place]
      place += 1
      if byte == UInt8(ascii: "&") {
        var end = place
        while end < value.upperBound, bytes[end] != UInt8(ascii: ";"),
          end - place < longest
        {
          end += 1
        }
        guard end < value.upperBound, bytes[end] == UInt8(ascii: ";") else {
          throw XMLFault(.malformed, at: place)
        }
        result.append(contentsOf: String(try character(bytes, place..<end)).utf8)
        place = end + 1
      } else if byte == 0x0D {
        result.append(0x20)
        if place < value.upperBound, bytes[place] == newline { place += 1 }
      } else {
        result.append(isSpace(byte) ? 0x20 : byte)
      }
    }
    return result
  }
}
