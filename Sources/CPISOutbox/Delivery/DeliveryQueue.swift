#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
internal import CPIS

/// All of an outbox's state, as a pure value: what it holds, as the store does, whose turn it is, and what callers are
/// about to change. Every instant and random number is handed in.
struct DeliveryQueue: Sendable {
  private let policy: OutboxPolicy
  private var table: OutboxTable
  private var schedule: DeliverySchedule
  /// Keys on their way into the store, with the bytes they will take.
  private var admissions: [OutboxItem.Key: Int] = [:]
  /// The sum of those bytes, as each of many callers at once asks for it.
  private var reservedBytes = 0
  /// Hashed order keys of the items that this process delivered: enough to notice a reused identity without keeping a
  /// patient's number.
  private var deliveredOrderKeys: [OutboxItem.Key: Int] = [:]
  /// Delivered items that the store could not be told of.
  private var unrecorded: Set<OutboxItem.Key> = []
  /// Parked items that the store could not be told of.
  private var untold: Set<OutboxItem.Key> = []
  /// Parked items of which the store is being told something: nobody else may decide about them meanwhile.
  private var decisions: Set<OutboxItem.Key> = []
  /// Of these, the items that are discarded to make room, with the bytes that it frees.
  private var leaving: [OutboxItem.Key: Int] = [:]
  /// How many times the store's contents are being read at the moment, and what left since the first of these began: it
  /// may still stand in them.
  private var refreshes = 0
  private var leftMeanwhile: Set<OutboxItem.Key> = []

  /// - Parameter orderKey: the order key of an item, from its payload.
  init(_ contents: OutboxContents, policy: OutboxPolicy, now: Date, orderKey: (OutboxItem) -> OrderKey) {
    self.policy = policy
    table = OutboxTable(contents)
    schedule = DeliverySchedule(policy)
    for item in contents.items where schedule[item.key] == nil { enter(item, orderKey(item), now: now) }
  }

  var counters: OutboxCounters { table.counters }

  /// Puts an item of the table into the schedule.
  private mutating func enter(_ item: OutboxItem, _ orderKey: OrderKey, now: Date) {
    guard let ordinal = table[item.key]?.ordinal else { return }
    schedule.add(item, ordinal: ordinal, orderKey, now: now)
  }

  /// Takes in an item that the store holds.
  private mutating func accept(_ item: OutboxItem, _ orderKey: OrderKey, now: Date) {
    guard case .move = table.make(.accepted(item)) else { return }
    enter(item, orderKey, now: now)
  }

  /// Makes a change after which the item is no longer held.
  private mutating func letGo(_ change: OutboxChange) {
    guard case .move = table.make(change) else { return }
    schedule.remove(change.key)
    unrecorded.remove(change.key)
    untold.remove(change.key)
    if refreshes > 0 { leftMeanwhile.insert(change.key) }
  }

  /// When the oldest item that is to be delivered was accepted; `nil` when there is none.
  mutating func oldestPending() -> Date? { table.oldestPending() }
}

// MARK: Admission

extension DeliveryQueue {
  /// Whether a new item may come in.
  enum Admission: Hashable {
    /// Yes; write it, together with the discarding of these parked items.
    case admitted(discarding: [OutboxItem.Key])
    /// It is held, or was delivered lately: nothing to do.
    case held
    /// This one of the same identity is held. Whether it is about the same patient, only its payload tells.
    case unclear(OutboxItem)
    /// Another caller is writing it at this moment.
    case underWay
    case refused(OutboxError.Code)
  }

  /// Reserves room for an item, until ``admit(_:_:discarding:now:)`` or ``withdraw(_:discarding:)``.
  mutating func ask(_ item: OutboxItem, _ orderKey: OrderKey, now: Date) -> Admission {
    if admissions[item.key] != nil { return .underWay }
    if let known = known(item.key, as: orderKey) { return known }
    let size = item.payload.bytes.count
    let limits = policy.limits
    guard size <= limits.itemBytes else { return .refused(.tooLarge) }
    if let age = limits.age, let oldest = oldestPending(), now.timeIntervalSince(oldest) > age.seconds {
      return .refused(.full)
    }
    var count = table.count - leaving.count + admissions.count
    var bytes = table.payloadBytes - leaving.values.reduce(0, +) + reservedBytes
    var discarding: [OutboxItem] = []
    func isFull() -> Bool { count + 1 > limits.items || bytes + size > limits.bytes }
    if isFull(), limits.whenFull == .discardOldestParked {
      table.visitParked { parked in
        guard !decisions.contains(parked.key) else { return true }
        discarding.append(parked)
        count -= 1
        bytes -= parked.payload.bytes.count
        return isFull()
      }
    }
    if isFull() { return .refused(.full) }
    admissions[item.key] = size
    reservedBytes += size
    for parked in discarding {
      decisions.insert(parked.key)
      leaving[parked.key] = parked.payload.bytes.count
    }
    return .admitted(discarding: discarding.map(\.key))
  }

