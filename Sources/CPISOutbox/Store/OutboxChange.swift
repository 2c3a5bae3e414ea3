public import NHSNumbers

/// A change to what an outbox holds.
public enum OutboxChange: Hashable, Sendable, Redacting {
  /// A new item, to be delivered. When its key is held already, or is among the delivered that the store remembers,
  /// nothing changes.
  case accepted(OutboxItem)
  /// A try at delivery failed.
  case tried(OutboxItem.Key, OutboxItem.Tries)
  /// It was delivered: forget its payload, and remember its key for a while.
  case delivered(OutboxItem.Key)
  /// It is no longer tried, until a person decides.
  case parked(OutboxItem.Key, OutboxItem.Parking)
  /// A parked item is tried again, from the start.
  case retried(OutboxItem.Key)
  /// A parked item was given up by a person: forget its payload.
  case discarded(OutboxItem.Key)

  /// The item it is about.
  public var key: OutboxItem.Key {
    switch self {
    case .accepted(let item): item.key
    case .tried(let key, _), .delivered(let key), .parked(let key, _), .retried(let key), .discarded(let key): key
    }
  }
}
