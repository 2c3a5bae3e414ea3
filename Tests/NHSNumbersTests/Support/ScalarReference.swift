import NHSNumbers

/// The rules of the NHS Data Dictionary written down as plainly as possible, to check the fast code against.
enum ScalarReference {
  /// The payload that a text stands for, or `nil`.
  static func payload(_ text: [UInt8]) -> UInt32? {
    var digits: [Int] = []
    for (place, byte) in text.enumerated() {
      if text.count == 12, place == 3 || place == 7 {
        guard byte == UInt8(ascii: " ") else { return nil }
      } else {
        guard byte >= 48, byte <= 57 else { return nil }
        digits.append(Int(byte) - 48)
      }
    }
    guard digits.count == 10, text.count == 10 || text.count == 12 else { return nil }
    var sum = 0
    for place in 0..<9 { sum += digits[place] * (10 - place) }
    var check = 11 - sum % 11
    if check == 11 { check = 0 }
    guard check == digits[9] else { return nil }
    return digits.prefix(9).reduce(0) { $0 * 10 + UInt32($1) }
  }

  /// Both forms of ten digits.
  static func forms(_ digits: [UInt8]) -> [[UInt8]] {
    [digits, Array(digits[0..<3]) + [32] + Array(digits[3..<6]) + [32] + Array(digits[6..<10])]
  }
}
