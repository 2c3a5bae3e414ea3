import CPIS
import CPISOutbox
import CPISTestSupport
import Foundation
import Testing

@Suite("Outbox: decisions about parked items")
struct DecisionTests {
  private let store = ObstructedStore()
  private let receiver = Receiver { _, _ in DeliveryError(.rejected) }

  private func open(items: Int = 100_000) async throws -> Outbox {
    var policy = sequentialPolicy()
    policy.limits.items = items
    policy.limits.whenFull = .discardOldestParked
    return try await Outbox(
      store: store, delivery: receiver.delivery, sealer: nil, policy: policy, clock: TestClock(), random: { 1 })
  }

  private func park(_ indices: ClosedRange<Int>, in outbox: Outbox) async throws {
    for index in indices { try await outbox.accept(try declaration(index, child: index)) }
    try await outbox.drain()
  }

  private func delayEverything() {
    store.obstruct { _ in
      try? await Task.sleep(for: .milliseconds(10))
      return nil
    }
  }

  /// Offers notices at the same time, and gives what was thrown.
  private func offer(_ indices: ClosedRange<Int>, to outbox: Outbox) async -> [OutboxError] {
    await withTaskGroup(of: OutboxError?.self) { group in
      for index in indices {
        group.addTask {
          do {
            try await outbox.enqueue(try declaration(index, child: index))
            return nil
          } catch {
            return error as? OutboxError
          }
        }
      }
      return await group.reduce(into: []) { $0 += $1.map { [$0] } ?? [] }
    }
  }

  @Test("Callers at the limit at once do not make room with the same parked item")
  func atTheLimit() async throws {
    let outbox = try await open(items: 3)
    try await park(1...3, in: outbox)
    delayEverything()
    #expect(await offer(11...15, to: outbox) == [OutboxError(.full), OutboxError(.full)])
    #expect(outbox.counters.discarded == 3 && outbox.counters.pending == 3)
    #expect(try await store.contents().counters == outbox.counters)
  }

  @Test("A parked item keeps its place when the notice that should have it could not be written")
  func roomGivenBack() async throws {
    let outbox = try await open(items: 1)
    try await park(1...1, in: outbox)
    store.obstruct { _ in OutboxError(.diskFull) }
    #expect(await offer(2...2, to: outbox) == [OutboxError(.diskFull)])
    #expect(outbox.parkedItems.count == 1)
    store.obstruct(nil)
    #expect(await offer(2...2, to: outbox) == [])
    #expect(outbox.counters.discarded == 1 && outbox.counters.pending == 1)
  }

  @Test("Where the disk was too full to note the parking, making room, retrying and discarding work all the same")
  func parkingNotNoted() async throws {
    let outbox = try await open(items: 3)
    store.obstruct { changes in changes.contains(where: \.isParked) ? OutboxError(.diskFull) : nil }
    try await park(1...3, in: outbox)
    #expect(outbox.counters.parked == 3)
    #expect(try await store.contents().counters.parked == 0)
    store.obstruct(nil)
    #expect(await offer(4...4, to: outbox) == [])
    try await outbox.discard(try #require(outbox.parkedItems.first?.key))
    try await outbox.retry(try #require(outbox.parkedItems.first?.key))
    #expect(outbox.counters.discarded == 2 && outbox.counters.pending == 2 && outbox.counters.parked == 0)
    #expect(try await store.contents().counters == outbox.counters)
  }

  @Test("To retry and to discard at once: the first holds, the other is told, and outbox and store agree")
  func oneOfTwo() async throws {
    for round in 1...20 {
      let outbox = try await open()
      try await park(round...round, in: outbox)
      let key = try #require(outbox.parkedItems.first?.key)
      try await outbox.accept(try declaration(100 + round, child: round))
      store.obstruct { _ in
        await Task.yield()
        return nil
      }
      async let retrying: Void? = try? outbox.retry(key)
      async let discarding: Void? = try? outbox.discard(key)
      let outcomes = [await retrying, await discarding]
      store.obstruct(nil)
      #expect(outcomes.compactMap { $0 }.count == 1)
      #expect(try await store.contents().counters == outbox.counters)
      receiver.answer { _, _ in nil }
      try await outbox.drain()
      #expect(outbox.counters.pending == 0)
      receiver.answer { _, _ in DeliveryError(.rejected) }
    }
  }

  @Test("A decision made while the store is being told of the parking comes after it")
  func decidedAtOnce() async throws {
    let outbox = try await open()
    try await outbox.accept(try declaration(1, child: 1))
    store.obstruct { changes in
      if changes.contains(where: \.isParked) { try? await Task.sleep(for: .milliseconds(50)) }
      return nil
    }
    async let draining: Void = outbox.drain()
    try await eventually { outbox.counters.parked == 1 }
    receiver.answer { _, _ in nil }
    try await outbox.retry(try #require(outbox.parkedItems.first?.key))
    try await draining
    try await outbox.drain()
    #expect(outbox.counters.delivered == 1)
    #expect(try await store.contents().counters == outbox.counters)
  }

  @Test("A delivered item that the store does not hold leaves the queue, and the next of its child goes on")
  func deliveredAndUnknown() async throws {
    let outbox = try await open()
    receiver.answer { _, _ in nil }
    store.obstruct { changes in
      changes.contains { $0.isDelivered && $0.key.id == sampleID(1) } ? OutboxError(.unknownItem) : nil
    }
    for index in 1...2 { try await outbox.accept(try declaration(index, child: 1)) }
    try await outbox.drain()
    #expect(receiver.arrivals.map(\.id) == [1, 2].map(sampleID))
    #expect(outbox.counters.pending == 0 && outbox.counters.areBalanced)
  }

  @Test("A refresh does not bring back what was discarded while the contents were on the way")
  func refreshed() async throws {
    let outbox = try await open()
    try await park(1...1, in: outbox)
    let key = try #require(outbox.parkedItems.first?.key)
    store.afterReading { try? await outbox.discard(key) }
    try await outbox.refresh()
    #expect(outbox.parkedItems.isEmpty && outbox.counters.discarded == 1)
    #expect(outbox.counters.accepted == 1)
    // Nor does it keep the same notice out for good.
    #expect(try await outbox.enqueue(try declaration(1, child: 1)) == .accepted)
  }
}
