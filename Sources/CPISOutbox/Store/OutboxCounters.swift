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

// MARK: Transitions

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
