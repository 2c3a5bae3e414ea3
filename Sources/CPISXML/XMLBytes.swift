// What bytes of XML look like, whichever part of a document they belong to.
extension Span<UInt8> {
  /// The place after white space at the start of a range.
  func afterSpace(_ range: Range<Int>) -> Int {
    var place = range.lowerBound
    while place < range.upperBound, isSpace(self[place]) { place += 1 }
    return place
  }

  /// The bytes of a range.
  func copy(_ range: Range<Int>) -> [UInt8] {
    var copy: [UInt8] = []
    copy.reserveCapacity(range.count)
    for place in range { copy.append(self[place]) }
    return copy
  }

  /// Whether two ranges hold the same bytes.
  func equal(_ a: Range<Int>, _ b: Range<Int>) -> Bool {
    guard a.count == b.count else { return false }
    for offset in 0..<a.count where self[a.lowerBound + offset] != self[b.lowerBound + offset] { return false }
    return true
  }

  /// Whether a range holds these bytes.
  func equal(_ range: Range<Int>, _ other: [UInt8]) -> Bool {
    guard range.count == other.count else { return false }
    for offset in 0..<other.count where self[range.lowerBound + offset] != other[offset] { return false }
    return true
  }

  /// The extent of the qualified name at the start of what is left of a tag.
  func nameRange(_ rest: Range<Int>) throws(XMLFault) -> Range<Int> {
    let start = rest.lowerBound
    var place = start
    var isASCII = true
    scan: while place < rest.upperBound {
      switch self[place] {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
        break
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"):
        guard place > start else { throw XMLFault(.malformed, at: place) }
      case 0x80...: isASCII = false
      default: break scan
      }
      place += 1
    }
    guard place > start else { throw XMLFault(.malformed, at: place) }
    if !isASCII { try checkCharacters(start..<place) }
    return start..<place
  }

  /// The place of the colon in a name.
  func colon(_ name: Range<Int>) -> Int? {
    for place in name where self[place] == UInt8(ascii: ":") { return place }
    return nil
  }

  /// A name without its prefix.
  func localPart(_ name: Range<Int>) -> Range<Int> { colon(name).map { $0 + 1..<name.upperBound } ?? name }

  /// Whether the attribute of a name declares a namespace: `xmlns` or `xmlns:prefix`.
  func isNamespaceDeclaration(_ name: Range<Int>) -> Bool {
    guard name.count >= 5, self[name.lowerBound] == UInt8(ascii: "x") else { return false }
    for (offset, byte) in "xmlns".utf8.enumerated() where self[name.lowerBound + offset] != byte { return false }
    return name.count == 5 || self[name.lowerBound + 5] == UInt8(ascii: ":")
  }

  /// Whether the byte at a place may begin a name.
  func startsName(_ place: Int) -> Bool {
    switch self[place] {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), 0x80...:
      true
    default: false
    }
  }

  /// Checks that bytes are UTF-8 of characters that XML allows. The fault is at the first that is not.
  func checkCharacters(_ range: Range<Int>) throws(XMLFault) {
    if let string = String(validating: copy(range), as: UTF8.self), string.unicodeScalars.allSatisfy(isAllowed) {
      return
    }
    throw XMLFault(.encodingInvalid, at: firstInvalid(range))
  }

  /// Where the first bytes stand that are no character, or one that XML forbids.
  private func firstInvalid(_ range: Range<Int>) -> Int {
    var place = range.lowerBound
    while place < range.upperBound {
      let length = self[place] < 0x80 ? 1 : self[place] >= 0xF0 ? 4 : self[place] >= 0xE0 ? 3 : 2
      let end = Swift.min(place + length, range.upperBound)
      guard let string = String(validating: copy(place..<end), as: UTF8.self),
        string.unicodeScalars.allSatisfy(isAllowed)
      else { break }
      place = end
    }
    return place
  }

  /// How many bytes at the end of a range begin a character and do not finish it: 0 to 3.
  func unfinishedCharacter(_ range: Range<Int>) -> Int {
    var back = 1
    while back <= min(3, range.count) {
      let byte = self[range.upperBound - back]
      if byte < 0x80 { return 0 }
      if byte >= 0xC0 {
        let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
        return length > back ? back : 0
      }
      back += 1
    }
    return 0
  }
}

let newline = UInt8(ascii: "\n")

/// Whether a byte is white space of XML.
func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

/// Whether a character may stand in XML 1.0.
func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0x09, 0x0A, 0x0D, 0x20...0xFFFD, 0x10000...0x10FFFF: true
  default: false
  }
}

/// References in text and in values, and what they stand for.
enum XMLReferences {
  /// Longer than any reference that has a meaning, including the leading zeros of a number.
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
