#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// Something that happened in an outbox, for logs and metrics. It holds nothing of a patient.
public enum OutboxEvent: Hashable, Sendable {
  /// A notice is safe.
  case accepted(OutboxItem.Key)
  /// A notice was not taken, and whoever offered it was told.
  case refused(OutboxItem.Key, OutboxError)
  /// A notice arrived.
  case delivered(OutboxItem.Key)
  /// A try failed; the next comes at this instant, or later when the receiver is unavailable.
  case deferred(OutboxItem.Key, DeliveryError.Code, until: Date)
  /// An item is no longer tried: a person should look at it.
  case parked(OutboxItem.Key, DeliveryError.Code)
  /// A parked item was given up, by a person or for want of room.
  case discarded(OutboxItem.Key)
  /// The store failed where nobody waits for the answer.
  case storeFailed(OutboxError)
}
