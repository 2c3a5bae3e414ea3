import NHSNumbers
import Testing

@Suite("An index agrees with a dictionary")
struct ExactnessTests {
  @Test("Every subset of eight numbers, asked about all eight and their neighbours")
  func exhaustive() throws {
    // Spread over both ends and the middle, with neighbours that share a cell or a group.
    let universe =
      Numbers.strided(from: 0, count: 2) + Numbers.strided(from: 499_999_999, count: 4)
      + Array(Numbers.strided(from: 999_999_980, count: 30).suffix(2))
    let queries = universe.flatMap { number in
      Numbers.valid(
        (Int64(number.payload) - 3...Int64(number.payload) + 3).compactMap { UInt32(exactly: $0) })
    }
    for subset in 0..<1 << universe.count {
      let keys = universe.indices.filter { subset >> $0 & 1 == 1 }.map { universe[$0] }
      Agreement.check(NHSNumberIndex(keys), holds: keys, queries: queries, "subset \(subset)")
    }
  }

  @Test("None, one and two numbers")
  func tiny() {
    let queries = Numbers.random(3000, seed: 3)
    for count in 0...2 {
      let keys = Array(queries.prefix(count))
      Agreement.check(NHSNumberIndex(keys), holds: keys, queries: queries)
      Agreement.check(NHSNumberIndex(keys), holds: keys, queries: [])
    }
  }

  @Test("Random numbers, half of the queries known", arguments: [100, 5_000, 70_000], [1, 2] as [UInt64])
  func random(count: Int, seed: UInt64) {
    let numbers = Numbers.random(count * 2, seed: seed)
    let keys = Array(numbers.prefix(count))
    Agreement.check(NHSNumberIndex(keys), holds: keys, queries: numbers, "seed \(seed)")
  }

  @Test(
    "Runs and strides, asked about neighbours and about other strides",
    arguments: [1, 2, 7, 10, 11, 1000, 1024, 4096, 9999, 65536] as [UInt32])
  func patterns(stride: UInt32) {
    let keys = Numbers.strided(from: 123_456, by: stride, count: 12_000)
    let queries =
      keys + Numbers.valid(keys.map { $0.payload + 1 }) + Numbers.valid(keys.map { $0.payload + stride / 2 })
      + Numbers.random(5000, seed: 4)
    Agreement.check(NHSNumberIndex(keys), holds: keys, queries: queries)
  }

  @Test("Both ends of the payload range")
  func ends() {
    let low = Numbers.strided(from: 0, count: 5000)
    let high = Numbers.strided(from: 999_990_000, count: 5000)
    Agreement.check(NHSNumberIndex(low + high), holds: low + high, queries: low + high)
    Agreement.check(NHSNumberIndex(low), holds: low, queries: low + high)
    Agreement.check(NHSNumberIndex(high), holds: high, queries: low + high)
  }

  /// 349,525 numbers are the most that a bitmap of 2²² cells holds; beyond, each number sets two bits.
  @Test("A bitmap beyond the second-level cache takes the other path and gives the same answers")
  func far() {
    let numbers = Numbers.strided(from: 5, by: 2000, count: 350_000)
    let keys = Array(numbers.prefix(349_526))
    let queries = Numbers.random(60_000, seed: 5) + numbers.suffix(50_000)
    let index = NHSNumberIndex(keys)
    #expect(SnapshotBytes(index).cellBits == 23)
    Agreement.check(index, holds: keys, queries: queries)
  }

  @Test("An edit across the size where the bitmap becomes large gives the same answers, up and down")
  func farEdits() {
    let numbers = Numbers.strided(from: 5, by: 2000, count: 350_000)
    let queries = Numbers.random(60_000, seed: 6) + numbers.suffix(50_000)
    let near = NHSNumberIndex(numbers.prefix(349_500))
    let far = near.applying(insertions: numbers.suffix(500), removals: [])
    #expect(SnapshotBytes(near).cellBits == 22 && SnapshotBytes(far).cellBits == 23)
    Agreement.check(far, holds: numbers, queries: queries)
    let back = far.applying(insertions: [], removals: numbers.prefix(500))
    #expect(SnapshotBytes(back).cellBits == 22)
    Agreement.check(back, holds: Array(numbers.dropFirst(500)), queries: queries)
  }
}
