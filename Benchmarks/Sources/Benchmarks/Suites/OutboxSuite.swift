import CPIS
import CPISOutbox
import Foundation
import NHSNumbers

/// What it costs to have a notice safe on the disk, and to open a journal again.
///
/// On a real disk: in this package's own build folder, not where temporary files may lie in memory. What a sync costs
/// is the disk's; the ratios are ours.
enum OutboxSuite {
  private static let notices = 512

  static func run(_ harness: inout Harness) throws {
    guard harness.wants("durable enqueues", "recovery of 100,000 records") else { return }
    let folder = URL(filePath: FileManager.default.currentDirectoryPath)
      .appending(path: ".build/outbox-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try enqueues(in: folder, &harness)
    try recovery(in: folder, &harness)
  }

  private static func enqueues(in folder: URL, _ harness: inout Harness) throws {
    guard harness.wants("durable enqueues") else { return }
    let naive = try NaiveOutbox(folder: folder)
    try harness.compare(
      "durable enqueues", operations: notices,
      [
        Contender("64 callers, shared syncs") { try enqueue(in: folder, callers: 64, notices) },
        Contender("1 caller, a sync for each", operations: notices / 8) {
          try enqueue(in: folder, callers: 1, notices / 8)
        },
        Contender("64 callers, append and sync for each", operations: notices / 8) {
          try Waiting.value {
            try await atOnce(64, notices / 8) { notice in try await naive.accept(notice) }
          }
        },
      ])
  }

  /// An outbox of its own for each run, opened and closed within it.
  private static func enqueue(in folder: URL, callers: Int, _ count: Int) throws -> UInt64 {
    let path = folder.appending(path: UUID().uuidString).path(percentEncoded: false)
    return try Waiting.value {
      let store = try await FileOutboxStore.open(folder: path)
      let outbox = try await Outbox(store: store, delivery: Delivery { _ in }, sealer: nil)
      _ = try await atOnce(callers, count) { notice in _ = try await outbox.enqueue(notice) }
      await store.close()
      let accepted = outbox.counters.accepted
      guard accepted == count else { throw NotDone("\(accepted) of \(count) notices were accepted") }
      return accepted
    }
  }

  private static func recovery(in folder: URL, _ harness: inout Harness) throws {
    let name = "recovery of 100,000 records"
    guard harness.wants(name), !harness.isQuick else { return }
    let path = folder.appending(path: "recovery").path(percentEncoded: false)
    let nanoseconds = try Waiting.value {
      let store = try await FileOutboxStore.open(folder: path)
      let outbox = try await Outbox(store: store, delivery: Delivery { _ in }, sealer: nil)
      _ = try await atOnce(500, 100_000) { notice in _ = try await outbox.enqueue(notice) }
      await store.close()
      let start = ContinuousClock.now
      let again = try await FileOutboxStore.open(folder: path)
      let time = start.duration(to: .now) / .nanoseconds(1)
      let pending = try await again.snapshot().counters.pending
      await again.close()
      guard pending == 100_000 else { throw NotDone("\(pending) of 100,000 records were recovered") }
      return UInt64(time)
    }
    harness.note(name, Double(nanoseconds) / 1e9, "s")
  }

  /// Does work with so many notices, by so many callers at once.
  @concurrent
  private static func atOnce(
    _ callers: Int, _ count: Int, _ work: @escaping @Sendable (Notice) async throws -> Void
  ) async throws -> UInt64 {
    let context = try AccessContext.sample()
    guard let patient = NHSNumber(payload: 999_000_002) else { throw NotDone("no patient") }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<callers {
        group.addTask {
          for _ in 0..<count / callers {
            var context = context
            context.traceID = TraceID()
            try await work(.undeclaredAccess(AccessDeclaration(patient: patient, context: context, time: Date())))
          }
        }
      }
      try await group.waitForAll()
    }
    return UInt64(count)
  }
}
