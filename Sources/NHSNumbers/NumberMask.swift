/// Hides what may be a patient's number in text that comes from elsewhere: a path, the id of a key.
///
/// It goes by meaning, not by one way of writing: ten digits are one number whatever is put between them, in whatever
/// script they are, and also when they or what is between them are percent-encoded. A word of letters ends
/// a number, so that two dates in a path are not taken for one.
package enum NumberMask {
  /// What a digit is shown as.
  private static let sign: Unicode.Scalar = "#"

  /// The text, with the digits of every number of ten digits or more as `#`, and percent-decoded if there is one; a
  /// text without such a number as it was given.
  ///
  /// - Parameter mostLetters: how many letters in a row count as a separator, as in `999no000no0026`. With 0 a letter ends
  ///   a number: for ids that mix letters and digits by their nature.
  /// - Complexity: O(length).
  package static func masked(_ text: String, joinedBy mostLetters: Int = 3) -> String {
    var decoded = text
    // What is encoded twice is decoded twice. Each round makes it shorter.
    while let next = percentDecoded(decoded) { decoded = next }
    var scalars = Array(decoded.unicodeScalars)
    var digits: [Int] = []
    var letters = 0
    var isMasked = false
    func mask() {
      if digits.count >= 10 {
        isMasked = true
        for place in digits { scalars[place] = sign }
      }
      digits = []
    }
    for (place, scalar) in scalars.enumerated() {
      if scalar.properties.numericType != nil {
        digits.append(place)
        letters = 0
      } else if scalar.properties.isAlphabetic {
        letters += 1
        if letters > mostLetters { mask() }
      } else if letters <= mostLetters {
        letters = 0
      }
    }
    mask()
    guard isMasked else { return text }
    var shown = String.UnicodeScalarView()
    shown.append(contentsOf: scalars)
    return String(shown)
  }

  /// The text with every `%39` as what it stands for; `nil` when there is none.
  private static func percentDecoded(_ text: String) -> String? {
    let bytes = Array(text.utf8)
    var decoded: [UInt8] = []
    var (at, isChanged) = (0, false)
    while at < bytes.count {
      if bytes[at] == UInt8(ascii: "%"), at + 2 < bytes.count, let high = hexDigit(bytes[at + 1]),
        let low = hexDigit(bytes[at + 2])
      {
        decoded.append(high << 4 | low)
        at += 3
        isChanged = true
      } else {
        decoded.append(bytes[at])
        at += 1
      }
    }
    return isChanged ? String(decoding: decoded, as: UTF8.self) : nil
  }

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
