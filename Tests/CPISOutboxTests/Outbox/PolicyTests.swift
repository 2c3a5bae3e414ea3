import CPIS
import CPISFiles
import CPISOutbox
import CPISTestSupport
import Foundation
import Testing

@Suite("Outbox: policy")
struct PolicyTests {
  private struct Rule: Sendable, CustomTestStringConvertible {
    let kind: String
    /// Values at the edge that hold, and values just beyond it.
    let good: [@Sendable (inout OutboxPolicy) -> Void]
    let bad: [@Sendable (inout OutboxPolicy) -> Void]
    var testDescription: String { kind }
  }

  private static let year = Duration.seconds(365 * 86_400)
  private static let instant = Duration(secondsComponent: 0, attosecondsComponent: 1)

  private static let rules: [Rule] = [
    Rule(
      kind: "OutboxPolicy.firstRetry", good: [{ $0.firstRetry = .milliseconds(100) }],
      bad: [
        { $0.firstRetry = .milliseconds(100) - instant }, { $0.firstRetry = .zero },
        { $0.firstRetry = .seconds(-1) },
      ]),
    Rule(
      kind: "OutboxPolicy.longestRetry",
      good: [{ $0.longestRetry = $0.firstRetry }, { $0.longestRetry = year }],
      bad: [{ $0.longestRetry = $0.firstRetry - instant }, { $0.longestRetry = year + instant }]),
    Rule(
      kind: "OutboxPolicy.longestRetryAfter",
      good: [{ $0.longestRetryAfter = .zero }, { $0.longestRetryAfter = year }],
      bad: [{ $0.longestRetryAfter = .zero - instant }, { $0.longestRetryAfter = year + instant }]),
    Rule(
      kind: "OutboxPolicy.triesBeforeParking", good: [{ $0.triesBeforeParking = 1 }],
      bad: [{ $0.triesBeforeParking = 0 }]),
    Rule(
      kind: "OutboxPolicy.ageBeforeParking", good: [{ $0.ageBeforeParking = .zero }],
      bad: [{ $0.ageBeforeParking = .zero - instant }]),
    Rule(
      kind: "OutboxPolicy.concurrentDeliveries",
      good: [{ $0.concurrentDeliveries = 1 }, { $0.concurrentDeliveries = 1_000 }],
      bad: [
        { $0.concurrentDeliveries = 0 }, { $0.concurrentDeliveries = 1_001 }, { $0.concurrentDeliveries = .max },
      ]),
    Rule(
      kind: "OutboxPolicy.erasureDelay", good: [{ $0.erasureDelay = .zero }],
      bad: [{ $0.erasureDelay = .zero - instant }]),
    Rule(
      kind: "OutboxPolicy.Limits.items", good: [{ $0.limits.items = 1 }, { $0.limits.items = .max }],
      bad: [{ $0.limits.items = 0 }, { $0.limits.items = .min }]),
    Rule(
      kind: "OutboxPolicy.Limits.bytes", good: [{ $0.limits.bytes = 1 }, { $0.limits.bytes = .max }],
      bad: [{ $0.limits.bytes = 0 }, { $0.limits.bytes = .min }]),
    Rule(
      kind: "OutboxPolicy.Limits.itemBytes",
      good: [{ $0.limits.itemBytes = 1 }, { $0.limits.itemBytes = 15 << 20 }],
      bad: [{ $0.limits.itemBytes = 0 }, { $0.limits.itemBytes = 15 << 20 + 1 }]),
    Rule(
      kind: "OutboxPolicy.Limits.age", good: [{ $0.limits.age = instant }, { $0.limits.age = nil }],
      bad: [{ $0.limits.age = .zero }, { $0.limits.age = .zero - instant }]),
  ]

  private func makeOutbox(_ change: (inout OutboxPolicy) -> Void) async throws(OutboxError) {
    var policy = OutboxPolicy()
    change(&policy)
    _ = try await Outbox(store: InMemoryOutboxStore(), delivery: Delivery { _ in }, sealer: nil, policy: policy)
  }

  @Test("A value of the policy that makes no sense is refused when the outbox is made, by name", arguments: rules)
  private func refused(rule: Rule) async throws {
    for change in rule.good { try await makeOutbox(change) }
    for change in rule.bad {
      let error = await #expect(throws: OutboxError.self) { try await makeOutbox(change) }
      #expect(error?.code == .invalidPolicy)
      let value = try #require(error?.invalidValue)
      #expect(value.kind == rule.kind)
      #expect(error?.description == "outbox: invalidPolicy: \(value)")
    }
  }

  @Test("The usual policy holds, and has a test for each of its values")
  func usual() async throws {
    try await makeOutbox { _ in }
    // What happens when it is full, and the limits as a whole, have no rule of their own.
    let values = Mirror(reflecting: OutboxPolicy()).children.count - 1
    let limits = Mirror(reflecting: OutboxPolicy().limits).children.count - 1
    #expect(Self.rules.count == values + limits)
  }

  @Test("A receiver that asks for years is left alone for a day, and one that asks for an hour for an hour")
  func longestRetryAfter() async throws {
    for (asked, least) in [(Duration.seconds(10 * 365 * 86_400), 86_400.0), (.seconds(3_600), 3_600)] {
      let (waits, clock) = (Tally<[Double]>([]), TestClock())
      let receiver = Receiver { _, _ in DeliveryError(.tooManyRequests, retryAfter: asked) }
      let outbox = try await Outbox(
        store: InMemoryOutboxStore(), delivery: receiver.delivery, sealer: nil, clock: clock, random: { 1 },
        observer: EventTap { event in
          if case .deferred(_, let until) = event.kind {
            waits.add { $0.append(until.timeIntervalSince(sampleTime)) }
          }
        })
      try await outbox.accept(try declaration(1, child: 1))
      try await outbox.drain()
      let wait = try #require(waits.value.first)
      #expect(wait >= least && wait <= least + 60)
    }
  }

  @Test("The longest item that a policy may allow fits into a journal with the longest id of a sealing key")
  func longestItem() async throws {
    let store = try await FileOutboxStore.open(MemoryFileSystem(), folder: "/f")
    let key = OutboxItem.Key(kind: .safeguarding, id: sampleID(1))
    let payload = OutboxItem.Payload(
      keyID: String(repeating: "k", count: 255), bytes: Array(repeating: 7, count: OutboxPolicy.Limits.longestItem))
    try await store.apply([.accepted(OutboxItem(key: key, acceptedAt: sampleTime, payload: payload))])
    #expect(try await store.contents().counters.pending == 1)
    await store.close()
  }
}
