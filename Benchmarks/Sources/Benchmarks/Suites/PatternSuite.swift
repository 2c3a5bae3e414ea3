import NHSNumbers
import Shared

/// Batches over keys that form patterns, asked about numbers that lie as the keys do, against uniform keys.
enum PatternSuite {
  static func run(_ harness: inout Harness) throws {
    for (size, count) in harness.isQuick ? [("100 k", 100_000)] : [("100 k", 100_000), ("1 M", 1_000_000)] {
      let name = "patterns, \(size)"
      guard harness.wants(name) else { continue }
      let contenders = KeyPattern.allCases.map { pattern in
        let population = Population(keys: count, queries: 1_000_000, hits: 1, pattern: pattern)
        let batch = Asked(population.queries, Tables(population.keys)).batch
        return Contender(pattern.rawValue, batch.run)
      }
      try harness.compare(name, operations: 1_000_000, contenders)
    }
  }
}
