/// Where an outbox keeps what it holds.
///
/// ``FileOutboxStore`` keeps it in a journal. **To keep it in a database of your own**: one table of items by key,
/// one of the last delivered keys, one row of counters; say in the snapshot how many delivered keys you keep. A
/// change made inside your own transaction, together with the clinical record it belongs to, is seen by the outbox
/// when you call ``Outbox/refresh()`` after the commit; ``Outbox/item(for:)`` makes the row. Be ready for calls at
/// once from many tasks. One outbox has a store at a time.
public protocol OutboxStore: Sendable {
  /// All that is held, items in order of acceptance.
  ///
  /// - Throws: ``OutboxError``. Never give an empty or partial snapshot for one that could not be read.
  func snapshot() async throws(OutboxError) -> OutboxSnapshot

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
}

extension OutboxStore {
  /// Does nothing: for a store that erases at once.
  public func erase() async throws(OutboxError) {}
}
