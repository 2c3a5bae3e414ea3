import CPIS
import CPISFiles
import CPISOutbox
import CPISTestSupport
import Foundation
import NHSNumbers
import Synchronization
import Testing

@Suite("Outbox")
struct OutboxTests {
  private func outbox(
    _ receiver: Receiver, store: some OutboxStore = InMemoryOutboxStore(), clock: TestClock = TestClock(),
    sealer: (any PayloadSealer)? = nil, policy: OutboxPolicy = sequentialPolicy(),
    observer: (any EventObserver)? = nil
  ) async throws -> Outbox {
    try await Outbox(
      store: store, delivery: receiver.delivery, sealer: sealer, policy: policy, clock: clock, random: { 1 },
      observer: observer)
  }

  @Test("Every kind of notice arrives as it was accepted")
  func everyKindArrives() async throws {
    let receiver = Receiver()
    let outbox = try await outbox(receiver)
    for notice in try everyKind() { #expect(try await outbox.enqueue(notice) == .accepted) }
    #expect(outbox.counters.pending == 4)
    try await outbox.drain()
    #expect(Set(receiver.arrivals) == Set(try everyKind()))
    #expect(outbox.counters.description.contains("accepted 4 = delivered 4"))
    #expect(outbox.counters.areBalanced)
  }

  @Test("The same notice offered again is held once, also after it was delivered and the store opened anew")
  func dedupes() async throws {
    let receiver = Receiver()
    let store = InMemoryOutboxStore()
    let first = try await outbox(receiver, store: store)
    let notice = try declaration(1, child: 1)
    try await first.accept(notice)
    #expect(try await first.enqueue(notice) == .alreadyHeld)
    try await first.drain()
    #expect(try await first.enqueue(notice) == .alreadyHeld)
    let second = try await outbox(receiver, store: store)
    #expect(try await second.enqueue(notice) == .alreadyHeld)
    try await second.drain()
    #expect(receiver.arrivals == [notice])
  }

  @Test("A safeguarding notice with the id of another notice about its access is an item of its own")
  func sameIDOtherKind() async throws {
    let receiver = Receiver()
    let outbox = try await outbox(receiver)
    let notices = try everyKind().compactMap { notice in
      if case .safeguarding(let notice) = notice { notice } else { nil }
    }
    let notice = try #require(notices.first)
    let twin = Notice.safeguarding(
      SafeguardingNotice(
        id: sampleID(41), access: notice.access, plans: notice.plans, completeness: .complete,
        origin: notice.origin,
        isRepeat: false))
    try await outbox.accept(twin)
    #expect(try await outbox.enqueue(try declaration(41, child: 3)) == .accepted)
  }

  @Test("Many callers with the same notice at once: one item, all are told that it is safe")
  func sameAtOnce() async throws {
    let store = try await FileOutboxStore.open(MemoryFileSystem(), folder: "/f")
    let outbox = try await outbox(Receiver(), store: store)
    let notice = try declaration(1, child: 1)
    let receipts = try await withThrowingTaskGroup(of: Outbox.Receipt.self) { group in
      for _ in 0..<50 { group.addTask { try await outbox.enqueue(notice) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(receipts.count { $0 == .accepted } == 1)
    #expect(try await store.contents().counters.accepted == 1)
  }

  @Test("Callers at once share syncs, and all is there afterwards")
  func groupCommit() async throws {
    let fileSystem = MemoryFileSystem()
    let store = try await FileOutboxStore.open(fileSystem, folder: "/f")
    let syncs = Mutex(0)
    fileSystem.plan { _, operation in
      if operation == .sync {
        syncs.withLock { $0 += 1 }
        Thread.sleep(forTimeInterval: 0.004)
      }
      return nil
    }
    let outbox = try await outbox(Receiver(), store: store)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<64 { group.addTask { try await outbox.accept(try declaration(index, child: index)) } }
      try await group.waitForAll()
    }
    #expect(syncs.withLock { $0 } < 40)
    #expect(try await store.contents().items.count == 64)
  }

  @Test("Notices of one child arrive in order: a later one waits for an earlier one")
  func order() async throws {
    let clock = TestClock()
    let receiver = Receiver { notice, _ in notice.id == sampleID(1) ? DeliveryError(.unusableAnswer) : nil }
    let outbox = try await outbox(receiver, clock: clock)
    for index in 1...3 { try await outbox.accept(try declaration(index, child: 1)) }
    try await outbox.accept(try declaration(4, child: 2))
    try await outbox.drain()
    #expect(receiver.arrivals.map(\.id) == [sampleID(1), sampleID(4)])
    receiver.answer { _, _ in nil }
    clock.advance(2)
    try await outbox.drain()
    #expect(receiver.arrivals.map(\.id) == [1, 4, 1, 2, 3].map(sampleID))
  }

  @Test("A safeguarding notice does not wait for the registry")
  func kindsDoNotWait() async throws {
    let receiver = Receiver { notice, _ in
      if case .undeclaredAccess = notice { DeliveryError(.unavailable) } else { nil }
    }
    let outbox = try await outbox(receiver)
    for notice in try everyKind().reversed() { try await outbox.accept(notice) }
    try await outbox.drain()
    #expect(outbox.counters.delivered == 3 && outbox.counters.pending == 1)
  }

  @Test(
    "A poison item among good ones is parked after its tries; the next of its child goes on; retrying puts it first"
  )
  func poison() async throws {
    let clock = TestClock()
    let receiver = Receiver { notice, _ in notice.id == sampleID(1) ? DeliveryError(.other) : nil }
    var policy = sequentialPolicy()
    policy.triesBeforeParking = 3
    let store = InMemoryOutboxStore()
    let outbox = try await outbox(receiver, store: store, clock: clock, policy: policy)
    for index in 1...2 { try await outbox.accept(try declaration(index, child: 1)) }
    for index in 10..<14 {
      try await outbox.drain()
      try await outbox.accept(try declaration(index, child: index))
      clock.advance(400)
    }
    #expect(receiver.arrivals.map(\.id) == [1, 10, 1, 11, 1, 12, 1, 2].map(sampleID))
    #expect(outbox.counters.parked == 1 && outbox.counters.areBalanced)
    let parked = try #require(outbox.parkedItems.first)
    #expect(parked.parking.reason == .other && parked.tries == 4)
    #expect(try outbox.parkedNotice(parked.key) == declaration(1, child: 1))
    receiver.answer { _, _ in nil }
    try await outbox.retry(parked.key)
    #expect(outbox.counters.parked == 0 && outbox.counters.areBalanced)
    try await outbox.drain()
    #expect(outbox.counters.delivered == 6)
    #expect(try await store.contents().counters == outbox.counters)
    await #expect(throws: OutboxError(.unknownItem)) { try await outbox.retry(parked.key) }
  }

  @Test("A rejected item is parked at once, survives a restart parked, and may be discarded")
  func discarded() async throws {
    let store = InMemoryOutboxStore()
    let receiver = Receiver { _, _ in DeliveryError(.rejected) }
    let first = try await outbox(receiver, store: store)
    try await first.accept(try declaration(1, child: 1))
    try await first.drain()
    let second = try await outbox(receiver, store: store)
    let parked = try #require(second.parkedItems.first)
    try await second.discard(parked.key)
    #expect(second.counters.discarded == 1 && second.counters.areBalanced)
    #expect(try await store.contents().items == [])
    await #expect(throws: OutboxError(.unknownItem)) { try await second.discard(parked.key) }
  }

  @Test("An outage parks nothing, however long: one item at a time asks, less and less often")
  func outage() async throws {
    let clock = TestClock()
    let receiver = Receiver { _, _ in DeliveryError(.unavailable) }
    let outbox = try await outbox(receiver, clock: clock)
    for index in 0..<100 { try await outbox.accept(try declaration(index, child: index)) }
    for _ in 0..<(12 * 60) {
      try await outbox.drain()
      clock.advance(60)
    }
    #expect(outbox.counters.parked == 0 && outbox.counters.pending == 100)
    #expect(receiver.arrivals.count < 12 * 12 + 20)
    receiver.answer { _, _ in nil }
    clock.advance(301)
    try await outbox.drain()
    clock.advance(301)
    try await outbox.drain()
    #expect(outbox.counters.delivered == 100)
  }

  @Test("An item that makes its receiver fail does not keep the others, and is parked in the end")
  func poisonThatLooksLikeAnOutage() async throws {
    let clock = TestClock()
    let receiver = Receiver { notice, _ in notice.id == sampleID(0) ? DeliveryError(.timedOut) : nil }
    let outbox = try await outbox(receiver, clock: clock)
    for index in 0..<40 {
      try await outbox.accept(try declaration(index, child: index))
      try await outbox.drain()
      clock.advance(310)
    }
    try await outbox.drain()
    #expect(outbox.counters.delivered == 39)
    #expect(outbox.parkedItems.map(\.parking.reason) == [.timedOut])
  }

  @Test("A receiver that asks to be left alone is, for all of its items")
  func retryAfter() async throws {
    let clock = TestClock()
    let receiver = Receiver { _, _ in DeliveryError(.tooManyRequests, retryAfter: .seconds(3_600)) }
    let outbox = try await outbox(receiver, clock: clock)
    for index in 0..<5 { try await outbox.accept(try declaration(index, child: index)) }
    try await outbox.drain()
    receiver.answer { _, _ in nil }
    clock.advance(3_599)
    try await outbox.drain()
    #expect(receiver.arrivals.count == 1)
    clock.advance(60)
    try await outbox.drain()
    #expect(outbox.counters.delivered == 5)
  }

  @Test("A clock that is set back a year does not hold anything back")
  func clockSetBack() async throws {
    let clock = TestClock()
    let receiver = Receiver { _, _ in DeliveryError(.unavailable) }
    let store = InMemoryOutboxStore()
    let first = try await outbox(receiver, store: store, clock: clock)
    try await first.accept(try declaration(1, child: 1))
    try await first.drain()
    receiver.answer { _, _ in nil }
    clock.advance(-365 * 86_400)
    try await first.drain()
    #expect(first.counters.delivered == 1)
    // The same over a restart.
    receiver.answer { _, _ in DeliveryError(.unavailable) }
    try await first.accept(try declaration(2, child: 1))
    try await first.drain()
    receiver.answer { _, _ in nil }
    clock.advance(-365 * 86_400)
    let second = try await outbox(receiver, store: store, clock: clock)
    try await second.drain()
    #expect(second.counters.delivered == 2)
  }

  @Test(
    "A clock set back within a day, and a restart in an outage: nothing waits longer than its back-off",
    arguments: [10.0, 600, 3_600, 80_000])
  func clockSetBackInOutage(seconds: Double) async throws {
    let clock = TestClock()
    let receiver = Receiver { _, _ in DeliveryError(.unavailable) }
    let store = InMemoryOutboxStore()
    let first = try await outbox(receiver, store: store, clock: clock)
    try await first.accept(try declaration(1, child: 1))
    for _ in 0..<4 {
      try await first.drain()
      clock.advance(400)
    }
    try await first.drain()
    #expect(first.counters.pending == 1)
    clock.advance(-seconds)
    receiver.answer { _, _ in nil }
    let second = try await outbox(receiver, store: store, clock: clock)
    // Five tries: the back-off is 16 seconds at most.
    clock.advance(17)
    try await second.drain()
    #expect(second.counters.delivered == 1)
  }

  @Test("A clock that shows a far year for a moment, at the end of a try, holds nothing back")
  func clockJumpsAhead() async throws {
    let clock = StrayingClock()
    let receiver = Receiver { _, arrivals in
      if arrivals == 1 { clock.strayOnce() }
      return DeliveryError(.other)
    }
    let outbox = try await Outbox(
      store: InMemoryOutboxStore(), delivery: receiver.delivery, sealer: nil, policy: sequentialPolicy(),
      clock: clock, random: { 1 })
    try await outbox.accept(try declaration(1, child: 1))
    try await outbox.drain()
    receiver.answer { _, _ in nil }
    clock.clock.advance(10)
    try await outbox.drain()
    #expect(outbox.counters.delivered == 1)
  }

  @Test("Small steps back are noticed once they come to more than a second")
  func clockCreepsBack() async throws {
    let clock = TestClock()
    let receiver = Receiver { _, _ in DeliveryError(.other) }
    let outbox = try await outbox(receiver, clock: clock)
    try await outbox.accept(try declaration(1, child: 1))
    try await outbox.drain()
    receiver.answer { _, _ in nil }
    for _ in 0..<3 {
      clock.advance(-0.6)
      try await outbox.drain()
    }
    #expect(outbox.counters.delivered == 1)
  }

  @Test(
    "A clock that shows no instant: draining ends, and all arrives once it shows one",
    arguments: [Double.nan, .infinity, -.infinity, 1e300, -1e300])
  func clockShowsNoInstant(seconds: Double) async throws {
    let clock = TestClock()
    let receiver = Receiver { _, arrivals in arrivals < 200 ? DeliveryError(.other) : nil }
    let outbox = try await outbox(receiver, clock: clock)
    try await outbox.accept(try declaration(1, child: 1))
    clock.set(Date(timeIntervalSinceReferenceDate: seconds))
    try await outbox.accept(try declaration(2, child: 2))
    try await outbox.drain()
    #expect(receiver.arrivals.count <= 4)
    receiver.answer { _, _ in nil }
    clock.set(sampleTime.addingTimeInterval(10))
    try await outbox.drain()
    #expect(outbox.counters.delivered == 2)
  }

  @Test("A limit refuses loudly: nothing is taken, the caller is told, an event says so")
  func limits() async throws {
    let events = Mutex<[OutboxEvent]>([])
    var policy = sequentialPolicy()
    policy.limits.items = 2
    let outbox = try await outbox(
      Receiver(), policy: policy, observer: EventTap { event in events.withLock { $0.append(event) } })
    for index in 1...2 { try await outbox.accept(try declaration(index, child: index)) }
    await #expect(throws: OutboxError(.full)) { try await outbox.enqueue(try declaration(3, child: 3)) }
    await #expect(throws: SinkError(.full)) { try await outbox.accept(try declaration(3, child: 3)) }
    #expect(
      events.withLock {
        $0.count { $0.kind == .refused(OutboxError(.full)) }
      } == 2)
    #expect(outbox.counters.accepted == 2)
  }

  @Test("Limits of bytes, of one item and of age are held, each with its own error")
  func otherLimits() async throws {
    let clock = TestClock()
    var policy = sequentialPolicy()
    policy.limits.bytes = 1_500
    let small = try await outbox(Receiver(), clock: clock, policy: policy)
    try await small.accept(try declaration(1, child: 1))
    await #expect(throws: OutboxError(.full)) {
      for index in 2...9 { try await small.enqueue(try declaration(index, child: 1)) }
    }
    policy.limits.itemBytes = 100
    let tiny = try await outbox(Receiver(), clock: clock, policy: policy)
    await #expect(throws: SinkError(.rejected)) { try await tiny.accept(try declaration(1, child: 1)) }
    policy = sequentialPolicy()
    policy.limits.age = .seconds(3_600)
    let aged = try await outbox(Receiver(), clock: clock, policy: policy)
    try await aged.accept(try declaration(1, child: 1))
    clock.advance(3_601)
    await #expect(throws: OutboxError(.full)) { try await aged.enqueue(try declaration(2, child: 1)) }
    try await aged.drain()
    #expect(try await aged.enqueue(try declaration(2, child: 1)) == .accepted)
  }

  @Test("Parked items make room where the host says so, and are counted as discarded; pending ones never do")
  func roomFromParked() async throws {
    var policy = sequentialPolicy()
    policy.limits.items = 2
    policy.limits.whenFull = .discardOldestParked
    let receiver = Receiver { _, _ in DeliveryError(.rejected) }
    let outbox = try await outbox(receiver, policy: policy)
    try await outbox.accept(try declaration(1, child: 1))
    try await outbox.drain()
    for index in 2...3 { try await outbox.accept(try declaration(index, child: index)) }
    #expect(outbox.counters.discarded == 1 && outbox.counters.areBalanced)
    await #expect(throws: OutboxError(.full)) { try await outbox.enqueue(try declaration(4, child: 4)) }
  }

  @Test("Sealed payloads hold nothing in clear on the disk, open after a restart, and keep their order")
  func sealed() async throws {
    let fileSystem = MemoryFileSystem()
    let receiver = Receiver()
    let store = try await FileOutboxStore.open(fileSystem, folder: "/f")
    let first = try await outbox(receiver, store: store, sealer: TurningSealer())
    for index in 1...3 { try await first.accept(try declaration(index, child: 1)) }
    let clear = try sampleNumber(1).wireForm
    for (_, bytes) in fileSystem.disk.files {
      #expect(!String(decoding: bytes, as: UTF8.self).contains(clear))
      #expect(!String(decoding: bytes, as: UTF8.self).contains("Sample"))
    }
    await store.close()
    let again = try await FileOutboxStore.open(fileSystem, folder: "/f")
    let second = try await outbox(receiver, store: again, sealer: TurningSealer())
    try await second.drain()
    #expect(receiver.arrivals.map(\.id) == [1, 2, 3].map(sampleID))
  }

  @Test("Declarations go to the registry with their original author and time, all else to the sink")
  func composition() async throws {
    let registry = DeclaringRegistry()
    let sink = Receiver()
    let clock = TestClock()
    let outbox = try await Outbox(
      store: InMemoryOutboxStore(), delivery: .declarations(to: registry, others: sink), sealer: nil,
      policy: sequentialPolicy(), clock: clock)
    for notice in try everyKind() { try await outbox.accept(notice) }
    registry.fail(with: RegistryError(.timedOut))
    try await outbox.drain()
    #expect(sink.arrivals.count == 3 && outbox.counters.pending == 1)
    registry.fail(with: nil)
    clock.advance(10)
    try await outbox.drain()
    #expect(outbox.counters.delivered == 4)
    let access = try sampleAccess(41, child: 3)
    #expect(registry.declared.allSatisfy { $0 == access } && registry.declared.count == 2)
  }

  @Test("Items that a host wrote in its own transaction are delivered after a refresh")
  func ownTransaction() async throws {
    let store = InMemoryOutboxStore()
    let receiver = Receiver()
    let outbox = try await outbox(receiver, store: store)
    try await store.apply([.accepted(try outbox.item(for: try declaration(1, child: 1)))])
    try await outbox.refresh()
    try await outbox.drain()
    #expect(receiver.arrivals.count == 1)
    #expect(try await store.contents().counters == outbox.counters)
  }

  @Test("Nothing that can be printed tells of a patient")
  func redacted() async throws {
    let notice = try declaration(1, child: 1)
    let outbox = try await outbox(Receiver())
    let item = try outbox.item(for: notice)
    let clear = try sampleNumber(1).wireForm
    var dumped = ""
    dump(item, to: &dumped)
    dump(OutboxChange.accepted(item), to: &dumped)
    dump(OutboxContents(items: [item], delivered: [], counters: outbox.counters), to: &dumped)
    dumped += "\(item) \(OutboxChange.accepted(item)) \(item.key) \(OutboxError(.full)) \(DeliveryError(.other))"
    #expect(!dumped.contains(clear) && !dumped.contains("\(clear.utf8.map { $0 })"))
    #expect(OutboxItem.Parking(reason: .init(rawValue: clear), since: sampleTime).reason == .other)
  }
}

/// A registry that can only be told of accesses.
final class DeclaringRegistry: RegistryClient {
  private let state = Mutex<(declared: [Access], error: RegistryError?)>(([], nil))

  var declared: [Access] { state.withLock { $0.declared } }
  func fail(with error: RegistryError?) { state.withLock { $0.error = error } }

  func plans(for access: Access) async throws(RegistryError) -> RegistryAnswer {
    throw RegistryError(.unavailable)
  }

  func declare(_ access: Access) async throws(RegistryError) {
    let error = state.withLock { state in
      state.declared.append(access)
      return state.error
    }
    if let error { throw error }
  }

  func accessHistory(for access: Access) async throws(RegistryError) -> AccessHistory {
    throw RegistryError(.unavailable)
  }
}

/// Shows a test's time, except that it can be ten years ahead for one look.
private final class StrayingClock: WallClock {
  let clock = TestClock()
  private let strays = Mutex(false)

  func strayOnce() { strays.withLock { $0 = true } }

  var now: Date {
    let isAhead = strays.withLock { strays in
      defer { strays = false }
      return strays
    }
    return clock.now.addingTimeInterval(isAhead ? 86_400 * 3_650 : 0)
  }

  func sleep(for duration: Duration) async throws { try await clock.sleep(for: duration) }
}
