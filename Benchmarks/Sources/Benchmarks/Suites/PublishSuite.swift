import Dispatch
import NHSNumbers
import Shared
import Synchronization

/// What a reader pays to have the current snapshot, and what publishing costs those who read.
enum PublishSuite {
  private static let uses = 1_000_000

  static func run(_ harness: inout Harness) throws {
    let (publishing, swapping) = ("batch while new tables are published", "batch while references are swapped")
    guard harness.wants("reader, 1 thread", "reader, 2 threads", publishing, swapping) else { return }
    let keys = KeyPattern.uniform.keys(100_000, seed: 1)
    try readers(NHSNumberIndex(keys), &harness)
    try whilePublishing(publishing, keys, &harness)
    try whileSwapping(swapping, keys, &harness)
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

  /// Another thread makes a new table of the first one and a hundred changed records, publishes it, sleeps a
  /// millisecond, and so on: some hundred new tables a second, where life has a few a minute.
  ///
  /// The reader's time includes what it costs to meet new tables: to take the lock and fetch the reference, caches that
  /// hold none of the new table, usually to free the old one (whoever lets go last does), and what the other thread's
  /// work takes of the processor that they share: much, where two cores are two threads of one, or others compute too.
  /// That last part alone is measured beside it, with the same tables published where nobody reads. How long the making
  /// takes is measured as "delta".
  private static func whilePublishing(_ name: String, _ keys: [NHSNumber], _ harness: inout Harness) throws {
    guard harness.wants(name) else { return }
    let table = NHSNumberTable(keys.enumerated().map { ($1, UInt32($0)) }) { _, last in last }
    let snapshots = Snapshots(table)
    @Sendable func make(_ turn: Int) -> NHSNumberTable<UInt32> {
      // Each time of the first table, so that tables stay as large as they are.
      let start = turn * 100 % (keys.count - 100)
      let edits = keys[start..<start + 100].map { ($0, UInt32(truncatingIfNeeded: turn)) }
      return table.applying(upserts: edits, removals: keys.suffix(10))
    }
    let publisher = Publisher { turn in snapshots.publish(make(turn)) }
    let elsewhere = Snapshots(table)
    let other = Publisher { turn in elsewhere.publish(make(turn)) }
    let busy = [("while new tables are published", publisher), ("while they are published elsewhere", other)]
    try compare(name, snapshots, busy, keys, &harness) { $0.index }
  }

  /// Two finished indexes change places every millisecond. Includes the lock, the reference, and caches gone cold;
  /// nothing is made and nothing freed.
  private static func whileSwapping(_ name: String, _ keys: [NHSNumber], _ harness: inout Harness) throws {
    guard harness.wants(name) else { return }
    let both = [NHSNumberIndex(keys), NHSNumberIndex(keys.dropLast(100))]
    let snapshots = Snapshots(both[0])
    let publisher = Publisher { turn in snapshots.publish(both[(turn + 1) % 2]) }
    try compare(name, snapshots, [("while references are swapped every ms", publisher)], keys, &harness) { $0 }
  }

  /// Batches of 10,000 through a reader, while another thread is busy in one way or another, and while none is. Long
  /// enough that what a paused publisher has under way does not matter to the next.
  private static func compare<Value: Sendable>(
    _ name: String, _ snapshots: Snapshots<Value>, _ busy: [(name: String, publisher: Publisher)],
    _ keys: [NHSNumber], _ harness: inout Harness, _ index: @escaping (borrowing Value) -> NHSNumberIndex
  ) throws {
    defer { busy.forEach { $0.publisher.stop() } }
    let queries = Population(keys: keys, queries: 10_000, hits: 1).queries
    func batches() -> UInt64 {
      var reader = snapshots.reader()
      var sum = 0
      for _ in 0..<3000 { sum &+= reader.withCurrent { index($0).memberCount(in: queries) } }
      return UInt64(sum)
    }
    let whileBusy = busy.map { name, publisher in
      Contender(name) {
        publisher.resume()
        defer { publisher.pause() }
        return batches()
      }
    }
    try harness.compare(
      name, operations: 30_000_000, rounds: 9, whileBusy + [Contender("while nothing is published", batches)])
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
