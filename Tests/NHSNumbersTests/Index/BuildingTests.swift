import NHSNumbers
import Testing

@Suite("Building an index")
struct BuildingTests {
  /// Numbers whose scrambled forms under the multiplier 1 are neighbours: all in one group, all groups full.
  private let crowd = Numbers.strided(from: 70_000, count: 3000)

  @Test("Groups far beyond eight numbers still answer exactly")
  func fullGroups() {
    let index = NHSNumberIndex(crowd, multipliers: [1], longestGroupAllowed: 1_000_000)
    let queries = Numbers.valid(60_000..<80_000)
    Agreement.check(index, holds: crowd, queries: queries)
  }

  @Test("Groups of exactly seven, eight, nine and ten")
  func boundaryGroups() {
    for length in 7...10 {
      let keys = (0..<50).flatMap { Numbers.strided(from: $0 * 16_384 * 64, count: length) }
      let index = NHSNumberIndex(keys, multipliers: [1], longestGroupAllowed: 100)
      let queries = keys + Numbers.valid(keys.map { $0.payload + 1 })
      Agreement.check(index, holds: keys, queries: queries, "groups of \(length)")
    }
  }

  @Test("A multiplier under which a group grows too long is passed over")
  func retries() {
    let index = NHSNumberIndex(crowd, multipliers: [1, 3, 0x278D_DE6D], longestGroupAllowed: 24)
    #expect(index.multiplier == 0x278D_DE6D)
    Agreement.check(index, holds: crowd, queries: Numbers.valid(60_000..<80_000))
  }

  @Test("With all multipliers exhausted the best is taken, and answers stay exact")
  func exhausted() {
    let index = NHSNumberIndex(crowd, multipliers: [1, 101, 3], longestGroupAllowed: 2)
    #expect(index.multiplier == 101)
    Agreement.check(index, holds: crowd, queries: Numbers.valid(60_000..<80_000))
  }

  @Test("The order of the input does not matter")
  func order() {
    let numbers = Numbers.random(4000, seed: 21)
    #expect(Array(NHSNumberIndex(numbers)) == Array(NHSNumberIndex(numbers.sorted())))
    #expect(Array(NHSNumberIndex(numbers)) == Array(NHSNumberIndex(numbers.reversed())))
  }

  @Test("Duplicates are indexed once and reported with both places", arguments: [10, 3000])
  func duplicates(count: Int) throws {
    let numbers = Numbers.random(count, seed: 22)
    let input = numbers + [numbers[4], numbers[7], numbers[4]]
    var duplicates: [NHSNumberIndex.Duplicate] = []
    let index = NHSNumberIndex(input.span, reporting: &duplicates)
    #expect(index.count == count)
    #expect(duplicates.map(\.offset).sorted() == [count, count + 1, count + 2])
    for duplicate in duplicates {
      #expect(duplicate.first < count)
      #expect(input[duplicate.first] == input[duplicate.offset])
      #expect(index.position(of: input[duplicate.offset]) == duplicate.position)
    }
    Agreement.check(index, holds: numbers, queries: input)
  }

  @Test("A position leads back to its number")
  func positions() throws {
    for count in [1, 2, 500, 40_000] {
      let index = NHSNumberIndex(Numbers.random(count, seed: 23))
      for (position, number) in index.enumerated() where position % 37 == 0 || position == count - 1 {
        #expect(index.number(at: position) == number)
        #expect(index.position(of: number) == position)
      }
    }
  }

  @Test("An index takes at most six bytes a number at 100,000 numbers")
  func memory() {
    let index = NHSNumberIndex(Numbers.random(100_000, seed: 24))
    #expect(index.byteCount <= 600_000)
  }

  @Test("Insertions and removals give what a fresh build gives", arguments: [0, 1, 300, 20_000])
  func editing(count: Int) {
    let numbers = Numbers.random(count + 800, seed: 25)
    let old = Array(numbers.prefix(count))
    let added = Array(numbers.suffix(800)) + old.prefix(10)
    let removed = Array(old.dropFirst(5).prefix(200)) + numbers.suffix(20)
    let edited = NHSNumberIndex(old).applying(insertions: added, removals: removed)
    let expected = Set(old).subtracting(removed).union(added)
    Agreement.check(edited, holds: Array(expected), queries: numbers)
    #expect(Array(edited) == Array(NHSNumberIndex(expected)))
  }
}
