public import NHSNumbers

/// All that a store holds.
public struct OutboxSnapshot: Hashable, Sendable, Redacting {
  /// Items to be delivered and parked items, in order of acceptance.
  public var items: [OutboxItem]
  /// The keys of the last delivered items, oldest first: as many as the store remembers.
  public var delivered: [OutboxItem.Key]
  /// What became of every item.
  public var counters: OutboxCounters

  /// Makes a snapshot.
  public init(items: [OutboxItem], delivered: [OutboxItem.Key], counters: OutboxCounters) {
    self.items = items
    self.delivered = delivered
    self.counters = counters
  }
}
