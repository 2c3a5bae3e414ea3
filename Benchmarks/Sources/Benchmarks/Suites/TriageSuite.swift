import CPIS
import CPISReference
import Dispatch
import Foundation
import NHSNumbers
import Shared

/// The whole triage check in process, from text to words for the clinician: the service on the reference registry,
/// against an actor around a dictionary of text. The registry rules a miss out from memory, unless the name says that
/// it is asked.
///
/// 100,000 records; each check is another patient's, one after the other, as from one desk.
enum TriageSuite {
  private static let checks = 5_000

  static func run(_ harness: inout Harness) throws {
    guard harness.wants("triage, miss", "triage, miss asked", "triage, hit", "triage, kept answer") else { return }
    let keys = KeyPattern.uniform.keys(100_000, seed: 1)
    let misses = Population(keys: keys, queries: checks, hits: 0).queries.map(\.wireForm)
    let hits = keys.prefix(checks).map(\.wireForm)
    let registry = ReferenceRegistry(seed: 1)
    let plan = try Samples.plan()
    for key in keys { registry.record(plan, for: key, bornOn: nil) }
    let records = Dictionary(uniqueKeysWithValues: keys.map { ($0.wireForm, NaiveTriage.Record(plan)) })
    let asked = AskedRegistry(registry)
    let uses: [(name: String, registry: any RegistryClient, numbers: [String])] = [
      ("triage, miss", registry, misses), ("triage, miss asked", asked, misses), ("triage, hit", registry, hits),
    ]
    for (name, registry, numbers) in uses where harness.wants(name) {
      let requests = try Requests(numbers)
      try harness.compare(
        name, operations: checks,
        [
          Contender("TriageService") {
            let service = try TriageService(registry: registry, notices: Discard())
            return try Waiting.value { await ask(service, requests) }
          },
          Contender("naive actor") {
            let actor = NaiveTriage(records: records)
            return try Waiting.value { await ask(actor, requests) }
          },
        ])
    }
    guard harness.wants("triage, kept answer") else { return }
    var policy = TriagePolicy()
    policy.cache = .on(freshFor: .seconds(3600), usableWhenDownFor: .seconds(3600))
    let requests = try Requests(misses)
    let service = try TriageService(registry: asked, notices: Discard(), policy: policy)
    Sink.take(try Waiting.value { await ask(service, requests) })
    let actor = NaiveTriage(records: records)
    try harness.compare(
      "triage, kept answer", operations: checks,
      [
        Contender("TriageService") { try Waiting.value { await ask(service, requests) } },
        Contender("naive actor") { try Waiting.value { await ask(actor, requests) } },
      ])
  }

  /// What is asked, in the form that each takes, with the identities that a host gives.
  private struct Requests: Sendable {
    let contexts: [(number: String, context: AccessContext)]
    let naive: [NaiveTriage.Request]

    init(_ numbers: [String]) throws {
      contexts = try numbers.map { ($0, try Samples.context(visit: "visit")) }
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
}
