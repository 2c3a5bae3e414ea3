import CPIS
import CPISFiles
import CPISOutbox
import CPISTestSupport
import Foundation
import Synchronization
import Testing

@Suite("Outbox: workers")
struct WorkerTests {
  /// Counts how often it is asked for the time.
  private final class AskedClock: WallClock {
    let asked = Tally(0)
    var now: Date {
      asked.add { $0 += 1 }
      return sampleTime
    }
    func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }
  }

  @Test("A registry that hangs does not hold the notices of any other kind", arguments: [1, 2, 4])
  func hanging(workers: Int) async throws {
    let hanging = Tally<[CheckedContinuation<Void, Never>]>([])
    let arrived = Tally<Set<UUID>>([])
    let outbox = try await Outbox(
      store: InMemoryOutboxStore(),
      delivery: Delivery { (notice) throws(DeliveryError) in
        if case .undeclaredAccess = notice {
          await withCheckedContinuation { continuation in hanging.add { $0.append(continuation) } }
        }
        arrived.add { _ = $0.insert(notice.id) }
      }, sealer: nil, policy: simulatedPolicy(workers: workers), clock: TestClock())
    for index in 100..<110 { try await outbox.accept(try declaration(index, child: index)) }
    let running = Task { try await outbox.run() }
    try await eventually { hanging.value.count == workers }
    for notice in try everyKind() { try await outbox.accept(notice) }
    try await eventually { arrived.value == Set([40, 42, 43].map(sampleID)) }
    #expect(hanging.value.count == workers)
    running.cancel()
    // They come to an end by themselves, as they must.
    try await eventually {
      for continuation in hanging.add({ list in
        defer { list = [] }
        return list
      }) { continuation.resume() }
      return arrived.value.count >= 3 + workers
    }
    try await running.value
  }

  @Test("No more is under way at once than the policy says, but for one of each other kind")
  func limited() async throws {
    let underWay = Tally((now: 0, most: 0))
    let outbox = try await Outbox(
      store: InMemoryOutboxStore(),
      delivery: Delivery { (_) throws(DeliveryError) in
        underWay.add {
          $0.now += 1
          $0.most = max($0.most, $0.now)
        }
        try? await Task.sleep(for: .milliseconds(2))
        underWay.add { $0.now -= 1 }
      }, sealer: nil, policy: simulatedPolicy(workers: 3), clock: TestClock())
    for index in 0..<40 { try await outbox.accept(try declaration(index, child: index)) }
    try await outbox.drain()
    #expect(underWay.value.most == 3 && outbox.counters.delivered == 40)
  }

  @Test(
    "A receiver that fails one in five does not keep the other four waiting; one that fails all is soon left alone",
    arguments: [1, 4])
  func failsSome(workers: Int) async throws {
    let clock = TestClock()
    let failing = Set((0..<800).filter { $0 % 5 == 2 }.map(sampleID))
    let receiver = Receiver { notice, _ in failing.contains(notice.id) ? DeliveryError(.timedOut) : nil }
    let outbox = try await Outbox(
      store: InMemoryOutboxStore(), delivery: receiver.delivery, sealer: nil,
      policy: simulatedPolicy(workers: workers), clock: clock)
    for index in 0..<800 { try await outbox.accept(try declaration(index, child: index)) }
    try await outbox.drain()
    // Not a moment has passed.
    #expect(outbox.counters.delivered == 640)
    #expect(receiver.arrivals.count == 800)

    // A receiver that says when to come back is believed at once.
    receiver.answer { _, _ in DeliveryError(.tooManyRequests, retryAfter: .seconds(30)) }
    clock.advance(600)
    let before = receiver.arrivals.count
    try await outbox.drain()
    #expect(receiver.arrivals.count <= before + workers)

    receiver.answer { _, _ in nil }
    clock.advance(600)
    try await outbox.drain()
    #expect(outbox.counters.delivered == 800)

    // It takes three in a row to tell, and others may be under way by then.
    let known = receiver.arrivals.count
    receiver.answer { _, _ in DeliveryError(.unavailable) }
    for index in 1_000..<1_100 { try await outbox.accept(try declaration(index, child: index)) }
    try await outbox.drain()
    let count = receiver.arrivals.count
    try await outbox.drain()
    #expect(receiver.arrivals.count == count && (3...2 + workers).contains(count - known))
  }

  @Test("A drain returns when nothing is under way any more")
  func drainsToTheEnd() async throws {
    let outbox = try await Outbox(
      store: InMemoryOutboxStore(),
      delivery: Delivery { (_) throws(DeliveryError) in try? await Task.sleep(for: .milliseconds(20)) },
      sealer: nil, clock: TestClock())
    let running = Task { try await outbox.run() }
    try await outbox.accept(try declaration(1, child: 1))
    try await eventually { outbox.counters.pending == 1 }
    try await Task.sleep(for: .milliseconds(5))
    try await outbox.drain()
    #expect(outbox.counters.delivered == 1)
    running.cancel()
    try await running.value
  }

  @Test("Running ends when the store stops while nothing is due, whoever is told of it")
  func stopsWhileIdle() async throws {
    let fileSystem = MemoryFileSystem()
    let store = try await FileOutboxStore.open(fileSystem, folder: "/f")
    let clock = TestClock()
    // The receiver is away, so that the workers have nothing to do for a while.
    let outbox = try await Outbox(
      store: store, delivery: Receiver { _, _ in DeliveryError(.unavailable) }.delivery, sealer: nil, clock: clock)
    let running = Task { try await outbox.run() }
    try await eventually { clock.sleepers == 7 }
    fileSystem.plan { _, operation in operation == .sync ? .fail(.deviceFailed) : nil }
    await #expect(throws: OutboxError(.stopped)) { try await outbox.enqueue(try declaration(1, child: 1)) }
    await #expect(throws: OutboxError(.stopped)) { try await running.value }
    await #expect(throws: OutboxError(.stopped)) { try await outbox.drain() }
  }

  @Test("Running ends when the store was closed")
  func closed() async throws {
    let store = try await FileOutboxStore.open(MemoryFileSystem(), folder: "/f")
    let clock = TestClock()
    let outbox = try await Outbox(store: store, delivery: Receiver().delivery, sealer: nil, clock: clock)
    let running = Task { try await outbox.run() }
    await store.close()
    try? await outbox.refresh()
    await #expect(throws: OutboxError(.closed)) { try await running.value }
  }

  @Test("A store that stops while it erases ends running and draining; one that only fails is reported")
  func stopsWhileErasing() async throws {
    let store = ObstructedStore()
    let clock = TestClock()
    let outbox = try await Outbox(store: store, delivery: Receiver().delivery, sealer: nil, clock: clock)
    store.failErasing(OutboxError(.diskFull))
    try await outbox.drain()
    store.failErasing(OutboxError(.stopped))
    let running = Task { try await outbox.run() }
    try await eventually { clock.sleepers == 7 }
    clock.advance(61)
    await #expect(throws: OutboxError(.stopped)) { try await running.value }
    await #expect(throws: OutboxError(.stopped)) { try await outbox.drain() }
  }

  @Test("Who waits for another's write of the same notice waits, also when cancelled")
  func waitsWhenCancelled() async throws {
    let store = ObstructedStore()
    let clock = AskedClock()
    let outbox = try await Outbox(store: store, delivery: Receiver().delivery, sealer: nil, clock: clock)
    let writing = Tally<CheckedContinuation<Void, Never>?>(nil)
    store.obstruct { _ in
      await withCheckedContinuation { continuation in writing.add { $0 = continuation } }
      return nil
    }
    let first = Task { try await outbox.enqueue(try declaration(1, child: 1)) }
    try await eventually { writing.value != nil }
    let before = clock.asked.value
    let second = Task { try await outbox.enqueue(try declaration(1, child: 1)) }
    second.cancel()
    try await eventually { clock.asked.value > before + 1 }
    try await Task.sleep(for: .milliseconds(50))
    #expect(clock.asked.value == before + 2)
    writing.value?.resume()
    #expect(try await first.value == .accepted)
    #expect(try await second.value == .alreadyHeld)
  }
}