  /// What an item of the same identity means for one with this order key; `nil` when there is none.
  private func known(_ key: OutboxItem.Key, as orderKey: OrderKey) -> Admission? {
    if let item = table[key]?.item, let other = schedule[key]?.orderKey {
      guard other.isKnown else { return .unclear(item) }
      return other == orderKey ? .held : .refused(.identityInUse)
    }
    guard table.delivered.contains(key) else { return nil }
    let isAnother = deliveredOrderKeys[key].map { $0 != orderKey.hashValue } ?? false
    return isAnother ? .refused(.identityInUse) : .held
  }

  /// The store holds the item, and no longer those that were discarded for it.
  mutating func admit(_ item: OutboxItem, _ orderKey: OrderKey, discarding: [OutboxItem.Key], now: Date) {
    for key in discarding { discard(key) }
    withdraw(item.key, discarding: discarding)
    accept(item, orderKey, now: now)
  }

  /// The room is given up: the store did not take the item, or it stands among the held ones now.
  mutating func withdraw(_ key: OutboxItem.Key, discarding: [OutboxItem.Key]) {
    reservedBytes -= admissions.removeValue(forKey: key) ?? 0
    for key in discarding {
      decisions.remove(key)
      leaving[key] = nil
    }
  }
}

// The store's contents are read outside the lock, and what left meanwhile may still stand in them.
extension DeliveryQueue {
  /// The store's contents are about to be read.
  mutating func refreshBegins() { refreshes += 1 }

  /// All of the contents was taken in, or could not be read.
  mutating func refreshEnds() {
    refreshes -= 1
    if refreshes == 0 { leftMeanwhile = [] }
  }

  /// Whether an item that the store held did not come through this outbox, and is not known yet.
  func isNew(_ key: OutboxItem.Key) -> Bool {
    table.state(of: key) == .unknown && admissions[key] == nil && !leftMeanwhile.contains(key)
  }

  /// Takes in an item that the store holds and that did not come through this outbox.
  mutating func merge(_ item: OutboxItem, _ orderKey: OrderKey, now: Date) {
    if isNew(item.key) { accept(item, orderKey, now: now) }
  }
}

// MARK: Delivery

extension DeliveryQueue {
  /// The next item to deliver, which is under way from now on, until ``finish(_:)``.
  mutating func take(now: Date) -> DeliverySchedule.Turn { schedule.take(now: now) }

  /// An item that is held.
  func item(_ key: OutboxItem.Key) -> OutboxItem? { table[key]?.item }

  /// What a delivery's end leads to.
  struct Resolution: Hashable {
    enum Outcome: Hashable {
      /// It stays until ``recorded(_:)``.
      case delivered
      case again(DeliveryError.Code, until: Date)
      /// Nobody else may decide about it until ``told(ofParking:_:)``.
      case parked(OutboxItem.Parking)
    }

    let outcome: Outcome
    /// What the store must be told.
    let changes: [OutboxChange]
  }

  /// Takes the end of a delivery that ``take(now:)`` began. A delivered item stays until it is recorded.
  mutating func resolve(
    _ key: OutboxItem.Key, _ result: Result<Void, DeliveryError>, now: Date, random: Double
  ) -> Resolution? {
    switch result {
    case .success:
      return schedule.succeeded(key) ? Resolution(outcome: .delivered, changes: [.delivered(key)]) : nil
    case .failure(let error):
      guard let item = table[key]?.item else { return nil }
      switch schedule.failed(item, error, now: now, random: random) {
      case .again(let tries, let until)?:
        table.make(.tried(key, tries))
        return Resolution(outcome: .again(error.code, until: until), changes: [.tried(key, tries)])
      case .parking(let tries)?:
        // The disk keeps words of a fixed list, and to the person who decides the two are the same.
        let reason = error.code == .keyUnavailable ? .cannotBeOpened : error.code
        return park(key, tries, OutboxItem.Parking(reason: reason, since: now.toTheMillisecond))
      case nil: return nil
      }
    }
  }

