import NHSNumbers
import Testing

@Suite("Batches")
struct BatchTests {
  private let keys = Numbers.random(2000, seed: 31)

  @Test("A full output stops the batch where it can go on, for every size of output")
  func fullOutput() {
    let index = NHSNumberIndex(keys)
    let queries = Array(keys.prefix(1500)) + Numbers.random(1500, seed: 32)
    let expected = index.matches(in: queries)
    for capacity in [1, 2, 7, 100, 1023, 1024, 1025, 5000] {
      var found: [[Int]] = []
      var done = 0
      while done < queries.count {
        let rest = Array(queries[done...])
        var looked = 0
        let part = [NHSNumberIndex.Match](capacity: capacity) { output in
          looked = index.matches(in: rest.span, into: &output)
        }
        #expect(looked > 0)
        found += part.map { [done + $0.offset, $0.position] }
        done += looked
        if looked == 0 { return }
      }
      #expect(found == expected.map { [$0.offset, $0.position] }, "capacity \(capacity)")
    }
  }

  @Test("An output without room looks nothing up")
  func noRoom() {
    let index = NHSNumberIndex(keys)
    var looked = -1
    _ = [NHSNumberIndex.Match](capacity: 0) { output in looked = index.matches(in: keys.span, into: &output) }
    #expect(looked == 0)
  }

  @Test("Matches are appended after what the array holds already")
  func appending() {
    let index = NHSNumberIndex(keys)
    var matches = index.matches(in: Array(keys.prefix(3)))
    index.matches(in: Array(keys.prefix(2)), appendingTo: &matches)
    #expect(matches.map(\.offset) == [0, 1, 2, 0, 1])
  }

  @Test("Batches of every length around a chunk")
  func lengths() {
    let index = NHSNumberIndex(keys)
    let queries = keys + keys
    for length in [0, 1, 2, 1023, 1024, 1025, 2047, 2048, 2049, 4000] {
      #expect(index.memberCount(in: Array(queries.prefix(length))) == length)
    }
  }
}
