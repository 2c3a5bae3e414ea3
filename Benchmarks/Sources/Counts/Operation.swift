import Shared

/// Something that is counted, by itself in a process of its own, so that nothing else moves its figures.
///
/// To add one: write it in a list of `Operations`, and record its figures with `Benchmarks/count --record`.
struct Operation: Sendable {
  /// Does the operations of a range, one after the other, and returns how many it did; fewer means that some went wrong.
  typealias Work = @Sendable (Range<Int>) async throws -> Int

  let name: String
  /// What one of them is called.
  let unit: String
  /// How many are counted. As many go before them, so `prepare` provides for twice as many.
  let count: Int
  let prepare: @Sendable () async throws -> Work

  init(
    _ name: String, per unit: String, count: Int, prepare: @escaping @Sendable () async throws -> Work
  ) {
    self.name = name
    self.unit = unit
    self.count = count
    self.prepare = prepare
  }

  static let all = numbers + texts + checks + messages

  /// Does it. How many allocations there were between the marks.
  func run() async throws -> Int {
    let work = try await prepare()
    try demand(await work(0..<count))
    let before = allocationCount()
    #if os(Linux)
      // What went before has allocated.
      guard before > 0 else { throw NotDone("allocations were not counted") }
    #endif
    countingBegins()
    let done = try await work(count..<2 * count)
    countingEnds()
    let allocations = allocationCount() - before
    try demand(done)
    return allocations
  }

  private func demand(_ done: Int) throws {
    guard done == count else { throw NotDone("\(done) of \(count) were done") }
  }
}
