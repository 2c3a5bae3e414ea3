import NHSNumbers
import Shared

/// One number after the other from text, none of them kept.
///
/// Twice: from one array of bytes, as a file or a message gives them, and from an array of `String`, as a JSON decoder
/// does. Peers that read the other kind of input than ours say so; the peer on the same input shows what is ours alone.
enum ParseSuite {
  private static let naiveCount = 5000

  static func run(_ harness: inout Harness) throws {
    for (form, width) in [("plain", 10), ("3-3-4", 12)] {
      let (fromBytes, fromStrings) = ("parse bytes, \(form)", "parse Strings, \(form)")
      guard harness.wants(fromBytes, fromStrings) else { continue }
      let numbers = KeyPattern.uniform.keys(100_000, seed: 7)
      let texts = numbers.map { width == 10 ? $0.wireForm : $0.formatted() }
      let bytes = texts.flatMap { Array($0.utf8) }
      try harness.compare(
        fromBytes, operations: numbers.count, rounds: 5,
        [
          ours(bytes, width), careful(bytes, width), careful(texts, "careful utf8 loop, from Strings"),
          naive(texts, "naive String, from Strings"),
        ])
      try harness.compare(
        fromStrings, operations: numbers.count, rounds: 5,
        [ours(texts), careful(texts, "careful utf8 loop"), naive(texts, "naive String")])
    }
  }

  private static func ours(_ bytes: [UInt8], _ width: Int) -> Contender {
    Contender("NHSNumber(parsing:)") {
      let span = bytes.span
      var sum: UInt64 = 0
      var start = 0
      while start < span.count {
        let number = try? NHSNumber(parsing: span.extracting(start..<start &+ width))
        if let number { sum &+= UInt64(number.payload) }
        start &+= width
      }
      return sum
    }
  }

  private static func ours(_ texts: [String]) -> Contender {
    Contender("NHSNumber(parsing:)") {
      var sum: UInt64 = 0
      for text in texts { if let number = try? NHSNumber(parsing: text) { sum &+= UInt64(number.payload) } }
      return sum
    }
  }

  private static func careful(_ bytes: [UInt8], _ width: Int) -> Contender {
    Contender("careful loop") {
      var sum: UInt64 = 0
      var start = 0
      while start < bytes.count {
        if let value = CarefulText.number(in: bytes[start..<start &+ width]) { sum &+= value }
        start &+= width
      }
      return sum
    }
  }

  private static func careful(_ texts: [String], _ name: String) -> Contender {
    Contender(name) {
      var sum: UInt64 = 0
      for text in texts { if let value = CarefulText.number(in: text.utf8) { sum &+= value } }
      return sum
    }
  }

  private static func naive(_ texts: [String], _ name: String) -> Contender {
    Contender(name, operations: naiveCount) {
      var sum: UInt64 = 0
      for text in texts.prefix(naiveCount) {
        if let number = NaiveText.number(in: text) { sum &+= UInt64(number.utf8.count) }
      }
      return sum
    }
  }
}
