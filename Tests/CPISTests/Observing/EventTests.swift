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
    (.registryAsked, "registry.asked", nil),
    (.registryAnswered, "registry.answered", nil),
    (.registryFailed(RegistryError(.timedOut)), "registry.failed", "timedOut"),
    (.lateAnswer, "registry.answered_late", nil),
    (.cacheFailed(CacheError(.unavailable)), "cache.failed", "unavailable"),
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
    let names = Self.kinds.map(\.name) + RegistryGuardChange.allCases.map(\.name)
    #expect(Set(names).count == Self.kinds.count + RegistryGuardChange.allCases.count)
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
    let lengths = world.events.all.reduce(into: [:]) { $0[$1.name] = $1.duration }
    #expect(lengths["registry.answered"] == .seconds(2) && lengths["check.plans_recorded"] == .seconds(2))
    #expect(lengths["registry.asked"] == nil && lengths["authority.told"] == nil)
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
    #expect(!world.events.all.isEmpty)
    #expect(world.events.all.allSatisfy { $0.duration.map { $0 >= .zero } ?? true })
  }
}
