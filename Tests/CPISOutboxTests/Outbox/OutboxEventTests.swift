import CPIS
import CPISOutbox
import CPISTestSupport
import Foundation
import Testing

@Suite("Outbox: events")
struct OutboxEventTests {
  static let kinds: [(OutboxEvent.Kind, name: String, reason: String?)] = [
    (.accepted, "outbox.accepted", nil),
    (.refused(OutboxError(.full)), "outbox.refused", "full"),
    (.delivered, "outbox.delivered", nil),
    (.deferred(.keyUnavailable, until: sampleTime), "outbox.deferred", "keyUnavailable"),
    (.deferred(DeliveryError.Code(rawValue: "999 000 0018"), until: sampleTime), "outbox.deferred", "other"),
    (.parked(.rejected), "outbox.parked", "rejected"),
    (.discarded, "outbox.discarded", nil),
    (.storeFailed(OutboxError(.diskFull)), "outbox.store_failed", "diskFull"),
    (.runEnded(OutboxError(.stopped)), "outbox.run_ended", "stopped"),
    (.nobodyDelivers, "outbox.nobody_delivers", nil),
    (.found(.missing(from: 2, through: 3)), "outbox.found", "missing"),
    (.storeFailed(OutboxError(.init(rawValue: "row of 9990000018"))), "outbox.store_failed", "other"),
  ]

  @Test("Each kind of event has a name and a reason that dashboards may rest on", arguments: kinds)
  func names(kind: OutboxEvent.Kind, name: String, reason: String?) {
    let event = OutboxEvent(kind: kind, key: sampleItem(1).key)
    #expect(event.name == name && event.reason == reason)
  }

  /// What is told of an event: its name, its reason, its length in seconds and the number of its item.
  private struct Told: Hashable {
    let name: String
    var reason: String?
    var seconds: Duration?
    var item: Int?
  }

  private final class Log: EventObserver {
    private let told = Tally<[Told]>([])

    func observe(_ event: some ObservedEvent) {
      let item = (event as? OutboxEvent)?.key.flatMap { key in (1...9).first { sampleID($0) == key.id } }
      let entry = Told(name: event.name, reason: event.reason, seconds: event.duration, item: item)
      told.add { $0.append(entry) }
    }

    func take() -> [Told] {
      told.add { entries in
        defer { entries = [] }
        return entries
      }
    }
  }

  @Test("A notice that cannot be sealed is refused with an event, as any other")
  func notSealed() async throws {
    let (log, ring) = (Log(), KeyRing())
    ring.hold()
    let outbox = try await Outbox(
      store: InMemoryOutboxStore(), delivery: Delivery { _ in }, sealer: ring, observer: log)
    await #expect(throws: SinkError.self) { try await outbox.accept(try declaration(1, child: 1)) }
    #expect(log.take() == [Told(name: "outbox.refused", reason: "notSealed", item: 1)])
  }

  @Test("Accepting says how long the durable write took, a delivery how long it took, and what fails says why")
  func durations() async throws {
    let clock = TestClock()
    let log = Log()
    let store = ObstructedStore()
    store.obstruct { changes in
      clock.advance(2)
      if case .accepted(let item) = changes.last, item.key.id == sampleID(2) { return OutboxError(.diskFull) }
      return nil
    }
    let errors: [DeliveryError?] = [DeliveryError(.timedOut), nil, DeliveryError(.rejected), nil]
    let receiver = Receiver { _, count in
      clock.advance(3)
      return errors[count - 1]
    }
    let outbox = try await Outbox(
      store: store, delivery: receiver.delivery, sealer: nil, policy: sequentialPolicy(), clock: clock,
      random: { 1 }, observer: log)

    try await outbox.accept(try declaration(1, child: 1))
    await #expect(throws: SinkError(.full)) { try await outbox.accept(try declaration(2, child: 2)) }
    #expect(
      log.take() == [
        Told(name: "outbox.accepted", seconds: .seconds(2), item: 1),
        Told(name: "outbox.refused", reason: "diskFull", seconds: .seconds(2), item: 2),
      ])

    try await outbox.drain()
    clock.advance(1)
    try await outbox.drain()
    #expect(
      log.take() == [
        Told(name: "outbox.deferred", reason: "timedOut", seconds: .seconds(3), item: 1),
        Told(name: "outbox.delivered", seconds: .seconds(3), item: 1),
      ])

    try await outbox.accept(try declaration(3, child: 3))
    try await outbox.drain()
    try await outbox.discard(try #require(outbox.parkedItems.first).key)
    #expect(
      log.take() == [
        Told(name: "outbox.accepted", seconds: .seconds(2), item: 3),
        Told(name: "outbox.parked", reason: "rejected", seconds: .seconds(3), item: 3),
        Told(name: "outbox.discarded", item: 3),
      ])

    try await outbox.accept(try declaration(4, child: 4))
    store.obstruct { _ in OutboxError(.diskFailed) }
    try await outbox.drain()
    // A drain tries to record it once more before it returns.
    #expect(
      log.take() == [
        Told(name: "outbox.accepted", seconds: .seconds(2), item: 4),
        Told(name: "outbox.delivered", seconds: .seconds(3), item: 4),
        Told(name: "outbox.store_failed", reason: "diskFailed"),
        Told(name: "outbox.store_failed", reason: "diskFailed"),
      ])
  }
}
