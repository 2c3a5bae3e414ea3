public import NHSNumbers
internal import Synchronization

/// Where an outbox keeps what it holds.
///
/// ``FileOutboxStore`` keeps it in a journal. **To keep it in a database of your own**: one table of items by key,
/// one of the last delivered keys, one row of counters; say in the contents how many delivered keys you keep. A
/// change made inside your own transaction, together with the clinical record it belongs to, is seen by the outbox
/// when you call ``Outbox/refresh()`` after the commit; ``Outbox/item(for:)`` makes the row. Be ready for calls at
/// once from many tasks. One outbox has a store at a time.
public protocol OutboxStore: Sendable {
  /// All that is held, items in order of acceptance.
  ///
  /// - Throws: ``OutboxError``. Never give empty or partial contents for contents that could not be read.
  func contents() async throws(OutboxError) -> OutboxContents

  /// Makes changes, all or none, in order. Returning means that they are durable: they outlive a power cut.
  ///
  /// A change that does not fit what is held, such as the delivery of an unknown item, is refused with
  /// ``OutboxError/Code/unknownItem`` and nothing changes.
  /// - Throws: ``OutboxError``. Whether the changes were made is then unknown, unless the code says otherwise.
  func apply(_ changes: [OutboxChange]) async throws(OutboxError)

  /// Erases payloads of delivered and discarded items that are still on the disk. The outbox asks from time to time
  /// while it has nothing else to do. A store that erases at once need not implement it.
  ///
  /// - Throws: ``OutboxError``; what is held is untouched.
  func erase() async throws(OutboxError)

  /// Gives up what the store holds open. Nothing is asked of it afterwards. A store that holds nothing open need not
  /// implement it.
  func close() async
}

extension OutboxStore {
  /// Does nothing: for a store that erases at once.
  public func erase() async throws(OutboxError) {}

  /// Does nothing: for a store that holds nothing open.
  public func close() async {}
}

/// All that a store holds.
public struct OutboxContents: Hashable, Sendable, Redacting {
  /// Items to be delivered and parked items, in order of acceptance.
  public var items: [OutboxItem]
  /// The keys of the last delivered items, oldest first: as many as the store remembers.
  public var delivered: [OutboxItem.Key]
  /// What became of every item.
  public var counters: OutboxCounters

  /// How many delivered keys the store remembers at most. The outbox remembers as many, so that both give the same
  /// answer to a notice that is offered again: one that only the outbox took for new would never reach the store.
  public var rememberedDeliveries: Int

  /// Makes the contents of a store, which remembers the last 10,000 deliveries unless it says otherwise.
  public init(
    items: [OutboxItem], delivered: [OutboxItem.Key], counters: OutboxCounters, rememberedDeliveries: Int = 10_000
  ) {
    self.items = items
    self.delivered = delivered
    self.counters = counters
    self.rememberedDeliveries = rememberedDeliveries
  }
}

/// Keeps what an outbox holds in memory, for tests and previews. Nothing outlives the process.
public final class InMemoryOutboxStore: OutboxStore {
  private let table: Mutex<OutboxTable>

  /// Makes an empty store.
  public init(rememberedDeliveries: Int = 10_000) {
    table = Mutex(OutboxTable(remembering: rememberedDeliveries))
  }

  /// All that is held.
  public func contents() async throws(OutboxError) -> OutboxContents { table.withLock { $0.contents } }

  /// Makes changes, all or none.
  public func apply(_ changes: [OutboxChange]) async throws(OutboxError) {
    try table.withLock { (table) throws(OutboxError) in
      for change in try Self.admitted(changes, to: table) { table.make(change) }
    }
  }

  /// A function of its own, so that the preview's reference to the table ends before the table changes: otherwise all
  /// of it would be copied.
  private static func admitted(
    _ changes: [OutboxChange], to table: OutboxTable
  ) throws(OutboxError) -> [OutboxChange] {
    var preview = OutboxTable.Preview(table)
    return try preview.admit(changes)
  }
}
