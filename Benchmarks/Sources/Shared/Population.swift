import NHSNumbers

/// The numbers that are known, and the numbers that are asked about.
package struct Population {
  package let keys: [NHSNumber]
  package let queries: [NHSNumber]

  /// - Parameters:
  ///   - hits: the share of queries that are keys, in percent.
  package init(
    keys count: Int, queries queryCount: Int, hits: Int, pattern: KeyPattern = .uniform, seed: UInt64 = 1
  ) {
    keys = pattern.keys(count, seed: seed)
    queries = Self.queries(queryCount, among: keys, hits: hits, pattern: pattern, seed: seed)
  }

  package init(keys: [NHSNumber], queries: Int, hits: Int, pattern: KeyPattern = .uniform, seed: UInt64 = 1) {
    self.keys = keys
    self.queries = Self.queries(queries, among: keys, hits: hits, pattern: pattern, seed: seed)
  }

  private static func queries(
    _ count: Int, among keys: [NHSNumber], hits: Int, pattern: KeyPattern, seed: UInt64
  ) -> [NHSNumber] {
    var random = SplitMix64(seed: seed ^ 0xABCD_EF01)
    let known = NHSNumberIndex(keys)
    return (0..<count).map { _ in
      if Int.random(in: 0..<100, using: &random) < hits {
        return keys[Int.random(in: 0..<keys.count, using: &random)]
      }
      var miss = pattern.miss(near: keys, using: &random)
      while known.contains(miss) { miss = pattern.miss(near: keys, using: &random) }
      return miss
    }
  }
}
