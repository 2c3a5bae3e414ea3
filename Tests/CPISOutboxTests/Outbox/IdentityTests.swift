import CPIS
import CPISOutbox
import CPISTestSupport
import Foundation
import Testing

@Suite("Outbox: one identity for two notices")
struct IdentityTests {
  private let receiver = Receiver()
  private let store = InMemoryOutboxStore()

  private func open(sealer: (any PayloadSealer)? = nil) async throws -> Outbox {
    try await Outbox(
      store: store, delivery: receiver.delivery, sealer: sealer, policy: sequentialPolicy(), clock: TestClock())
  }

  @Test("The same id about another patient is refused, while the first is held and once it was delivered")
  func anotherPatient() async throws {
    let outbox = try await open()
    try await outbox.accept(try declaration(1, child: 1))
    await #expect(throws: OutboxError(.identityInUse)) { try await outbox.enqueue(try declaration(1, child: 2)) }
    await #expect(throws: SinkError(.rejected)) { try await outbox.accept(try declaration(1, child: 2)) }
    #expect(try await outbox.enqueue(try declaration(1, child: 1)) == .alreadyHeld)
    try await outbox.drain()
    await #expect(throws: OutboxError(.identityInUse)) { try await outbox.enqueue(try declaration(1, child: 2)) }
    #expect(try await outbox.enqueue(try declaration(1, child: 1)) == .alreadyHeld)
    #expect(receiver.arrivals == [try declaration(1, child: 1)] && outbox.counters.accepted == 1)
  }

  @Test("The same access told of again, at a later time, is the one that is held")
  func toldAgain() async throws {
    let outbox = try await open()
    let access = try sampleAccess(1, child: 1)
    let later = Access(id: access.id, patient: access.patient, context: access.context, time: access.time + 60)
    try await outbox.accept(.undeclaredAccess(UndeclaredAccess(id: sampleID(1), access: access)))
    let again = Notice.undeclaredAccess(UndeclaredAccess(id: sampleID(1), access: later))
    #expect(try await outbox.enqueue(again) == .alreadyHeld)
  }

  @Test("Offered for two patients at the same moment, one is taken and the other refused")
  func atOnce() async throws {
    let store = ObstructedStore()
    let outbox = try await Outbox(store: store, delivery: receiver.delivery, sealer: nil, clock: TestClock())
    store.obstruct { _ in
      try? await Task.sleep(for: .milliseconds(5))
      return nil
    }
    let results = await withTaskGroup(of: OutboxError?.self) { group in
      for child in 1...2 {
        group.addTask {
          do {
            try await outbox.enqueue(try declaration(1, child: child))
            return nil
          } catch {
            return error as? OutboxError
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(results.compactMap { $0 } == [OutboxError(.identityInUse)])
  }

  @Test("A parked item of an earlier process is opened to compare; where it cannot be, nothing is taken for it")
  func parkedEarlier() async throws {
    let ring = KeyRing()
    ring.hold("key-1")
    receiver.answer { _, _ in DeliveryError(.rejected) }
    let first = try await open(sealer: ring)
    try await first.accept(try declaration(1, child: 1))
    try await first.drain()
    let second = try await open(sealer: ring)
    #expect(try await second.enqueue(try declaration(1, child: 1)) == .alreadyHeld)
    await #expect(throws: OutboxError(.identityInUse)) { try await second.enqueue(try declaration(1, child: 2)) }
    ring.hold("key-2")
    await #expect(throws: OutboxError(.notOpened)) { try await second.enqueue(try declaration(1, child: 1)) }
    await #expect(throws: SinkError(.unavailable)) { try await second.accept(try declaration(1, child: 1)) }
  }

  @Test("It forgets deliveries when its store does, so that both give one answer")
  func remembersAsTheStore() async throws {
    let store = ObstructedStore(rememberedDeliveries: 2)
    let outbox = try await Outbox(
      store: store, delivery: receiver.delivery, sealer: nil, policy: sequentialPolicy(), clock: TestClock())
    for index in 1...3 {
      try await outbox.accept(try declaration(index, child: 1))
      try await outbox.drain()
    }
    #expect(try await outbox.enqueue(try declaration(3, child: 1)) == .alreadyHeld)
    #expect(try await outbox.enqueue(try declaration(1, child: 1)) == .accepted)
    #expect(try await store.contents().counters == outbox.counters)
  }
}
