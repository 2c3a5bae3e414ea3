import CPIS
import CPISOutbox
import CPISTestSupport
import Foundation
import Testing

@Suite("Outbox: what is parked")
struct ParkingTests {
  private let clock = TestClock()

  private func outbox(_ receiver: Receiver) async throws -> Outbox {
    try await Outbox(
      store: InMemoryOutboxStore(), delivery: receiver.delivery, sealer: nil, policy: sequentialPolicy(),
      clock: clock, random: { 1 })
  }

  @Test(
    "What fails for all says nothing against one: after an hour of it nothing is parked, and all arrives",
    arguments: [DeliveryError.Code.accessDenied, .unusableAnswer, .other])
  func commonFault(code: DeliveryError.Code) async throws {
    let receiver = Receiver { _, _ in DeliveryError(code) }
    let outbox = try await outbox(receiver)
    for index in 0..<20 { try await outbox.accept(try declaration(index, child: index / 2)) }
    for _ in 0..<60 {
      try await outbox.drain()
      clock.advance(60)
    }
    #expect(outbox.counters.parked == 0 && outbox.counters.pending == 20)
    // One more failure in the midst of a recovery is nothing, however many there were before.
    receiver.answer { notice, _ in notice.id == sampleID(18) ? DeliveryError(code) : nil }
    clock.advance(310)
    try await outbox.drain()
    receiver.answer { _, _ in nil }
    clock.advance(310)
    try await outbox.drain()
    #expect(outbox.counters.delivered == 20 && outbox.counters.parked == 0)
  }

  @Test("The notice of another item in an item's place is not delivered: it is parked, and its own arrives")
  func swapped() async throws {
    let (receiver, store) = (Receiver(), InMemoryOutboxStore())
    let outbox = try await Outbox(
      store: store, delivery: receiver.delivery, sealer: nil, policy: sequentialPolicy(), clock: clock,
      random: { 1 })
    let (first, second) = (
      try outbox.item(for: declaration(1, child: 1)), try outbox.item(for: declaration(2, child: 2))
    )
    try await store.apply([
      .accepted(OutboxItem(key: first.key, acceptedAt: first.acceptedAt, payload: second.payload)),
      .accepted(second),
    ])
    try await outbox.refresh()
    for _ in 0..<12 {
      try await outbox.drain()
      clock.advance(600)
    }
    #expect(receiver.arrivals.map(\.id) == [sampleID(2)])
    #expect(outbox.parkedItems.map(\.key) == [first.key])
    #expect(outbox.parkedItems.map(\.parking.reason) == [.cannotBeOpened])
  }

  @Test("An item that is alone at a receiver that takes nothing is parked after a week, and not before")
  func alone() async throws {
    let receiver = Receiver { notice, _ in notice.id == sampleID(1) ? DeliveryError(.unusableAnswer) : nil }
    let outbox = try await outbox(receiver)
    for index in 1...2 { try await outbox.accept(try declaration(index, child: 1)) }
    for _ in 0..<(6 * 24) {
      try await outbox.drain()
      clock.advance(3_600)
    }
    #expect(outbox.counters.parked == 0 && outbox.counters.delivered == 0)
    for _ in 0..<25 {
      try await outbox.drain()
      clock.advance(3_600)
    }
    #expect(outbox.parkedItems.map(\.parking.reason) == [.unusableAnswer])
    #expect(outbox.counters.delivered == 1)
  }

  @Test("After an outage of a fortnight, a few answers of another kind park nothing")
  func agedByAnOutage() async throws {
    let receiver = Receiver { _, _ in DeliveryError(.unavailable) }
    let outbox = try await outbox(receiver)
    for index in 0..<3 { try await outbox.accept(try declaration(index, child: index)) }
    for _ in 0..<(14 * 6) {
      try await outbox.drain()
      clock.advance(4 * 3_600)
    }
    receiver.answer { _, _ in DeliveryError(.accessDenied) }
    for _ in 0..<6 {
      try await outbox.drain()
      clock.advance(310)
    }
    #expect(outbox.counters.parked == 0)
  }

  @Test("Poison is found out also by processes that try it once each")
  func briefProcesses() async throws {
    let store = InMemoryOutboxStore()
    let receiver = Receiver { notice, _ in notice.id == sampleID(0) ? DeliveryError(.other) : nil }
    for index in 0..<10 {
      let outbox = try await Outbox(
        store: store, delivery: receiver.delivery, sealer: nil, policy: sequentialPolicy(), clock: clock,
        random: { 1 })
      try await outbox.accept(try declaration(index, child: index))
      try await outbox.drain()
      clock.advance(310)
    }
    #expect(try await store.contents().counters.parked == 1)
    #expect(try await store.contents().counters.delivered == 9)
  }
}
