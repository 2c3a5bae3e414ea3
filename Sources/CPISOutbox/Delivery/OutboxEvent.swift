public import CPIS
#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// Something that happened in an outbox. It holds nothing of a patient.
public struct OutboxEvent: ObservedEvent, Hashable {
  /// What happened.
  @nonexhaustive
  public enum Kind: Hashable, Sendable {
    /// A notice is safe.
    case accepted
    /// A notice was not taken, and the caller who offered it was told.
    case refused(OutboxError)
    /// A notice arrived.
    case delivered
    /// A try failed; the next comes at this instant, or later when the receiver is unavailable.
    case deferred(DeliveryError.Code, until: Date)
    /// An item is no longer tried: a person should look at it.
    case parked(DeliveryError.Code)
    /// A parked item was given up, by a person or to make room.
    case discarded
    /// The store failed where nobody waits for the answer, or could not be opened.
    case storeFailed(OutboxError)
    /// ``Outbox/run()`` has ended, and nobody delivers until it is called again.
    case runEnded(OutboxError)
    /// Notices are taken, and for as long as ``OutboxPolicy/longestRetry`` nobody has delivered: neither
    /// ``Outbox/run()`` nor ``Outbox/drain()`` was called. Told with a notice that is accepted, at most once in that
    /// time.
    case nobodyDelivers
    /// An ``OutboxService`` opened its store, and found this.
    case found(JournalFinding)
  }

  /// What happened.
  public let kind: Kind
  /// The item it concerns; `nil` where it concerns none.
  public let key: OutboxItem.Key?
  /// How long it took: `accepted` and `refused` the durable write, if one was tried; `delivered`, `deferred` and
  /// `parked` the delivery; `nil` for all else.
  public let duration: Duration?

  /// Makes an event; for the tests of an observer.
  public init(kind: Kind, key: OutboxItem.Key?, duration: Duration? = nil) {
    self.kind = kind
    self.key = key
    self.duration = duration
  }
}

extension OutboxEvent {
  /// What happened, as a stable name.
  public var name: String {
    switch kind {
    case .accepted: "outbox.accepted"
    case .refused: "outbox.refused"
    case .delivered: "outbox.delivered"
    case .deferred: "outbox.deferred"
    case .parked: "outbox.parked"
    case .discarded: "outbox.discarded"
    case .storeFailed: "outbox.store_failed"
    case .runEnded: "outbox.run_ended"
    case .nobodyDelivers: "outbox.nobody_delivers"
    case .found: "outbox.found"
    }
  }

  /// The cause of a failure. A delivery's or a store's own word is `other` here, as it may hold anything.
  public var reason: String? {
    switch kind {
    case .refused(let error), .storeFailed(let error), .runEnded(let error): error.code.loggable
    case .deferred(let code, _), .parked(let code): code.loggable.rawValue
    case .found(let finding): finding.code
    case .accepted, .delivered, .discarded, .nobodyDelivers: nil
    }
  }
}

/// Tells the outbox's observer, if there is one.
struct OutboxReporter: Sendable {
  let observer: (any EventObserver)?
  let clock: any WallClock

  /// A moment to measure from; `nil` when nobody wants to know.
  var start: Date? { observer == nil ? nil : clock.now }

  /// How long it has been since a moment.
  func duration(since start: Date?) -> Duration? { start.map(clock.duration(since:)) }

  func report(_ kind: OutboxEvent.Kind, _ key: OutboxItem.Key? = nil, duration: Duration? = nil) {
    observer?.observe(OutboxEvent(kind: kind, key: key, duration: duration))
  }
}
