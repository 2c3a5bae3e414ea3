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
  /// many there were: of what was lost at the very end of the journal nothing is counted here.
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
