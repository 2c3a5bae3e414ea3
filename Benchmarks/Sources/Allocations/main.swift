import Glibc
import NHSNumbers

// Counts the allocations of whatever says of itself that it allocates nothing. Exits with a failure if there is any, if
// the counting does not work, or if something found nothing and so may have done nothing.

nonisolated(unsafe) var failed = false
nonisolated(unsafe) var kept: [[Int]] = []

@inline(never)
func count(_ name: String, expectingNone: Bool = true, _ body: () -> Int) {
  let before = currentCount()
  let result = body()
  let allocations = currentCount() - before
  let isFine = result > 0 && (expectingNone ? allocations == 0 : allocations > 0)
  if !isFine { failed = true }
  print("\(isFine ? "ok    " : "FAILED") \(name): \(allocations) allocations (result \(result))")
}

for size in [1_000, 100_000, 1_000_000] {
  let numbers = (0..<UInt32(size * 2)).compactMap { NHSNumber(payload: $0 &* 499 % 1_000_000_000) }
  let index = NHSNumberIndex(numbers.prefix(size))
  let text = Array(numbers.prefix(5000).map(\.wireForm).joined(separator: "\n").utf8)
  var matches = [NHSNumberIndex.Match]()
  matches.reserveCapacity(numbers.count)
  let table = NHSNumberTable(numbers.prefix(size).enumerated().map { ($1, $0) }) { _, last in last }
  let snapshots = Snapshots(index)
  var reader = snapshots.reader()

  print("\(size) numbers")
  count("an array, as proof that counting works", expectingNone: false) {
    kept.append([Int](repeating: size, count: size))
    return kept.count
  }
  count("single calls") {
    var hits = 0
    for number in numbers where index.position(of: number) != nil { hits += 1 }
    return hits
  }
  count("membership, one by one") {
    var hits = 0
    for number in numbers where index.contains(number) { hits += 1 }
    return hits
  }
  count("records of a table") {
    var hits = 0
    for number in numbers where table[number] != nil && table.contains(number) { hits += 1 }
    return hits
  }
  count("one batch into an output span") {
    matches.removeAll(keepingCapacity: true)
    matches.append(addingCapacity: numbers.count) { output in
      _ = index.matches(in: numbers.span, into: &output)
    }
    return matches.count
  }
  count("a batch into an output span that keeps getting full") {
    var (done, hits) = (0, 0)
    while done < numbers.count {
      matches.removeAll(keepingCapacity: true)
      matches.append(addingCapacity: 100) { output in
        done += index.matches(in: numbers.span.extracting(done...), into: &output)
      }
      hits += matches.count
    }
    return hits
  }
  count("one batch into an array with room") {
    matches.removeAll(keepingCapacity: true)
    index.matches(in: numbers, appendingTo: &matches)
    return matches.count
  }
  count("many small batches") {
    var hits = 0
    let span = numbers.span
    for start in stride(from: 0, through: min(50_000, numbers.count) - 7, by: 7) {
      hits += index.memberCount(in: span.extracting(start..<start + 7))
    }
    return hits
  }
  count("membership of a batch") { index.memberCount(in: numbers) }
  count("a reader's uses") {
    var hits = 0
    for number in numbers.prefix(1000) {
      hits += reader.withCurrent { $0.contains(number) } ? 1 : 0
    }
    return hits
  }
  count("parsing bytes") {
    var valid = 0
    let span = text.span
    for start in stride(from: 0, through: span.count - 10, by: 11) {
      if (try? NHSNumber(parsing: span.extracting(start..<start + 10))) != nil { valid += 1 }
    }
    return valid
  }
}
exit(failed ? 1 : 0)
