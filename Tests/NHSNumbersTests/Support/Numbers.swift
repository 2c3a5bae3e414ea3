import CPISTestSupport
import NHSNumbers

/// Ways to make numbers for tests.
enum Numbers {
  /// `count` different valid numbers from anywhere.
  static func random(_ count: Int, seed: UInt64) -> [NHSNumber] {
    var random = SeededGenerator(seed: seed)
    var seen: Set<NHSNumber> = []
    while seen.count < count {
      if let number = NHSNumber(payload: UInt32.random(in: 0..<1_000_000_000, using: &random)) {
        seen.insert(number)
      }
    }
    return seen.sorted().shuffled(using: &random)
  }

  /// The first `count` valid numbers at or after a payload, `stride` payloads apart.
  static func strided(from payload: UInt32, by stride: UInt32 = 1, count: Int) -> [NHSNumber] {
    var numbers: [NHSNumber] = []
    var next = UInt64(payload)
    while numbers.count < count, next < 1_000_000_000 {
      if let number = NHSNumber(payload: UInt32(next)) { numbers.append(number) }
      next += UInt64(stride)
    }
    return numbers
  }

  /// The valid ones of some payloads.
  static func valid(_ payloads: some Sequence<UInt32>) -> [NHSNumber] {
    payloads.compactMap { NHSNumber(payload: $0) }
  }
}
