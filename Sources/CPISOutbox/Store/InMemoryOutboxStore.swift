internal import Synchronization

/// Keeps what an outbox holds in memory, for tests and previews. Nothing outlives the process.
public final class InMemoryOutboxStore: OutboxStore {
  private let table: Mutex<OutboxTable>

  /// Makes an empty store.
  public init(rememberedDeliveries: Int = 10_000) {
    table = Mutex(OutboxTable(remembering: rememberedDeliveries))
  }

  /// All that is held.
  public func snapshot() async throws(OutboxError) -> OutboxSnapshot { table.withLock { $0.snapshot } }

  /// Makes changes, all or none.
  public func apply(_ changes: [OutboxChange]) async throws(OutboxError) {
    let fits = table.withLock { table in
      guard let admitted = Self.admitted(changes, to: table) else { return false }
      for change in admitted { table.apply(change) }
      return true
    }
    guard fits else { throw OutboxError(.unknownItem) }
  }

  /// On its own, so that the preview's hold on the table ends before the table changes: or all of it is copied.
  private static func admitted(_ changes: [OutboxChange], to table: OutboxTable) -> [OutboxChange]? {
    var preview = OutboxTable.Preview(table)
    return preview.admit(changes)
  }
}
