public import NHSNumbers

/// A change to what an outbox holds.
///
/// It is closed, because a store must make every change: if one were added, a store that does not know it must not
/// compile.
public enum OutboxChange: Hashable, Sendable, Redacting {
  /// A new item, to be delivered. If its key is held already, or is among the deliveries that the store remembers,
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

extension OutboxChange {
  /// The kinds of change, as the journal numbers them.
  package enum Kind: UInt8, Hashable, Sendable, CaseIterable {
    case accepted = 1
    case tried = 2
    case delivered = 3
    case parked = 4
    case retried = 5
    case discarded = 6
  }

  /// Its kind, under which the journal records it.
  package var kind: Kind {
    switch self {
    case .accepted: .accepted
    case .tried: .tried
    case .delivered: .delivered
    case .parked: .parked
    case .retried: .retried
    case .discarded: .discarded
    }
  }
}

extension OutboxItem {
  /// Where an item stands. An accepted item is in exactly one of the states other than `unknown`.
  package enum State: Hashable, Sendable, CaseIterable {
    /// Never accepted, or long forgotten.
    case unknown
    /// Held, and to be delivered.
    case pending
    /// Held, and not tried until a person decides.
    case parked
    /// No longer held; its key is remembered for a while.
    case delivered
    /// No longer held: a person gave it up.
    case discarded
    /// Not held, because its record was damaged: an unknown item may be one of these when items were lost.
    case lost
  }

  /// Where an item that is held stands.
  package var state: State { parked == nil ? .pending : .parked }
}

// MARK: The transition table

/// What a change does to an item.
package enum OutboxTransition: Hashable, Sendable {
  /// The item goes from one state to another. Where both are the same, only the item's tries change.
  ///
  /// The change is recorded in the journal, the counters follow (``OutboxCounters/move(from:to:)``), the key of a
  /// delivered item is remembered, and an item that is no longer held gives its payload up.
  case move(from: OutboxItem.State, to: OutboxItem.State)
  /// It is known already. Nothing is recorded.
  case nothing
  /// The item is not in a state that the change needs. Nothing is recorded.
  case refused(OutboxError.Code)
}

extension OutboxChange {
  /// What the change does to an item in a state: the one table that the stores, the reading of a journal and the
  /// delivery queue go by.
  ///
  /// | | unknown, discarded | pending | parked | delivered | lost |
  /// | --- | --- | --- | --- | --- | --- |
  /// | accepted | → pending or parked, as it comes | nothing | nothing | nothing | as if unknown |
  /// | tried | refused | tries change | refused | refused | refused |
  /// | delivered | refused | → delivered | → delivered | nothing | → delivered |
  /// | parked | refused | → parked | refused | refused | refused |
  /// | retried | refused | refused | → pending | refused | refused |
  /// | discarded | refused | refused | → discarded | refused | → discarded |
  package func transition(from state: OutboxItem.State) -> OutboxTransition {
    switch (self, state) {
    case (.accepted(let item), .unknown), (.accepted(let item), .discarded), (.accepted(let item), .lost):
      .move(from: .unknown, to: item.state)
    case (.accepted, .pending), (.accepted, .parked), (.accepted, .delivered): .nothing

    case (.tried, .pending): .move(from: .pending, to: .pending)

    case (.delivered, .pending), (.delivered, .parked), (.delivered, .lost): .move(from: state, to: .delivered)
    case (.delivered, .delivered): .nothing

    case (.parked, .pending): .move(from: .pending, to: .parked)
    case (.retried, .parked): .move(from: .parked, to: .pending)
    case (.discarded, .parked), (.discarded, .lost): .move(from: state, to: .discarded)

    case (.tried, _), (.delivered, _), (.parked, _), (.retried, _), (.discarded, _): .refused(.unknownItem)
    }
  }

