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
    queue.withLock { $0.parked(key) }.flatMap { try? notice(in: $0) }
  }

  /// Tries a parked item again, from the start: it counts as pending. Of several decisions at once the first holds.
  ///
  /// - Throws: ``OutboxError/Code/unknownItem`` when no such item is parked; else the store's error.
  public func retry(_ key: OutboxItem.Key) async throws(OutboxError) {
    let item = try await claim(key)
    defer { giveUp(key) }
    try await apply([.retried(key)], toParked: [key])
    let lane = Self.lane(of: item, sealer)
    queue.withLock { $0.retry(key, lane: lane) }
    wakeSignal.signal()
  }

  /// Gives a parked item up: it will not arrive. It counts as discarded, and its payload is erased. Of several
  /// decisions at once the first holds.
  ///
  /// - Throws: ``OutboxError/Code/unknownItem`` when no such item is parked; else the store's error.
  public func discard(_ key: OutboxItem.Key) async throws(OutboxError) {
    _ = try await claim(key)
    defer { giveUp(key) }
    try await apply([.discarded(key)], toParked: [key])
    queue.withLock { $0.discard(key) }
    onEvent(.discarded(key))
  }

  /// Waits until nobody else decides about the item, so that what one does is not undone by another.
  private func claim(_ key: OutboxItem.Key) async throws(OutboxError) -> OutboxItem {
    while true {
      let generation = decisionSignal.generation
      switch queue.withLock({ $0.claim(key) }) {
      case .claimed(let item): return item
      case .notParked: throw OutboxError(.unknownItem)
      case .busy: await waitForDecision(after: generation)
      }
    }
  }

  private func giveUp(_ key: OutboxItem.Key) {
    queue.withLock { $0.giveUp(key) }
    decisionSignal.signal()
  }

  /// Makes changes to parked items. When the disk was full at the moment of parking, the store must be told of that
  /// first.
  func apply(_ changes: [OutboxChange], toParked keys: [OutboxItem.Key]) async throws(OutboxError) {
    let parkings = queue.withLock { $0.untoldParkings(keys) }
    do throws(OutboxError) {
      try await apply(parkings + changes)
    } catch {
      // What became of a change that failed may be unknown: the store may have been told after all.
      guard error.code == .unknownItem, !parkings.isEmpty else { throw error }
      try await apply(changes)
    }
  }
}
