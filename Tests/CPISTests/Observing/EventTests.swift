import CPIS
import CPISReference
import Foundation
import NHSNumbers
import Testing

@Suite("Events")
struct EventTests {
  let patient = Sample.numbers[0]

  static let kinds: [(TriageEvent.Kind, name: String, reason: String?)] = [
    (.refused(.notTraced), "check.refused", "notTraced"),
    (.joined, "check.joined", nil),
    (.plansRecorded(.freshCache), "check.plans_recorded", "freshCache"),
    (.noPlanRecorded(.registry), "check.no_plan_recorded", "registry"),
    (.notChecked(.registryTooSlow), "check.not_checked", "registryTooSlow"),
    (.registryAsked(.plans), "registry.asked", "plans"),
    (.registryAnswered(.history), "registry.answered", "history"),
    (.registryFailed(RegistryError(.timedOut)), "registry.failed", "timedOut"),
    (.registryFailed(RegistryError(.init(rawValue: "404 GET /patient/9990000026"))), "registry.failed", "other"),
    (.callerLeft, "check.caller_left", nil),
    (.lateAnswer, "registry.answered_late", nil),
    (.cacheFailed(CacheError(.unavailable)), "cache.failed", "unavailable"),
    (.cacheFailed(CacheError(.init(rawValue: "key 9990000026"))), "cache.failed", "other"),
    (.visitMemoryFailed(VisitMemoryError(.init(rawValue: "key 9990000026"))), "visits.failed", "other"),
    (.sinkFailed(SinkError(.init(rawValue: "9990000026 refused"))), "sink.failed", "other"),
    (.visitMemoryFailed(VisitMemoryError(.corrupted)), "visits.failed", "corrupted"),
    (.sinkFailed(SinkError(.full)), "sink.failed", "full"),
    (.authorityTold(.heldInMemory), "authority.told", "heldInMemory"),
    (.safeguardingTold(.entrusted), "safeguarding.told", "entrusted"),
    (.heldNoticeEntrusted(remaining: 3), "notice.entrusted_later", nil),
    (.noticeNotTold, "notice.not_told", nil),
  ]

  @Test("Each kind of event has a name and a reason that dashboards may rest on", arguments: kinds)
  func names(kind: TriageEvent.Kind, name: String, reason: String?) {
    let event = TriageEvent(kind: kind, access: nil, setting: nil)
    #expect(event.name == name && event.reason == reason)
  }

  @Test("No two kinds share a name")
  func distinct() {
    let names = Set(Self.kinds.map(\.name)).count + RegistryGuardChange.allCases.count
    #expect(names == 17 + 3)
    #expect(Set(RegistryGuardChange.allCases.map(\.name)).union(Self.kinds.map(\.name)).count == names)
  }

  @Test("A check says how long it took from its beginning, and the registry from its question")
  func durations() async throws {
    let world = try World()
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    world.registry.play(.init(.slowToReply(.seconds(2)), on: .only(1)))
    let context = try Sample.context()
    async let outcome = world.service.check(patient, in: context)
    await world.clock.waitForSleepers(2)
    world.clock.advance(by: .seconds(2))
    #expect(await outcome.plans != nil)
    let lengths = world.events.all.map { "\($0.name) \($0.duration.map { "\($0)" } ?? "-")" }
    #expect(
      lengths == [
        "registry.asked -", "registry.answered 2.0 seconds", "authority.told -", "safeguarding.told -",
        "check.plans_recorded 2.0 seconds",
      ])
  }

  @Test("A clock that is set back makes no event of negative length")
  func setBack() async throws {
    let world = try World()
    world.registry.play(.init(.slowToReply(.seconds(2)), on: .only(1)))
    let context = try Sample.context()
    async let outcome = world.service.check(patient, in: context)
    await world.clock.waitForSleepers(2)
    world.clock.advance(by: .seconds(-3600))
    world.clock.advance(by: .seconds(2))
    _ = await outcome
    let lengths = world.events.all.compactMap(\.duration)
    #expect(lengths == [.zero, .zero])
  }
}
