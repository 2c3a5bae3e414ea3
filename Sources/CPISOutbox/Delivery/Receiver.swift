#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
internal import CPIS

/// What is known of the receiver of one kind of notice, and what waits for it.
struct Receiver {
  /// Failures in a row that say that the receiver is unavailable.
  private var failures: UInt32 = 0
  /// So many failures in a row are not one item's bad luck: a receiver that fails one in five must not keep the others
  /// waiting. One that says when to come back is believed at once.
  private static let failuresOfAnOutage: UInt32 = 3
  /// Whether it seems to be unavailable, so that one item at a time asks.
  var isAway: Bool { failures >= Self.failuresOfAnOutage }
  /// It is not asked before this instant; `nil` when it may be.
  var unavailableUntil: Date?
  /// Deliveries that it took in this process.
  private(set) var deliveries: UInt64 = 0
  /// Deliveries begun and not yet finished: recording them is a part of them.
  var underWay = 0
  /// The first items of queues whose time has come.
  var ready = Heap<Candidate>()
  /// The first items of queues whose time is to come.
  var later = Heap<Appointment>()
  /// The order keys of items whose sealing key is away, one for each sealing key.
  var unread: Set<OrderKey> = []

  /// The receiver took something.
  mutating func noteDelivery() {
    failures = 0
    unavailableUntil = nil
    deliveries += 1
  }

  /// The receiver is left alone for a time after an outage. Any other answer came from the receiver, so it is
  /// available, except for a payload that cannot be opened.
  mutating func noteFailure(_ error: DeliveryError, _ policy: OutboxPolicy, now: Date, random: Double) {
    if error.isOutage {
      failures = max(failures &+ 1, error.retryAfter == nil ? 0 : Self.failuresOfAnOutage)
      guard isAway else { return }
      let wait = policy.backoff(
        failures: failures - Self.failuresOfAnOutage + 1, retryAfter: error.retryAfter, random: random)
      let until = now.addingTimeInterval(wait.seconds)
      unavailableUntil = max(until, unavailableUntil ?? until)
    } else if error.code != .cannotBeOpened {
      failures = 0
      unavailableUntil = nil
    }
  }
}

/// What is known of the failures of one item: whether they are its own fault, or its receiver's.
struct FailureHistory {
  /// How many deliveries the receiver had taken when the item last failed; `nil` when it has not, in this process.
  private var deliveriesAtLastTry: UInt64?
  /// Failures in a row with no outage of the receiver between. Those of an earlier process count as such, as
  /// nobody knows what they were.
  var inARow: UInt32

  init(inARow: UInt32) { self.inARow = inARow }

  /// Counts a failure.
  ///
  /// - Parameter deliveries: how many deliveries the receiver has taken in this process.
  mutating func note(_ error: DeliveryError, _ tries: inout OutboxItem.Tries, deliveries: UInt64) {
    if isFault(error, tries, deliveries) { tries.faults &+= 1 }
    tries.count &+= 1
    inARow = error.isReceiverOutage ? 0 : inARow &+ 1
    deliveriesAtLastTry = deliveries
  }

  /// Whether a failure counts against the item. A receiver that takes nothing from anybody, whatever it answers,
  /// says nothing against this one: an expired credential or a proxy's page looks the same for all.
  private func isFault(_ error: DeliveryError, _ tries: OutboxItem.Tries, _ deliveries: UInt64) -> Bool {
    if error.code == .rejected || error.code == .cannotBeOpened { return true }
    if error.code == .keyUnavailable { return false }
    // Since a try in an earlier process there were at least the deliveries of this one.
    let before = deliveriesAtLastTry ?? (tries.count > 0 ? 0 : deliveries)
    return deliveries > before
  }

  /// Whether the item should be parked, after a failure that was counted.
  ///
  /// - Parameter age: seconds since it was accepted.
  func callForParking(
    after error: DeliveryError, _ tries: OutboxItem.Tries, age: Double, _ policy: OutboxPolicy
  ) -> Bool {
    if error.code == .rejected || tries.faults >= policy.triesBeforeParking { return true }
    // No other item is there to compare it with, so time must decide: the later ones would wait for ever.
    return inARow >= policy.triesBeforeParking && age >= policy.ageBeforeParking.seconds
  }
}

// MARK: What waits

/// The first item of a queue, which may be delivered as far as order is concerned.
struct Candidate: Comparable {
  /// Whether others wait for it, so that it must go first.
  let isAwaited: Bool
  let isUnread: Bool
  let tries: UInt32
  let place: DeliverySchedule.Place
  let stamp: UInt64
  static func < (a: Candidate, b: Candidate) -> Bool {
    (a.isAwaited ? 0 : 1, a.tries, a.place.ordinal) < (b.isAwaited ? 0 : 1, b.tries, b.place.ordinal)
  }
}

/// A candidate whose time is to come.
struct Appointment: Comparable {
  let time: Date
  let candidate: Candidate
  static func < (a: Appointment, b: Appointment) -> Bool { a.time < b.time }
}

/// A binary heap: the smallest element first.
struct Heap<Element: Comparable> {
  private var elements: [Element] = []

  init() {}

  /// - Parameter sorted: the elements, the smallest first.
  init(sorted: [Element]) { elements = sorted }

  var count: Int { elements.count }

  /// The elements that meet a condition, the smallest first.
  func sorted(where isIncluded: (Element) -> Bool) -> [Element] { elements.filter(isIncluded).sorted() }

  var first: Element? { elements.first }

  /// - Complexity: O(log *n*).
  mutating func insert(_ element: Element) {
    elements.append(element)
    var place = elements.count - 1
    while place > 0, elements[place] < elements[(place - 1) / 2] {
      elements.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  /// - Complexity: O(log *n*).
  mutating func removeFirst() -> Element? {
    guard let first = elements.first, let last = elements.popLast() else { return nil }
    guard !elements.isEmpty else { return first }
    elements[0] = last
    var place = 0
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2] where child < elements.count && elements[child] < elements[least]
      {
        least = child
      }
      if least == place { return first }
      elements.swapAt(place, least)
      place = least
    }
  }
}

extension Heap: Sendable where Element: Sendable {}
