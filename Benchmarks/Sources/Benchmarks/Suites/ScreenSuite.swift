import NHSNumbers
import Shared

/// A list as text against an index of 100,000: from bytes to the lines that match.
enum ScreenSuite {
  static func run(_ harness: inout Harness) throws {
    let sizes = harness.isQuick ? [("1 M", 1_000_000)] : [("1 M", 1_000_000), ("10 M", 10_000_000)]
    for (size, lines) in sizes {
      for form in ["plain", "3-3-4"] {
        let name = "screen \(size) lines, \(form)"
        guard harness.wants(name) else { continue }
        let keys = KeyPattern.uniform.keys(100_000, seed: 1)
        let tables = Tables(keys)
        let asked = Population(keys: keys, queries: lines, hits: 1).queries
        let bytes = text(asked, isPlain: form == "plain")
        let few = text(Array(asked.prefix(20_000)), isPlain: form == "plain")
        let (index, integers, strings) = (tables.index, tables.integers, tables.strings)
        try harness.compare(
          name, operations: lines, rounds: lines > 1_000_000 ? 3 : 5,
          [
            Contender("screen(bytes:)") {
              let screening = try index.screen(bytes: bytes)
              guard screening.numberCount == lines else { throw NotDone("not every line was read") }
              return UInt64(screening.matches.count)
            },
            Contender("careful loop, Dictionary<UInt64, UInt32>") { CarefulText.screen(bytes, integers) },
            Contender("naive String, Dictionary<String, UInt32>", operations: 20_000) {
              NaiveText.screen(few, strings)
            },
          ])
      }
    }
  }

  private static func text(_ numbers: [NHSNumber], isPlain: Bool) -> [UInt8] {
    var bytes = [UInt8]()
    bytes.reserveCapacity(numbers.count * 13)
    for number in numbers {
      bytes += (isPlain ? number.wireForm : number.formatted()).utf8
      bytes.append(10)
    }
    return bytes
  }
}
