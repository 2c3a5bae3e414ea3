import NHSNumbers

/// One number after the other from text, none of them kept.
enum ParseSuite {
  static func run(_ harness: inout Harness) throws {
    for (form, width) in [("plain", 10), ("3-3-4", 12)] {
      let name = "parse, \(form)"
      guard harness.wants(name) else { continue }
      let numbers = KeyPattern.uniform.keys(100_000, seed: 7)
      let texts = numbers.map { width == 10 ? $0.wireForm : $0.formatted() }
      let bytes = texts.flatMap { Array($0.utf8) }
      try harness.compare(
        name, operations: numbers.count, rounds: 5,
        [
          Contender("NHSNumber(parsing:) on bytes") {
            let span = bytes.span
            var sum: UInt64 = 0
            var start = 0
            while start < span.count {
              let number = try? NHSNumber(parsing: span.extracting(start..<start &+ width))
              if let number { sum &+= UInt64(number.payload) }
              start &+= width
            }
            return sum
          },
          Contender("NHSNumber(parsing:) on String") {
            var sum: UInt64 = 0
            for text in texts { if let number = try? NHSNumber(parsing: text) { sum &+= UInt64(number.payload) } }
            return sum
          },
          Contender("careful utf8 loop") {
            var sum: UInt64 = 0
            for text in texts { if let value = CarefulText.number(in: text.utf8) { sum &+= value } }
            return sum
          },
          Contender("naive String", operations: 5000) {
            var sum: UInt64 = 0
            for text in texts.prefix(5000) {
              if let number = NaiveText.number(in: text) { sum &+= UInt64(number.utf8.count) }
            }
            return sum
          },
        ])
    }
  }
}
