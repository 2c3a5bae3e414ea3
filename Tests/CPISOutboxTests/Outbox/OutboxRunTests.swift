import CPIS
import CPISFiles
import CPISOutbox
import CPISTestSupport
import Foundation
import NHSNumbers
import Synchronization
import Testing

@Suite("Outbox that runs")
struct OutboxRunTests {
  @Test("It wakes on a notice, on time and when told, and ends when it is cancelled")
  func wakes() async throws {
    let clock = TestClock()
    let receiver = Receiver()
    let outbox = try await Outbox(
      store: InMemoryOutboxStore(), delivery: receiver.delivery, sealer: nil, clock: clock, random: { 1 })
    let running = Task { try await outbox.run() }
    try await outbox.accept(try declaration(1, child: 1))
    try await eventually { outbox.counters.delivered == 1 }
    receiver.answer { _, count in count == 2 ? DeliveryError(.unavailable) : nil }
    try await outbox.accept(try declaration(2, child: 1))
    try await eventually { receiver.arrivals.count == 2 && clock.sleepers > 0 }
    #expect(outbox.counters.delivered == 1)
    try await eventually {
      clock.advance(1)
      return outbox.counters.delivered == 2
    }
    running.cancel()
    try await running.value
  }

  @Test("A delivery that takes long holds only its own child")
  func slow() async throws {
    let gate = Mutex<CheckedContinuation<Void, Never>?>(nil)
    let arrived = Mutex<[UUID]>([])
    let outbox = try await Outbox(
      store: InMemoryOutboxStore(),
      delivery: Delivery { (notice) throws(DeliveryError) in
        arrived.withLock { $0.append(notice.id) }
        if notice.id == sampleID(1) { await withCheckedContinuation { c in gate.withLock { $0 = c } } }
      }, sealer: nil, clock: TestClock())
    let running = Task { try await outbox.run() }
    try await outbox.accept(try declaration(1, child: 1))
    try await outbox.accept(try declaration(2, child: 1))
    for index in 3...9 { try await outbox.accept(try declaration(index, child: index)) }
    try await eventually { outbox.counters.delivered == 7 && gate.withLock { $0 != nil } }
    #expect(!arrived.withLock { $0.contains(sampleID(2)) })
    gate.withLock { $0.take() }?.resume()
    try await eventually { outbox.counters.delivered == 9 }
    running.cancel()
    try await running.value
  }

  @Test(
    "Producers, deliveries and retries at once over a journal: each child's notices arrive in order, the counters agree"
  )
  func together() async throws {
    let fileSystem = MemoryFileSystem()
    let taken = Tally<[UUID]>([])
    let parked = Tally<Set<UUID>>([])
    let receiver = Receiver { notice, count in
      if count % 7 == 0 { return DeliveryError(.timedOut) }
      taken.add { $0.append(notice.id) }
      return nil
    }
    let clock = TestClock()
    let store = try await FileOutboxStore.open(fileSystem, folder: "/f", options: CrashHistory.options())
    let outbox = try await Outbox(
      store: store, delivery: receiver.delivery, sealer: TurningSealer(), clock: clock,
      observer: EventTap { event in
        if case .parked = event.kind, let key = event.key { parked.add { _ = $0.insert(key.id) } }
      })
    let running = Task { try await outbox.run() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for producer in 0..<8 {
        group.addTask {
          for index in 0..<20 { try await outbox.accept(try declaration(producer * 100 + index, child: producer)) }
        }
      }
      try await group.waitForAll()
    }
    try await eventually {
      for item in outbox.parkedItems { try await outbox.retry(item.key) }
      clock.advance(1)
      return outbox.counters.delivered == 160
    }
    running.cancel()
    try await running.value
    let seen = receiver.arrivals
    #expect(Set(seen.map(\.id)).count == 160)
    for producer in 0..<8 {
      let sent = (0..<20).map { sampleID(producer * 100 + $0) }.filter { !parked.value.contains($0) }
      #expect(taken.value.filter(sent.contains) == sent)
    }
    #expect(try await store.contents().counters == outbox.counters)
    await store.close()
    let again = try await FileOutboxStore.open(fileSystem, folder: "/f")
    #expect(try await again.contents().counters == outbox.counters)
  }