  private mutating func park(
    _ key: OutboxItem.Key, _ tries: OutboxItem.Tries, _ parking: OutboxItem.Parking
  ) -> Resolution {
    let changes = [OutboxChange.tried(key, tries), .parked(key, parking)]
    for change in changes { table.make(change) }
    decisions.insert(key)
    schedule.park(key)
    return Resolution(outcome: .parked(parking), changes: changes)
  }

  /// The store was told of a parking, or could not be.
  mutating func told(ofParking key: OutboxItem.Key, _ isTold: Bool) {
    decisions.remove(key)
    if !isTold { untold.insert(key) }
  }

  /// An item could be read after all, or it is known that it never can be.
  mutating func place(_ key: OutboxItem.Key, under orderKey: OrderKey) { schedule.place(key, under: orderKey) }

  /// A delivery was broken off by its own side: as if it had not begun.
  mutating func release(_ key: OutboxItem.Key) { schedule.release(key) }

  /// What ``take(now:)`` began has ended, and the store knows what became of it as far as it can be told.
  mutating func finish(_ kind: OutboxItem.Kind) { schedule.finish(kind) }

  /// The store knows of the delivery.
  mutating func recorded(_ key: OutboxItem.Key) {
    guard let entry = schedule[key], entry.phase == .unrecorded else { return }
    letGo(.delivered(key))
    deliveredOrderKeys[key] = entry.orderKey.hashValue
    if deliveredOrderKeys.count > 2 * table.delivered.count + 100 {
      deliveredOrderKeys = deliveredOrderKeys.filter { table.delivered.contains($0.key) }
    }
  }

  /// Deliveries that the store could not be told of, for one caller that tells it again.
  mutating func takeUnrecorded() -> [OutboxItem.Key] {
    defer { unrecorded = [] }
    return unrecorded.sorted { (table[$0]?.ordinal ?? 0) < (table[$1]?.ordinal ?? 0) }
  }

  /// The store could not be told of a delivery: it is held, and not delivered again, until it can.
  mutating func notRecorded(_ key: OutboxItem.Key) {
    if schedule[key]?.phase == .unrecorded { unrecorded.insert(key) }
  }
}

// MARK: Decisions about parked items

extension DeliveryQueue {
  /// Parked items, in order of acceptance.
  var parked: [OutboxItem] { table.parkedItems }

  func parked(_ key: OutboxItem.Key) -> OutboxItem? {
    table[key].flatMap { $0.item.state == .parked ? $0.item : nil }
  }

  /// Whether a caller may decide about a parked item.
  enum Claim: Hashable {
    /// Nobody else will, until ``endClaim(_:)``.
    case claimed(OutboxItem)
    /// The store is being told something of it at this moment.
    case busy
    case notParked
  }

  mutating func claim(_ key: OutboxItem.Key) -> Claim {
    guard let item = parked(key) else { return .notParked }
    return decisions.insert(key).inserted ? .claimed(item) : .busy
  }

  /// The decision is made, or could not be.
  mutating func endClaim(_ key: OutboxItem.Key) { decisions.remove(key) }

  /// What the store must be told first of items that it does not know to be parked.
  func untoldParkings(_ keys: [OutboxItem.Key]) -> [OutboxChange] {
    keys.filter(untold.contains).compactMap { key in
      table[key]?.item.parked.map { OutboxChange.parked(key, $0) }
    }
  }

  /// A parked item is tried again, from the start and in its old place.
  mutating func retry(_ key: OutboxItem.Key, _ orderKey: OrderKey) {
    guard case .move = table.make(.retried(key)) else { return }
    untold.remove(key)
    schedule.resume(key, orderKey)
  }

  /// A parked item is given up.
  mutating func discard(_ key: OutboxItem.Key) { letGo(.discarded(key)) }
}
