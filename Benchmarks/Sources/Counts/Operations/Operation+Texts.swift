import NHSNumbers
import Shared

/// From text to numbers, and to the lines that match.
extension Operation {
  static let texts = [
    parsing("parse bytes, plain", isPlain: true),
    parsing("parse bytes, 3-3-4", isPlain: false),
    Operation("parse a String, plain", per: "number", count: 20_000) {
      let texts = KeyPattern.uniform.keys(40_000, seed: 7).map(\.wireForm)
      return { range in
        var valid = 0
        for place in range where (try? NHSNumber(parsing: texts[place])) != nil { valid += 1 }
        return valid
      }
    },
    screening("screen text, plain", isPlain: true),
    screening("screen text, 3-3-4", isPlain: false),
  ]

  private static func parsing(_ name: String, isPlain: Bool) -> Operation {
    Operation(name, per: "number", count: 20_000) {
      let bytes = lines(KeyPattern.uniform.keys(40_000, seed: 7), isPlain: isPlain)
      let width = isPlain ? 10 : 12
      return { range in
        let span = bytes.span
        var valid = 0
        for place in range {
          let start = place * (width + 1)
          if (try? NHSNumber(parsing: span.extracting(start..<start + width))) != nil { valid += 1 }
        }
        return valid
      }
    }
  }

  /// One line in a hundred matches one of 100,000 records.
  private static func screening(_ name: String, isPlain: Bool) -> Operation {
    Operation(name, per: "line", count: 20_000) {
      let population = Population(keys: 100_000, queries: 20_000, hits: 1)
      let index = NHSNumberIndex(population.keys)
      let bytes = lines(population.queries, isPlain: isPlain)
      return { _ in
        let screening = try index.screen(bytes: bytes)
        return screening.matches.isEmpty ? 0 : screening.numberCount
      }
    }
  }

  private static func lines(_ numbers: [NHSNumber], isPlain: Bool) -> [UInt8] {
    numbers.flatMap { number in (isPlain ? number.wireForm : number.formatted()).utf8 + [10] }
  }
}