  /// An outbox on a disk in memory that has accepted one declaration.
  private func outboxHoldingOne() async throws -> (MemoryFileSystem, Receiver, FileOutboxStore, Outbox) {
    let (fileSystem, receiver) = (MemoryFileSystem(), Receiver())
    let store = try await FileOutboxStore.open(fileSystem, folder: "/f")
    let outbox = try await Outbox(
      store: store, delivery: receiver.delivery, sealer: nil, policy: sequentialPolicy(), clock: TestClock())
    try await outbox.accept(try declaration(1, child: 1))
    return (fileSystem, receiver, store, outbox)
  }

  @Test("When the journal stops, running ends with an error; opened anew, all of it goes on")
  func stops() async throws {
    let (fileSystem, receiver, store, outbox) = try await outboxHoldingOne()
    fileSystem.plan { _, operation in operation == .sync ? .fail(.deviceFailed) : nil }
    await #expect(throws: OutboxError(.stopped)) { try await outbox.run() }
    fileSystem.plan(nil)
    await #expect(throws: SinkError(.unavailable)) { try await outbox.accept(try declaration(2, child: 1)) }
    await store.close()
    let again = try await FileOutboxStore.open(fileSystem, folder: "/f")
    let second = try await Outbox(store: again, delivery: receiver.delivery, sealer: nil, clock: TestClock())
    try await second.drain()
    #expect(second.counters.pending == 0 && second.counters.areBalanced)
    #expect(Set(receiver.arrivals.map(\.id)) == [sampleID(1)])
  }

  @Test("A disk too full to record a delivery does not lead to a second one, and it is recorded later")
  func fullDisk() async throws {
    let (fileSystem, receiver, _, outbox) = try await outboxHoldingOne()
    fileSystem.plan { _, operation in operation == .write ? .fail(.diskFull) : nil }
    try await outbox.drain()
    try await outbox.drain()
    #expect(outbox.counters.pending == 1 && receiver.arrivals.count == 1)
    fileSystem.plan(nil)
    try await outbox.drain()
    #expect(outbox.counters.delivered == 1 && receiver.arrivals.count == 1)
  }

  @Test("Payloads are gone from the disk once delivered and drained")
  func erased() async throws {
    let fileSystem = MemoryFileSystem()
    let store = try await FileOutboxStore.open(fileSystem, folder: "/f")
    let outbox = try await Outbox(
      store: store, delivery: Receiver().delivery, sealer: nil, policy: sequentialPolicy(), clock: TestClock())
    for index in 0..<5 { try await outbox.accept(try declaration(index, child: 1)) }
    let clear = try sampleNumber(1).wireForm
    func isOnDisk() -> Bool {
      fileSystem.disk.files.values.contains { String(decoding: $0, as: UTF8.self).contains(clear) }
    }
    #expect(isOnDisk())
    try await outbox.drain()
    #expect(!isOnDisk())
  }

  @Test("Payloads are gone from the disk once the erasure delay is over, also one under a minute")
  func erasedInTime() async throws {
    let store = ObstructedStore()
    let clock = TestClock()
    var policy = OutboxPolicy()
    policy.erasureDelay = .seconds(5)
    let outbox = try await Outbox(
      store: store, delivery: Receiver().delivery, sealer: nil, policy: policy, clock: clock)
    let running = Task { try await outbox.run() }
    try await outbox.accept(try declaration(1, child: 1))
    // All seven workers wait: for the time that the policy sets, and not for the minute after which they look anyway.
    try await eventually { outbox.counters.delivered == 1 && clock.sleepers == 7 }
    #expect(store.erasures == 0)
    clock.advance(5.1)
    try await eventually { store.erasures == 1 }
    running.cancel()
    try await running.value
  }
}
