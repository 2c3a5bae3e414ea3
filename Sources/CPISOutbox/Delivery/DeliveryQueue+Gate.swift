#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
internal import CPIS

extension DeliveryQueue {
  /// A receiver's gate and what waits at it.
  struct Gate {
    /// Failures in a row that say that the receiver cannot be had.
    var failures: UInt32 = 0
    var opensAt: Date?
    /// Deliveries begun and not yet finished: their recording is a part of them.
    var underWay = 0
    var deliveries: UInt64 = 0
    /// Heads of lanes whose time has come.
    var ready = Heap<Candidate>()
    /// Heads of lanes whose time is to come.
    var later = Heap<Appointment>()
    /// The lanes of items whose key is not to be had, one for each key.
    var unread: Set<Lane> = []
  }

  struct Candidate: Comparable {
    /// Whether others wait for it, so that it must go first.
    let isAwaited: Bool
    let isUnread: Bool
    let tries: UInt32
    let ordinal: UInt64
    let key: OutboxItem.Key
    let stamp: UInt64
    static func < (a: Candidate, b: Candidate) -> Bool {
      (a.isAwaited ? 0 : 1, a.tries, a.ordinal) < (b.isAwaited ? 0 : 1, b.tries, b.ordinal)
    }
  }

  struct Appointment: Comparable {
    let time: Date
    let candidate: Candidate
    static func < (a: Appointment, b: Appointment) -> Bool { a.time < b.time }
    static func == (a: Appointment, b: Appointment) -> Bool { a.time == b.time && a.candidate == b.candidate }
  }
}

extension DeliveryQueue.Gate {
  /// The receiver took something.
  mutating func noteDelivery() {
    failures = 0
    opensAt = nil
    deliveries += 1
  }

  /// Shuts the gate after an outage. Any other answer, but a payload that cannot be opened, came from the receiver,
  /// so it is there.
  mutating func noteFailure(_ error: DeliveryError, _ policy: OutboxPolicy, now: Date, random: Double) {
    if error.isOutage {
      failures &+= 1
      let wait = policy.backoff(failures: failures, retryAfter: error.retryAfter, random: random)
      let opens = now.addingTimeInterval(wait.seconds)
      opensAt = max(opens, opensAt ?? opens)
    } else if error.code != .cannotBeOpened {
      failures = 0
      opensAt = nil
    }
  }
}
