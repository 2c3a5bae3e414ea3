public import NHSNumbers

/// All that a store holds.
public struct OutboxSnapshot: Hashable, Sendable, Redacting {
  /// Items to be delivered and parked items, in order of acceptance.
  public var items: [OutboxItem]
  /// The keys of the last delivered items, oldest first: as many as the store remembers.
  public var delivered: [OutboxItem.Key]
  /// What became of every item.
  public var counters: OutboxCounters

  /// How many delivered keys the store remembers at most. The outbox remembers as many, so that both give the same
  /// answer to a notice that is offered again: one that only the outbox took for new would never reach the store.
  public var rememberedDeliveries: Int

  /// Makes a snapshot, of a store that remembers the last 10,000 deliveries unless it says otherwise.
  public init(
    items: [OutboxItem], delivered: [OutboxItem.Key], counters: OutboxCounters, rememberedDeliveries: Int = 10_000
  ) {
    self.items = items
    self.delivered = delivered
    self.counters = counters
    self.rememberedDeliveries = rememberedDeliveries
  }
}
