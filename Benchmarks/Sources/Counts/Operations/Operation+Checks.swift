import CPIS
import CPISReference
import Foundation
import NHSNumbers
import Shared

/// The triage check: each of another patient in a visit of its own, one after the other, as from one desk.
extension Operation {
  static let checks = [
    check("check, ruled out from memory", expecting: .noPlan) { desk in
      try desk.service(desk.registry)
    },
    check("check, miss", expecting: .noPlan) { desk in
      try desk.service(AskedRegistry(desk.registry))
    },
    check("check, hit", expecting: .plans) { desk in
      try desk.service(AskedRegistry(desk.registry))
    },
    check("check, miss kept in the cache", expecting: .noPlan) { desk in
      var policy = TriagePolicy()
      policy.cache = .on(freshFor: .seconds(3600), usableWhenDownFor: .seconds(3600))
      let service = try desk.service(AskedRegistry(desk.registry), policy)
      // Visits of their own: what is kept is the answer.
      for (patient, context) in zip(desk.patients, try Desk.contexts("earlier")) {
        _ = await service.check(patient, in: context)
      }
      return service
    },
    check("check, repeat in a visit", expecting: .plans) { desk in
      let service = try desk.service(AskedRegistry(desk.registry))
      for (patient, context) in zip(desk.patients, desk.contexts) { _ = await service.check(patient, in: context) }
      return service
    },
    check("check, registry unavailable", expecting: .notChecked) { desk in try desk.service(DownRegistry()) },
    words("words of a miss", expecting: .noPlan),
    words("words of a hit", expecting: .plans),
  ]

  private static func check(
    _ name: String, expecting kind: Kind, _ service: @escaping @Sendable (Desk) async throws -> TriageService
  ) -> Operation {
    Operation(name, per: "check", count: Desk.checks / 2) {
      let desk = try Desk(kind)
      let service = try await service(desk)
      return { range in
        var done = 0
        for place in range {
          let outcome = await service.check(desk.patients[place], in: desk.contexts[place])
          if Kind(outcome) == kind { done += 1 }
        }
        return done
      }
    }
  }

  private static func words(_ name: String, expecting kind: Kind) -> Operation {
    Operation(name, per: "outcome", count: 1000) {
      let desk = try Desk(kind)
      let outcome = try await desk.service(desk.registry).check(desk.patients[0], in: desk.contexts[0])
      return { range in
        var done = 0
        for _ in range where !outcome.displayText.isEmpty { done += 1 }
        return Kind(outcome) == kind ? done : 0
      }
    }
  }
}

private enum Kind {
  case plans, noPlan, notChecked

  init(_ outcome: TriageOutcome) {
    self =
      switch outcome {
      case .plansRecorded: .plans
      case .noPlanRecorded: .noPlan
      case .notChecked: .notChecked
      }
  }
}

/// What checks are made with: a registry of 5,000 plans, patients, and the contexts in which they come.
private struct Desk: Sendable {
  static let checks = 2000

  let registry: ReferenceRegistry
  let patients: [NHSNumber]
  let contexts: [AccessContext]

  init(_ kind: Kind) throws {
    let population = Population(keys: 5000, queries: Self.checks, hits: kind == .plans ? 100 : 0)
    registry = ReferenceRegistry(clock: StandingClock(), seed: 1)
    let plan = try Samples.plan()
    for key in population.keys { registry.record(plan, for: key, bornOn: nil) }
    // Of plans each patient once; of others there are so many that hardly any comes twice.
    patients = kind == .plans ? Array(population.keys.prefix(Self.checks)) : population.queries
    contexts = try Self.contexts("visit")
  }

  static func contexts(_ visit: String) throws -> [AccessContext] {
    try (0..<checks).map { try Samples.context(visit: "\(visit)-\($0)") }
  }

  func service(_ registry: any RegistryClient, _ policy: TriagePolicy = TriagePolicy()) throws -> TriageService {
    try TriageService(registry: registry, notices: Discard(), policy: policy, clock: StandingClock())
  }
}
