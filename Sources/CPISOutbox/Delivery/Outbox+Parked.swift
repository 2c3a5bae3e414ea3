#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
public import CPIS
internal import Synchronization

extension Outbox {
  /// A parked item, without its notice.
  public struct ParkedItem: Hashable, Sendable {
    /// Its identity.
    public let key: OutboxItem.Key
    /// When it was accepted.
    public let acceptedAt: Date
    /// Why and since when it is parked.
    public let parking: OutboxItem.Parking
    /// How often it was tried.
    public let tries: UInt32
  }

  /// The parked items, in order of acceptance. Somebody should look at each: nobody else will.
  public var parkedItems: [ParkedItem] {
    queue.withLock { $0.parked }.compactMap { item in
      item.parked.map {
        ParkedItem(key: item.key, acceptedAt: item.acceptedAt, parking: $0, tries: item.tries.count)
      }
    }
  }

  /// The notice of a parked item, for whoever decides about it. It names a patient.
  ///
  /// - Returns: `nil` when no such item is parked, or it cannot be opened.
  public func parkedNotice(_ key: OutboxItem.Key) -> Notice? {
    queue.withLock { $0.parked.first { $0.key == key } }.flatMap { notice(in: $0) }
  }

  /// Tries a parked item again, from the start: it counts as pending.
  ///
  /// - Throws: ``OutboxError/Code/unknownItem`` when no such item is parked; else the store's error.
  public func retry(_ key: OutboxItem.Key) async throws(OutboxError) {
    let item = try parkedItem(key)
    try await apply([.retried(key)], toParked: item)
    let lane = Self.lane(of: item, sealer)
    queue.withLock { $0.retry(key, lane: lane) }
    wakeSignal.signal()
  }

  /// Gives a parked item up: it will not arrive. It counts as discarded, and its payload is erased.
  ///
  /// - Throws: ``OutboxError/Code/unknownItem`` when no such item is parked; else the store's error.
  public func discard(_ key: OutboxItem.Key) async throws(OutboxError) {
    try await apply([.discarded(key)], toParked: try parkedItem(key))
    queue.withLock { $0.discard(key) }
    onEvent(.discarded(key))
  }

  private func parkedItem(_ key: OutboxItem.Key) throws(OutboxError) -> OutboxItem {
    guard let item = queue.withLock({ $0.parked.first { $0.key == key } }) else { throw OutboxError(.unknownItem) }
    return item
  }

  /// The store may not know that the item is parked, when the disk was full at that moment: then it is told both.
  private func apply(_ changes: [OutboxChange], toParked item: OutboxItem) async throws(OutboxError) {
    do throws(OutboxError) {
      try await store.apply(changes)
    } catch {
      guard error.code == .unknownItem, let parking = item.parked else { throw error }
      try await store.apply([.parked(item.key, parking)] + changes)
    }
  }
}
