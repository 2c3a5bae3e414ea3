import NHSNumbers
import Shared

/// Lookups and tables: one of a hundred thousand records, unless the name says otherwise. None may allocate.
extension Operation {
  static let numbers = [
    Operation("lookup, hit", per: "number", count: 100_000) {
      let (index, hits) = (Keys.index(100_000), Keys.hits(200_000, of: 100_000))
      return { range in
        var found = 0
        for place in range where isMember(hits[place], of: index) { found += 1 }
        return found
      }
    },
    Operation("lookup, miss", per: "number", count: 100_000) {
      let (index, misses) = (Keys.index(100_000), Keys.misses(200_000, of: 100_000))
      return { range in
        var missing = 0
        for place in range where !isMember(misses[place], of: index) { missing += 1 }
        return missing
      }
    },
    batch("lookup in batches, hits", Keys.hits, of: 100_000),
    batch("lookup in batches, misses", Keys.misses, of: 100_000),
    batch("lookup in batches, misses, 1 k records", Keys.misses, of: 1_000),
    batch("lookup in batches, misses, 1 M records", Keys.misses, of: 1_000_000),
    Operation("lookup in batches, hits, 100 at a time into a span", per: "number", count: 100_000) {
      let (index, hits) = (Keys.index(100_000), Keys.hits(200_000, of: 100_000))
      let matches = Room(100)
      return { range in
        var done = 0
        while done < range.count {
          let rest = hits.span.extracting(range.lowerBound + done..<range.upperBound)
          matches.values.removeAll(keepingCapacity: true)
          matches.values.append(addingCapacity: 100) { output in done += index.matches(in: rest, into: &output) }
        }
        return done
      }
    },
    Operation("membership in batches of 7, hits", per: "number", count: 7_000) {
      let (index, hits) = (Keys.index(100_000), Keys.hits(14_000, of: 100_000))
      return { range in
        var members = 0
        for start in stride(from: range.lowerBound, to: range.upperBound, by: 7) {
          members += index.memberCount(in: hits.span.extracting(start..<start + 7))
        }
        return members
      }
    },
    Operation("record of a table, hit", per: "number", count: 100_000) {
      let table = Keys.table(100_000)
      let hits = Keys.hits(200_000, of: 100_000)
      return { range in
        var found = 0
        for place in range where table[hits[place]] != nil { found += 1 }
        return found
      }
    },
    Operation("use of the current snapshot", per: "use", count: 100_000) {
      let snapshots = Snapshots(Keys.index(100_000))
      return { range in
        var reader = snapshots.reader()
        var uses = 0
        for _ in range where reader.withCurrent({ $0.count }) > 0 { uses += 1 }
        return uses
      }
    },
    Operation("build an index", per: "record", count: 100_000) {
      let keys = KeyPattern.uniform.keys(200_000, seed: 1)
      return { range in NHSNumberIndex(keys[range]).count }
    },
    Operation("edit a table", per: "changed record", count: 10_000) {
      let table = Keys.table(100_000)
      let keys = Keys.hits(100_000, of: 100_000)
      return { range in
        let upserts = keys[range].map { ($0, UInt32(1)) }
        return table.applying(upserts: upserts, removals: []).count == keys.count ? range.count : 0
      }
    },
    Operation("open a snapshot, structure verified", per: "record", count: 100_000) {
      var bytes: [UInt8] = []
      Keys.index(100_000).withSnapshot { piece in piece.withUnsafeBytes { bytes += $0 } }
      let snapshot = bytes
      return { _ in try NHSNumberIndex(snapshot: snapshot.span).count }
    },
  ]

  private static func batch(
    _ name: String, _ numbers: @escaping @Sendable (Int, Int) -> [NHSNumber], of size: Int
  ) -> Operation {
    Operation(name, per: "number", count: 100_000) {
      let (index, asked) = (Keys.index(size), numbers(200_000, size))
      let matches = Room(200_000)
      let isHit = index.contains(asked[0])
      return { range in
        matches.values.removeAll(keepingCapacity: true)
        index.matches(in: asked.span.extracting(range), appendingTo: &matches.values)
        return isHit ? matches.values.count : range.count - matches.values.count
      }
    }
  }
}

/// Numbers that are known, and others.
private enum Keys {
  static func index(_ size: Int) -> NHSNumberIndex { NHSNumberIndex(KeyPattern.uniform.keys(size, seed: 1)) }

  static func table(_ size: Int) -> NHSNumberTable<UInt32> {
    let records = KeyPattern.uniform.keys(size, seed: 1).enumerated().map { ($1, UInt32($0)) }
    return NHSNumberTable(records) { _, last in last }
  }

  static func hits(_ count: Int, of size: Int) -> [NHSNumber] {
    let keys = KeyPattern.uniform.keys(size, seed: 1)
    return (0..<count).map { keys[$0 % size] }
  }

  static func misses(_ count: Int, of size: Int) -> [NHSNumber] {
    Population(keys: size, queries: count, hits: 0).queries
  }
}

/// Room for matches that is there before anything is counted.
private final class Room: @unchecked Sendable {
  var values: [NHSNumberIndex.Match] = []

  init(_ capacity: Int) { values.reserveCapacity(capacity) }
}

/// One opaque call for each number, as from a request handler.
@inline(never)
private func isMember(_ number: NHSNumber, of index: NHSNumberIndex) -> Bool { index.position(of: number) != nil }
