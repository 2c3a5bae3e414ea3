import NHSNumbers
import Testing

/// Checks an index against the sets and dictionaries of the standard library.
enum Agreement {
  /// Every answer about the queries must be the one that a dictionary gives.
  static func check(
    _ index: NHSNumberIndex, holds keys: [NHSNumber], queries: [NHSNumber],
    _ comment: @autoclosure () -> Comment = "", sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let known = Set(keys)
    #expect(index.count == known.count, comment(), sourceLocation: sourceLocation)
    #expect(index.brokenInvariant == nil, comment(), sourceLocation: sourceLocation)
    let order = Array(index)
    #expect(Set(order) == known && order.count == known.count, comment(), sourceLocation: sourceLocation)
    let expected = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })

    var wrong = 0
    for query in queries where index.position(of: query) != expected[query] { wrong += 1 }
    for query in queries where index.contains(query) != known.contains(query) { wrong += 1 }
    #expect(wrong == 0, comment(), sourceLocation: sourceLocation)

    let matches = index.matches(in: queries).map { Pair($0.offset, $0.position) }
    let wanted = queries.enumerated().compactMap { offset, query in
      expected[query].map { Pair(offset, $0) }
    }
    #expect(matches == wanted, comment(), sourceLocation: sourceLocation)
    #expect(index.memberCount(in: queries) == wanted.count, comment(), sourceLocation: sourceLocation)
  }

  private struct Pair: Equatable {
    let offset: Int
    let position: Int

    init(_ offset: Int, _ position: Int) { (self.offset, self.position) = (offset, position) }
  }
}
