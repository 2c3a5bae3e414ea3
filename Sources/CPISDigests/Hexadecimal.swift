extension [UInt8] {
  /// The bytes as lower-case hexadecimal digits.
  package var hexadecimal: String { String(decoding: hexadecimalBytes, as: UTF8.self) }

  /// The bytes as lower-case hexadecimal digits in ASCII.
  package var hexadecimalBytes: [UInt8] {
    var digits: [UInt8] = []
    digits.reserveCapacity(count * 2)
    for byte in self {
      for nibble in [byte >> 4, byte & 15] {
        digits.append(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10)
      }
    }
    return digits
  }

  /// The bytes that lower-case hexadecimal digits in ASCII write; `nil` for anything else.
  package init?(hexadecimal digits: ArraySlice<UInt8>) {
    guard digits.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 2)
    var high: UInt8?
    for digit in digits {
      let nibble: UInt8
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): nibble = digit - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): nibble = digit - UInt8(ascii: "a") + 10
      default: return nil
      }
      if let upper = high {
        bytes.append(upper << 4 | nibble)
        high = nil
      } else {
        high = nibble
      }
    }
    self = bytes
  }
}
