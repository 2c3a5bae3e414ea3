import NHSNumbers

/// How the numbers of a population lie among all numbers.
package enum KeyPattern: String, CaseIterable {
  /// Anywhere.
  case uniform
  /// Stretches of a thousand consecutive numbers, as allocated in blocks.
  case runs
  /// Every 1,000th payload: a stride that shares factors with no power of two but eight.
  case strideThousand
  /// Every 1,024th payload: the worst kind for a multiplicative hash.
  case strideBinary
  /// Pairs and triples of neighbours, as siblings registered together.
  case siblings

  /// `count` different numbers, in random order.
  package func keys(_ count: Int, seed: UInt64) -> [NHSNumber] {
    var random = SplitMix64(seed: seed)
    var seen = Set<UInt32>(minimumCapacity: count)
    var keys = [NHSNumber]()
    keys.reserveCapacity(count)
    var cursor = UInt32.random(in: 0..<1_000_000_000, using: &random)
    while keys.count < count {
      switch self {
      case .uniform: cursor = UInt32.random(in: 0..<1_000_000_000, using: &random)
      case .runs:
        cursor = seen.count % 1000 == 0 ? UInt32.random(in: 0..<999_990_000, using: &random) : cursor + 1
      case .strideThousand: cursor = (cursor + 1000) % 1_000_000_000 + (cursor > 999_998_999 ? 7 : 0)
      case .strideBinary: cursor = (cursor + 1024) % 1_000_000_000
      case .siblings:
        let isNew = UInt32.random(in: 0..<3, using: &random) == 0
        cursor = isNew ? UInt32.random(in: 0..<999_990_000, using: &random) : cursor + 1
      }
      if let number = NHSNumber(payload: cursor), seen.insert(cursor).inserted { keys.append(number) }
    }
    keys.shuffle(using: &random)
    return keys
  }

  /// A number that is not among the keys but lies as they do.
  package func miss(near keys: [NHSNumber], using random: inout SplitMix64) -> NHSNumber {
    while true {
      let near = keys[Int.random(in: 0..<keys.count, using: &random)].payload
      let payload: UInt32 =
        switch self {
        case .uniform: UInt32.random(in: 0..<1_000_000_000, using: &random)
        case .runs: near &+ 1000 &+ UInt32.random(in: 0..<1000, using: &random)
        case .strideThousand: near &+ 1000 &* UInt32.random(in: 0..<100_000, using: &random) &+ 1
        case .strideBinary: near &+ 1024 &* UInt32.random(in: 0..<100_000, using: &random) &+ 512
        case .siblings: near &+ UInt32.random(in: 1...3, using: &random)
        }
      if let number = NHSNumber(payload: payload) { return number }
    }
  }
}
