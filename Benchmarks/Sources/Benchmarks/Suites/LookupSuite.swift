import NHSNumbers
import Shared

/// Single calls and batches against every table of the standard library, and against the floor.
enum LookupSuite {
  /// How many records there are.
  static let sizes = [("100 k", 100_000), ("200 k", 200_000), ("1 M", 1_000_000), ("10 M", 10_000_000)]
  static let quickSizes = [("100 k", 100_000), ("1 M", 1_000_000)]
  private static let queryCount = 1_000_000

  static func run(_ harness: inout Harness) throws {
    for (size, count) in harness.isQuick ? quickSizes : sizes {
      let shares = harness.isQuick ? [1, 100] : [0, 1, 2, 10, 50, 100]
      let names = shares.map { "batch, \(size), \($0) % hits" }
      let single = "single calls in one loop, \(size)"
      let isolated = "isolated call, \(size)"
      let memory = "index, \(size)"
      guard names.contains(where: { harness.wants($0) }) || harness.wants(single, isolated, memory) else {
        continue
      }
      let keys = KeyPattern.uniform.keys(count, seed: 1)
      let tables = Tables(keys)
      harness.note(memory, Double(tables.index.byteCount) / Double(count), "bytes a record")
      for (share, name) in zip(shares, names) where harness.wants(name) {
        let asked = Asked(Population(keys: keys, queries: queryCount, hits: share).queries, tables)
        let others =
          share == 1 && !harness.isQuick
          ? [asked.dictionaryOfNumbers, asked.setOfIntegers, asked.sortedArray] : []
        try harness.compare(
          name, operations: queryCount,
          [asked.batch, asked.bitTests, asked.dictionaryOfIntegers] + others)
      }
      guard harness.wants(single, isolated) else { continue }
      let asked = Asked(Population(keys: keys, queries: queryCount, hits: 1).queries, tables)
      let withStrings = count <= 1_000_000
      try harness.compare(
        single, operations: queryCount,
        [asked.single, asked.dictionaryOfIntegers] + (withStrings ? [asked.dictionaryOfStrings] : []))
      try harness.compare(
        isolated, operations: queryCount, [asked.isolated, asked.isolatedDictionaryOfIntegers])
    }
  }
}
