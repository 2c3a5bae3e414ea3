import Foundation
import NHSNumbers

/// What is usually written: characters, filters, strings as keys.
enum NaiveText {
  @inline(never)
  static func number(in text: String) -> String? {
    let digits = text.filter { $0.isNumber }
    guard digits.count == 10 else { return nil }
    let values = digits.compactMap { $0.wholeNumberValue }
    guard values.count == 10 else { return nil }
    var sum = 0
    for place in 0..<9 { sum += values[place] * (10 - place) }
    var check = 11 - sum % 11
    if check == 11 { check = 0 }
    return check == values[9] ? digits : nil
  }

  static func screen(_ bytes: [UInt8], _ known: [String: UInt32]) -> UInt64 {
    let text = String(decoding: bytes, as: UTF8.self)
    var sum: UInt64 = 0
    for (line, content) in text.split(separator: "\n").enumerated() {
      if let number = number(in: String(content)), let value = known[number] {
        sum &+= UInt64(line) &+ UInt64(value)
      }
    }
    return sum
  }
}
