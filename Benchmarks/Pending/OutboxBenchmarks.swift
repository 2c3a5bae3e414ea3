// Kept for the Benchmarks package: durable enqueues, and recovery. Self-contained; call `OutboxBenchmarks.all(in:)`.
import CPISOutbox
import Foundation

/// What the outbox costs on this machine's disk.
public enum OutboxBenchmarks {
  /// One figure.
  public struct Result: Sendable {
    /// What was measured.
    public let name: String
    /// The figure.
    public let value: Double
    /// Its unit.
    public let unit: String
  }

  /// All figures, each store in a new folder under the given one. Absolute figures are the disk's; the ratios are ours.
  public static func all(in parent: String, enqueues: Int = 2_000, records: Int = 100_000) async throws -> [Result]
  {
    let baseline = try await enqueuesPerSecond(in: parent, callers: 1, count: enqueues)
    let alone = try await enqueuesPerSecond(in: parent, callers: 1, count: enqueues)
    let together = try await enqueuesPerSecond(in: parent, callers: 64, count: enqueues)
    let recovery = try await recoverySeconds(in: parent, records: records)
    return [
      Result(name: "durable enqueues, 1 caller", value: alone, unit: "1/s"),
      Result(name: "durable enqueues, 64 callers", value: together, unit: "1/s"),
      // One caller at a time is one sync for each enqueue: the baseline of the same run.
      Result(name: "64 callers against one sync for each", value: together / baseline, unit: "ratio"),
      Result(name: "recovery of 100,000 records", value: recovery * 100_000 / Double(records), unit: "s"),
    ]
  }

  static func item(_ index: Int) -> OutboxItem {
    let bytes = (0..<600).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ index) }
    return OutboxItem(
      key: OutboxItem.Key(kind: .undeclaredAccess, id: UUID()),
      acceptedAt: Date(timeIntervalSince1970: Double(index)),
      payload: OutboxItem.Payload(keyID: "", bytes: bytes))
  }

  static func enqueuesPerSecond(in parent: String, callers: Int, count: Int) async throws -> Double {
    let store = try await FileOutboxStore.open(folder: parent + "/" + UUID().uuidString)
    let start = ContinuousClock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<callers {
        group.addTask {
          for index in 0..<count / callers { try await store.apply([.accepted(item(index))]) }
        }
      }
      try await group.waitForAll()
    }
    let seconds = start.duration(to: .now) / .seconds(1)
    await store.close()
    return Double(count / callers * callers) / seconds
  }

  static func recoverySeconds(in parent: String, records: Int) async throws -> Double {
    let folder = parent + "/" + UUID().uuidString
    let store = try await FileOutboxStore.open(folder: folder)
    for start in stride(from: 0, to: records, by: 1_000) {
      await withTaskGroup(of: Void.self) { group in
        for index in start..<min(start + 1_000, records) {
          group.addTask { try? await store.apply([.accepted(item(index))]) }
        }
      }
    }
    await store.close()
    let start = ContinuousClock.now
    let again = try await FileOutboxStore.open(folder: folder)
    let seconds = start.duration(to: .now) / .seconds(1)
    await again.close()
    return seconds
  }
}
