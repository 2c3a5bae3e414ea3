import CPIS
import CPISOutbox
import Foundation
import Shared

/// What it costs to have a notice safe on the disk, and to open a journal again.
///
/// On a real disk: in this package's own build folder, not where temporary files may lie in memory. What a sync costs
/// is the disk's; the ratios are ours.
enum OutboxSuite {
  private static let count = 512

  static func run(_ harness: inout Harness) throws {
    guard
      harness.wants(
        "durable enqueues", "durable enqueues, 100,000 pending", "catching up", "recovery of 100,000 records")
    else { return }
    let folder = URL(filePath: FileManager.default.currentDirectoryPath)
      .appending(path: ".build/outbox-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try enqueues(in: folder, &harness)
    try enqueuesToFull(in: folder, &harness)
    try catchingUp(&harness)
    try recovery(in: folder, &harness)
  }

  private static func enqueues(in folder: URL, _ harness: inout Harness) throws {
    guard harness.wants("durable enqueues") else { return }
    let naive = try NaiveOutbox(folder: folder)
    let notices = try (0..<count).map(Samples.notice)
    let few = Array(notices.prefix(count / 8))
    try harness.compare(
      "durable enqueues", operations: count,
      [
        Contender("64 callers, shared syncs") { try enqueue(notices, in: folder, callers: 64) },
        Contender("1 caller, a sync for each", operations: few.count) {
          try enqueue(few, in: folder, callers: 1)
        },
        Contender("64 callers, append and sync for each", operations: few.count) {
          try Waiting.value {
            try await atOnce(64, few) { notice in try await naive.accept(notice) }
          }
        },
        // What no outbox can beat: the bytes of 64 notices, and one sync.
        Contender("64 notices' bytes, one bare sync") { try naive.append(notices, together: 64) },
      ])
  }

  /// What a queue costs that nobody has emptied for a long time.
  private static func enqueuesToFull(in folder: URL, _ harness: inout Harness) throws {
    let name = "durable enqueues, 100,000 pending"
    guard harness.wants(name), !harness.isQuick else { return }
    var next = 1_000_000
    func contender(_ title: String, pending: Int) throws -> Contender {
      let path = folder.appending(path: title).path(percentEncoded: false)
      let waiting = try (0..<pending).map(Samples.notice)
      let outbox = try Waiting.value {
        var policy = OutboxPolicy()
        policy.limits.items = 1_000_000
        policy.limits.bytes = 1 << 30
        let outbox = try await Outbox(
          store: try await FileOutboxStore.open(folder: path), delivery: Delivery { _ in }, sealer: nil,
          policy: policy)
        _ = try await atOnce(500, waiting) { notice in _ = try await outbox.enqueue(notice) }
        return outbox
      }
      return Contender(title) {
        let new = try (next..<next + count).map(Samples.notice)
        next += count
        return try Waiting.value {
          try await atOnce(64, new) { notice in _ = try await outbox.enqueue(notice) }
        }
      }
    }
    try harness.compare(
      name, operations: count,
      [try contender("100,000 pending", pending: 100_000), try contender("1,000 pending", pending: 1_000)])
  }

  /// An outbox whose receiver is back: 200 notices of 200 patients, four at once, 5 ms each. Of a receiver that fails one
  /// in five, how long the other four take.
  private static func catchingUp(_ harness: inout Harness) throws {
    guard harness.wants("catching up") else { return }
    let notices = try (0..<200).map(Samples.noticeOfItsOwnPatient)
    func run(failing: Bool) throws -> UInt64 {
      try Waiting.value {
        let failing = failing ? Set(notices.enumerated().filter { $0.offset % 5 == 2 }.map(\.element.id)) : []
        let delivery = Delivery { (notice) throws(DeliveryError) in
          try? await Task.sleep(for: .milliseconds(5))
          if failing.contains(notice.id) { throw DeliveryError(.timedOut) }
        }
        let outbox = try await Outbox(store: InMemoryOutboxStore(), delivery: delivery, sealer: nil)
        _ = try await atOnce(64, notices) { notice in _ = try await outbox.enqueue(notice) }
        try await outbox.drain()
        let delivered = outbox.counters.delivered
        guard delivered >= UInt64(notices.count - failing.count) else {
          throw NotDone("only \(delivered) were delivered")
        }
        return delivered
      }
    }
    try harness.compare(
      "catching up", operations: notices.count, rounds: 3,
      [
        Contender("a receiver that fails one in five", operations: notices.count) { try run(failing: true) },
        Contender("a receiver that fails none") { try run(failing: false) },
      ])
  }

  /// An outbox of its own for each run, opened and closed within it.
  private static func enqueue(_ notices: [Notice], in folder: URL, callers: Int) throws -> UInt64 {
    let path = folder.appending(path: UUID().uuidString).path(percentEncoded: false)
    return try Waiting.value {
      let store = try await FileOutboxStore.open(folder: path)
      let outbox = try await Outbox(store: store, delivery: Delivery { _ in }, sealer: nil)
      _ = try await atOnce(callers, notices) { notice in _ = try await outbox.enqueue(notice) }
      await store.close()
      let accepted = outbox.counters.accepted
      guard accepted == notices.count else {
        throw NotDone("\(accepted) of \(notices.count) notices were accepted")
      }
      return accepted
    }
  }

  private static func recovery(in folder: URL, _ harness: inout Harness) throws {
    let name = "recovery of 100,000 records"
    guard harness.wants(name), !harness.isQuick else { return }
    let path = folder.appending(path: "recovery").path(percentEncoded: false)
    let notices = try (0..<100_000).map(Samples.notice)
    let nanoseconds = try Waiting.value {
      let store = try await FileOutboxStore.open(folder: path)
      let outbox = try await Outbox(store: store, delivery: Delivery { _ in }, sealer: nil)
      _ = try await atOnce(500, notices) { notice in _ = try await outbox.enqueue(notice) }
      await store.close()
      let start = ContinuousClock.now
      let again = try await FileOutboxStore.open(folder: path)
      let time = start.duration(to: .now) / .nanoseconds(1)
      let pending = try await again.contents().counters.pending
      await again.close()
      guard pending == 100_000 else { throw NotDone("\(pending) of 100,000 records were recovered") }
      return UInt64(time)
    }
    harness.note(name, Double(nanoseconds) / 1e9, "s")
  }

  /// Does work with each of some notices, by so many callers at once.
  @concurrent
  private static func atOnce(
    _ callers: Int, _ notices: [Notice], _ work: @escaping @Sendable (Notice) async throws -> Void
  ) async throws -> UInt64 {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for caller in 0..<callers {
        group.addTask {
          for place in stride(from: caller, to: notices.count, by: callers) { try await work(notices[place]) }
        }
      }
      try await group.waitForAll()
    }
    return UInt64(notices.count)
  }
}
