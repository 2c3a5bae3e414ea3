import CPIS
import CPISOutbox
import CPISTestSupport
import Foundation
import Testing

@Suite("Outbox: a sealer's key that is away")
struct SealerKeyTests {
  private let clock = TestClock()
  private let receiver = Receiver()
  private let store = InMemoryOutboxStore()
  private let ring = KeyRing()

  private func open(sealer: (any PayloadSealer)?, workers: Int = 4) async throws -> Outbox {
    try await Outbox(
      store: store, delivery: receiver.delivery, sealer: sealer, policy: simulatedPolicy(workers: workers),
      clock: clock, random: { 1 })
  }

  /// Notices 1 to 3 of one child and 4 of another, sealed with the first key, in an outbox that is gone.
  private func fill() async throws {
    ring.hold("key-1")
    let outbox = try await open(sealer: ring)
    for index in 1...3 { try await outbox.accept(try declaration(index, child: 1)) }
    try await outbox.accept(try declaration(4, child: 2))
  }

  private func drain(_ outbox: Outbox, times: Int, every seconds: Double) async throws {
    for _ in 0..<times {
      try await outbox.drain()
      clock.advance(seconds)
    }
  }

  private func arrivals(ofChild child: Int) throws -> [UUID] {
    let number = try sampleNumber(child)
    return receiver.arrivals.compactMap { notice in
      if case .undeclaredAccess(let undeclared) = notice, undeclared.access.patient == number {
        notice.id
      } else {
        nil
      }
    }
  }

  @Test("Away at the start, it is an outage: nothing is parked, and each child's notices arrive in order")
  func awayAtTheStart() async throws {
    try await fill()
    ring.hold()
    let outbox = try await open(sealer: ring)
    await #expect(throws: OutboxError(.notSealed)) { try await outbox.enqueue(try declaration(5, child: 2)) }
    try await drain(outbox, times: 12 * 12, every: 310)
    #expect(outbox.counters.parked == 0 && outbox.counters.pending == 4 && receiver.arrivals.isEmpty)
    ring.hold("key-1")
    try await drain(outbox, times: 2, every: 310)
    #expect(try arrivals(ofChild: 1) == [1, 2, 3].map(sampleID))
    #expect(outbox.counters.delivered == 4)
  }

  @Test("What comes later under a key that is there waits for what cannot be read: it may be of the same child")
  func laterOnesWait() async throws {
    try await fill()
    ring.hold("key-2")
    let outbox = try await open(sealer: ring)
    for index in 11...12 { try await outbox.accept(try declaration(index, child: 1)) }
    try await drain(outbox, times: 4, every: 5)
    #expect(receiver.arrivals.isEmpty)
    ring.hold("key-1", "key-2")
    try await drain(outbox, times: 2, every: 310)
    #expect(try arrivals(ofChild: 1) == [1, 2, 3, 11, 12].map(sampleID))
  }

  @Test("They do not wait for ever: after some minutes the rest is delivered, and the key is still asked for")
  func orderGivesWay() async throws {
    try await fill()
    ring.hold("key-2")
    let outbox = try await open(sealer: ring)
    try await outbox.accept(try declaration(11, child: 3))
    try await drain(outbox, times: 12, every: 310)
    #expect(receiver.arrivals.map(\.id) == [sampleID(11)] && outbox.counters.parked == 0)
    ring.hold("key-1", "key-2")
    try await drain(outbox, times: 2, every: 310)
    #expect(outbox.counters.delivered == 5)
    #expect(try arrivals(ofChild: 1) == [1, 2, 3].map(sampleID))
  }

  @Test("Away in the midst of the work, it is an outage as well")
  func awayLater() async throws {
    ring.hold("key-1")
    let outbox = try await open(sealer: ring)
    for index in 1...5 { try await outbox.accept(try declaration(index, child: index % 2)) }
    ring.hold("key-2")
    try await outbox.accept(try declaration(6, child: 6))
    try await drain(outbox, times: 50, every: 310)
    #expect(outbox.counters.parked == 0 && receiver.arrivals.map(\.id) == [sampleID(6)])
    ring.hold("key-1")
    try await drain(outbox, times: 3, every: 310)
    #expect(try arrivals(ofChild: 1) == [1, 3, 5].map(sampleID))
    #expect(outbox.counters.delivered == 6)
  }

  @Test("An outbox that is opened without its sealer parks nothing either")
  func withoutSealer() async throws {
    try await fill()
    try await drain(try await open(sealer: nil), times: 20, every: 310)
    let outbox = try await open(sealer: ring)
    #expect(outbox.counters.parked == 0)
    try await drain(outbox, times: 2, every: 310)
    #expect(outbox.counters.delivered == 4)
  }

  @Test(
    "A key that is gone for good: its items are parked after a week, and arrive once it is back", arguments: [1, 4])
  func goneForGood(workers: Int) async throws {
    try await fill()
    ring.hold("key-2")
    let outbox = try await open(sealer: ring, workers: workers)
    try await drain(outbox, times: 6 * 24, every: 3_600)
    #expect(outbox.counters.parked == 0)
    try await drain(outbox, times: 26, every: 3_600)
    #expect(outbox.parkedItems.map(\.parking.reason) == Array(repeating: .cannotBeOpened, count: 4))
    #expect(outbox.parkedItems.allSatisfy { outbox.parkedNotice($0.key) == nil })
    ring.hold("key-1")
    for item in outbox.parkedItems { try await outbox.retry(item.key) }
    try await outbox.drain()
    #expect(try arrivals(ofChild: 1) == [1, 2, 3].map(sampleID))
    #expect(outbox.counters.delivered == 4 && outbox.counters.areBalanced)
  }

  @Test("Bytes that are not what was sealed are parked within minutes")
  func notAuthentic() async throws {
    let outbox = try await open(sealer: ring)
    let item = try outbox.item(for: try declaration(1, child: 1))
    var bytes = item.payload.bytes
    bytes[bytes.count - 2] ^= 1
    let payload = OutboxItem.Payload(keyID: item.payload.keyID, bytes: bytes)
    try await store.apply([.accepted(OutboxItem(key: item.key, acceptedAt: item.acceptedAt, payload: payload))])
    try await outbox.refresh()
    try await outbox.accept(try declaration(2, child: 1))
    try await drain(outbox, times: 8, every: 310)
    #expect(outbox.parkedItems.map(\.parking.reason) == [.cannotBeOpened])
    #expect(receiver.arrivals.map(\.id) == [sampleID(2)])
  }
}
