/// What somebody writes who knows the cost of characters: a loop over the bytes, and integers as keys.
enum CarefulText {
  /// The ten digits as an integer, or `nil`.
  @inline(__always)
  static func number(in text: some Sequence<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    var sum = 0
    var count = 0
    for byte in text {
      if byte == 32 { continue }
      let digit = Int(byte) - 48
      guard digit >= 0, digit < 10 else { return nil }
      count += 1
      if count < 10 { sum += digit * (11 - count) }
      guard count <= 10 else { return nil }
      value = value * 10 + UInt64(digit)
    }
    guard count == 10 else { return nil }
    var check = 11 - sum % 11
    if check == 11 { check = 0 }
    return UInt64(check) == value % 10 ? value : nil
  }

  static func screen(_ bytes: [UInt8], _ known: [UInt64: UInt32]) -> UInt64 {
    var sum: UInt64 = 0
    var start = 0
    var line = 0
    while start < bytes.count {
      var end = start
      while end < bytes.count, bytes[end] != 10 { end += 1 }
      if let number = number(in: bytes[start..<end]), let value = known[number] {
        sum &+= UInt64(line) &+ UInt64(value)
      }
      line += 1
      start = end + 1
    }
    return sum
  }
}
