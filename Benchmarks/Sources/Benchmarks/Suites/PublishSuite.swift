import Dispatch
import NHSNumbers
import Synchronization

/// What a reader pays to have the current snapshot, and what publishing costs those who read.
enum PublishSuite {
  private static let uses = 1_000_000

  static func run(_ harness: inout Harness) throws {
    guard harness.wants("reader, 1 thread", "reader, 2 threads", "batch while publishing") else { return }
    let keys = KeyPattern.uniform.keys(100_000, seed: 1)
    let first = NHSNumberIndex(keys)
    let second = NHSNumberIndex(keys.dropLast(100))
    try readers(first, &harness)
    try underLoad(first, second, keys, &harness)
  }

  private static func readers(_ index: NHSNumberIndex, _ harness: inout Harness) throws {
    let snapshots = Snapshots(index)
    let locked = Locked(index)
    for threads in [1, 2] {
      try harness.compare(
        "reader, \(threads) thread\(threads == 1 ? "" : "s")", operations: uses,
        [
          Contender("SnapshotReader") {
            inThreads(threads) {
              var reader = snapshots.reader()
              var sum = 0
              for _ in 0..<uses { sum &+= reader.withCurrent { $0.count } }
              return sum
            }
          },
          Contender("Mutex and copy") {
            inThreads(threads) {
              var sum = 0
              for _ in 0..<uses { sum &+= locked.current().count }
              return sum
            }
          },
        ])
    }
  }

  /// Batches of 10,000 through a reader, quiet and with another thread publishing every millisecond, two indexes in
  /// turn: each publication leaves the reader with cold caches, as in life.
  private static func underLoad(
    _ first: NHSNumberIndex, _ second: NHSNumberIndex, _ keys: [NHSNumber], _ harness: inout Harness
  ) throws {
    guard harness.wants("batch while publishing") else { return }
    let queries = Population(keys: keys, queries: 10_000, hits: 1).queries
    let snapshots = Snapshots(first)
    func batches() -> UInt64 {
      var reader = snapshots.reader()
      var sum = 0
      for _ in 0..<1000 { sum &+= reader.withCurrent { $0.memberCount(in: queries) } }
      return UInt64(sum)
    }
    try harness.compare(
      "batch while publishing", operations: 10_000_000, rounds: 9,
      [
        Contender("while publishing every millisecond") {
          let publisher = Publisher(snapshots, first, second)
          defer { publisher.stop() }
          return batches()
        },
        Contender("while nothing is published", batches),
      ])
  }

  private static func inThreads(_ threads: Int, _ work: @escaping @Sendable () -> Int) -> UInt64 {
    guard threads > 1 else { return UInt64(work()) }
    let total = Total()
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
      total.value.wrappingAdd(work(), ordering: .relaxed)
    }
    return UInt64(total.value.load(ordering: .relaxed))
  }
}

private final class Total: Sendable {
  let value = Atomic(0)
}

/// The usual way: a lock around a reference.
private final class Locked: Sendable {
  private let mutex: Mutex<NHSNumberIndex>

  init(_ index: NHSNumberIndex) { mutex = Mutex(index) }

  @inline(__always)
  func current() -> NHSNumberIndex { mutex.withLock { $0 } }
}
