import CPIS
import CPISReference
import Dispatch
import Foundation
import NHSNumbers

/// The whole triage check in process, from text to words for the clinician: the service on the reference registry,
/// against an actor around a dictionary of text.
///
/// 100,000 records; each check is another patient's, one after the other, as from one desk.
enum TriageSuite {
  private static let checks = 5_000

  static func run(_ harness: inout Harness) throws {
    guard harness.wants("triage, miss", "triage, hit", "triage, cached") else { return }
    let keys = KeyPattern.uniform.keys(100_000, seed: 1)
    let misses = Population(keys: keys, queries: checks, hits: 0).queries.map(\.wireForm)
    let hits = keys.prefix(checks).map(\.wireForm)
    let registry = ReferenceRegistry(seed: 1)
    let plan = try samplePlan()
    for key in keys { registry.record(plan, for: key, bornOn: nil) }
    let records = Dictionary(uniqueKeysWithValues: keys.map { ($0.wireForm, NaiveTriage.Record(plan)) })
    let context = try AccessContext.sample(encounter: try EncounterID("visit"))
    for (name, numbers) in [("triage, miss", misses), ("triage, hit", hits)] where harness.wants(name) {
      let requests = Requests(numbers, context)
      try harness.compare(
        name, operations: checks,
        [
          Contender("TriageService") {
            let service = TriageService(registry: registry, notices: Discard())
            return try Waiting.value { await ask(service, requests) }
          },
          Contender("naive actor") {
            let actor = NaiveTriage(records: records)
            return try Waiting.value { await ask(actor, requests) }
          },
        ])
    }
    guard harness.wants("triage, cached") else { return }
    var policy = TriagePolicy()
    policy.cache = .on(freshFor: .seconds(3600), usableWhenDownFor: .seconds(3600))
    let requests = Requests(misses, context)
    let service = TriageService(registry: registry, notices: Discard(), policy: policy)
    Sink.take(try Waiting.value { await ask(service, requests) })
    let actor = NaiveTriage(records: records)
    try harness.compare(
      "triage, cached", operations: checks,
      [
        Contender("TriageService") { try Waiting.value { await ask(service, requests) } },
        Contender("naive actor") { try Waiting.value { await ask(actor, requests) } },
      ])
  }

  /// What is asked, in the form that each takes, with the identities that a host gives.
  private struct Requests: Sendable {
    let contexts: [(number: String, context: AccessContext)]
    let naive: [NaiveTriage.Request]

    init(_ numbers: [String], _ context: AccessContext) {
      contexts = numbers.map { number in
        var context = context
        context.traceID = TraceID()
        return (number, context)
      }
      naive = numbers.map { NaiveTriage.Request(number: $0, trace: UUID()) }
    }
  }

  @concurrent
  private static func ask(_ service: TriageService, _ requests: Requests) async -> UInt64 {
    var sum: UInt64 = 0
    for request in requests.contexts {
      sum &+= UInt64(await service.check(request.number, in: request.context).displayText.utf8.count)
    }
    return sum
  }

  @concurrent
  private static func ask(_ actor: NaiveTriage, _ requests: Requests) async -> UInt64 {
    var sum: UInt64 = 0
    for request in requests.naive { sum &+= UInt64(await actor.check(request).text.utf8.count) }
    return sum
  }

  private static func samplePlan() throws -> Plan {
    let authority = try LocalAuthority(
      code: try ODSCode("711"), name: "Sample Council", emergencyDutyPhone: try PhoneNumber("02079460000"),
      officeHoursPhone: nil)
    return try Plan(
      kind: .childProtectionPlan, start: CivilTime(startOf: CivilDay(daysSince1970: 18_000)), end: nil,
      authority: authority)
  }
}

/// Takes every notice over and forgets it: what handing on costs is not measured here.
private struct Discard: NotificationSink {
  func accept(_ notice: Notice) async throws(SinkError) {}
}