  /// The state in which an item usually is when the change is recorded: enough to tell what the counters were before,
  /// except for which of the held items were parked.
  package var usualState: OutboxItem.State {
    switch self {
    case .accepted: .unknown
    case .tried, .delivered, .parked: .pending
    case .retried, .discarded: .parked
    }
  }
}

// MARK: Counters

/// What became of every item that was ever accepted: each is in exactly one of the other numbers.
public struct OutboxCounters: Hashable, Sendable {
  /// Items accepted since the store was made.
  public var accepted: UInt64 = 0
  /// Items delivered.
  public var delivered: UInt64 = 0
  /// Parked items that a person gave up.
  public var discarded: UInt64 = 0
  /// Items that are no longer tried until a person decides.
  public var parked: UInt64 = 0
  /// Items to be delivered.
  public var pending: UInt64 = 0
  /// Items whose record was damaged beyond repair, since the store was made. What was left of their bytes was set
  /// aside in a quarantine file. Each may have been delivered before the damage. Only totals written later tell how
  /// many there were, so what was lost at the very end of the journal is not counted here.
  public var lost: UInt64 = 0

  /// Makes counters at zero.
  public init() {}

  /// Whether accepted = delivered + discarded + parked + pending + lost.
  public var areBalanced: Bool {
    accepted == delivered &+ discarded &+ parked &+ pending &+ lost
  }
}

extension OutboxCounters: CustomStringConvertible {
  /// The equation: `accepted 12 = delivered 9 + discarded 0 + parked 1 + pending 2 + lost 0`.
  public var description: String {
    """
    accepted \(accepted) = delivered \(delivered) + discarded \(discarded) + parked \(parked) \
    + pending \(pending) + lost \(lost)
    """
  }
}

// Numbers from a disk may be anything, so nothing here may trap.
extension OutboxCounters {
  /// Counts an item in another state. One that was unknown is accepted by it.
  package mutating func move(from old: OutboxItem.State, to new: OutboxItem.State) {
    count(old) { $0 &-= 1 }
    count(new) { $0 &+= 1 }
    if old == .unknown { accepted &+= 1 }
    if new == .unknown { accepted &-= 1 }
  }

  private mutating func count(_ state: OutboxItem.State, _ change: (inout UInt64) -> Void) {
    switch state {
    case .unknown: break
    case .pending: change(&pending)
    case .parked: change(&parked)
    case .delivered: change(&delivered)
    case .discarded: change(&discarded)
    case .lost: change(&lost)
    }
  }

  /// The counters as they stood before changes, except that all held items count as pending, as the changes do not
  /// always say which of them were parked.
  func before(_ changes: [OutboxChange]) -> OutboxCounters {
    var counters = self
    for change in changes {
      guard case .move(let old, let new) = change.transition(from: change.usualState) else { continue }
      counters.move(from: new, to: old)
    }
    counters.pending &+= counters.parked
    counters.parked = 0
    return counters
  }
}

// MARK: Damage

extension OutboxCounters {
  /// Takes over the totals of a table on disk whose items are counted here. Items that it should hold and that could
  /// not be read are lost.
  mutating func complete(_ totals: OutboxCounters) {
    let heldThen = totals.pending &+ totals.parked
    let heldNow = pending &+ parked
    accepted = totals.accepted
    discarded = totals.discarded
    lost = totals.lost &+ (heldThen > heldNow ? heldThen - heldNow : 0)
    countRestAsDelivered()
  }

  /// Balances the counters over records that could not be read, from the totals as they stood after those records.
  ///
  /// What was accepted in the gap and still held after it counts as lost. Items held from before the gap may have
  /// been delivered in it: they stay pending, as delivering twice is safe, and so count as not yet delivered.
  mutating func bridgeGap(totalsAfter: OutboxCounters) {
    let acceptedInGap = totalsAfter.accepted >= accepted ? totalsAfter.accepted - accepted : 0
    let heldAfter = totalsAfter.pending &+ totalsAfter.parked
    accepted = max(totalsAfter.accepted, accepted)
    discarded = max(totalsAfter.discarded, discarded)
    lost = max(lost &+ min(acceptedInGap, heldAfter), totalsAfter.lost)
    countRestAsDelivered()
  }

  private mutating func countRestAsDelivered() {
    let elsewhere = discarded &+ parked &+ pending &+ lost
    if accepted >= elsewhere {
      delivered = accepted - elsewhere
    } else {
      accepted = elsewhere
      delivered = 0
    }
  }
}
