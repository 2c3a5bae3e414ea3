import CPIS
import CPISReference
import Foundation
import NHSNumbers
import Testing

/// For every way a port can fail, alone and in pairs, a check says the truth, or that it does not know.
@Suite("Every fault")
struct FaultSweepTests {
  static let policies: [(TriagePolicy.CacheUse, String)] = [
    (.off, "no cache"), (.on(freshFor: .zero, usableWhenDownFor: .seconds(3600)), "cache while down"),
    (.on(freshFor: .seconds(600), usableWhenDownFor: .seconds(3600)), "fresh cache"),
  ]

  /// What is true of the patient.
  enum Truth: CaseIterable {
    case plan, none
    /// A plan that was loaded after the cache was filled with "none".
    case planLoadedSince

    var isPlan: Bool { self != .none }
  }

  /// One run: what fails, for whom, where.
  struct Run {
    var registry: FaultyRegistry.Fault?
    var cache: FaultyCache.Fault?
    var sink: FaultySink.Fault?
    var clock: ClockFault?
    var truth: Truth
    var setting: CareSetting
    var policy: TriagePolicy.CacheUse
    /// The visit; with one, two of the staff check.
    var visit: String?

    /// Whether the deadline may pass while the cache is waited for: the loop that drives these tests lets time pass
    /// faster than a busy machine lets tasks run.
    var cacheTakesTime: Bool {
      switch cache {
      case .slowToAct, .slowToReply, .neverAnswers: true
      default: false
      }
    }
  }

  private func check(_ run: Run) async throws {
    let patient = Sample.numbers[0]
    let world = try World { $0.cache = run.policy }
    let plan = try Sample.plan()
    if run.truth == .plan { world.reference.record(plan, for: patient, bornOn: nil) }

    // A check of five minutes ago fills the cache.
    let earlier = try Sample.context(.generalPractice)
    _ = await world.service.check(patient, in: earlier)
    world.clock.advance(by: .seconds(300))
    let filledAt = world.clock.now.addingTimeInterval(-300)
    if run.truth == .planLoadedSince { world.reference.record(plan, for: patient, bornOn: nil) }

    if let fault = run.registry { world.registry.play(.init(fault, on: .every)) }
    if let fault = run.cache { world.cache.play(.init(fault, on: .every)) }
    if let fault = run.sink { world.sink.play(.init(fault, on: .every)) }
    run.clock?.strike(world.clock)
    let context = try Sample.context(run.setting, visit: run.visit)
    var outcomes = [await world.drive { await world.service.check(patient, in: context) }]
    if run.visit != nil {
      let colleague = try Sample.context(
        run.setting, author: .worker(try Sample.worker("555021935108")), visit: run.visit)
      outcomes.append(await world.drive { await world.service.check(patient, in: colleague) })
    }
    for outcome in outcomes { expectTruth(outcome, plan, filledAt, run) }
    try await expectTold(outcomes, context, world, run)
  }

  private func expectTruth(_ outcome: TriageOutcome, _ plan: Plan, _ filledAt: Date, _ run: Run) {
    switch outcome {
    case .notChecked(let refusal):
      #expect(run.registry != nil || run.clock != nil || run.cacheTakesTime, "\(run)")
      #expect(refusal.displayText.contains("It is not known whether a plan is recorded"))
    case .plansRecorded(let found):
      #expect(run.truth.isPlan, "\(run)")
      #expect(found.plans.map(\.plan) == [plan], "\(run)")
      expectAge(of: found.origin, filledAt, run)
    case .noPlanRecorded(let answer):
      #expect(run.truth == .none, "\(run)")
      expectAge(of: answer.origin, filledAt, run)
    }
  }

  private func expectAge(of origin: AnswerOrigin, _ filledAt: Date, _ run: Run) {
    switch origin.source {
    case .registry: #expect(origin.asOf == origin.checkedAt || run.clock == .notANumber, "\(run)")
    case .freshCache, .cacheWhileRegistryDown:
      // A cache that lies about the time it was filled cannot be found out; all others show the true one.
      if case .answersNonsense = run.cache { return }
      #expect(origin.asOf == filledAt, "\(run)")
    case .earlierInVisit: #expect(run.visit != nil, "no visit was named: \(run)")
    }
  }

  /// The authority learns of an unscheduled check of a child with a plan exactly once, unless every outcome says it
  /// was not told.
  private func expectTold(
    _ outcomes: [TriageOutcome], _ context: AccessContext, _ world: World, _ run: Run
  ) async throws {
    world.registry.play(.init())
    world.sink.play(.init())
    world.registry.release()
    world.cache.release()
    world.sink.release()
    _ = await world.drive { await eventually { world.service.heldNoticeCount <= 0 } }
    let ids = Set(outcomes.compactMap(\.access?.id))
    #expect(ids.count == 1, "one visit is one access: \(run)")
    let told = try await world.accessesTold().filter { ids.contains($0.id) }
    guard run.setting.care == .unscheduled, run.truth.isPlan else {
      #expect(told.isEmpty, "\(run)")
      return
    }
    let handovers = outcomes.map { $0.plans?.authorityTold ?? $0.refusal?.authorityTold }
    if handovers.allSatisfy({ $0 == .notTold }) {
      #expect(told.count <= 1, "\(run)")
    } else {
      #expect(told.count == 1, "\(run)")
      // In a visit of two, the first may be the one of whom nothing could be told.
      #expect(run.visit != nil || told.allSatisfy { $0.author == context.author }, "\(run)")
    }
  }

  @Test("For every fault of the registry with every fault of the cache, the outcome is the truth or 'not checked'")
  func registryAndCache() async throws {
    var count = 0
    for (policy, _) in Self.policies {
      for registry in [nil] + FaultyRegistry.Fault.allCases.map(Optional.some) {
        for cache in [nil] + FaultyCache.Fault.allCases.map(Optional.some) {
          for truth in Truth.allCases {
            try await check(
              Run(
                registry: registry, cache: cache, truth: truth, setting: .emergencyDepartment, policy: policy))
            count += 1
          }
        }
      }
    }
    #expect(count > 1000)
  }

  @Test("For every fault of the registry with every fault of the sink, the authority learns of it or it is said")
  func registryAndSink() async throws {
    for (policy, _) in Self.policies {
      for registry in [nil] + FaultyRegistry.Fault.allCases.map(Optional.some) {
        for sink in [nil] + FaultySink.Fault.allCases.map(Optional.some) {
          for (setting, visit) in [
            (CareSetting.emergencyDepartment, nil), (.emergencyDepartment, "visit-1"), (.generalPractice, nil),
          ] {
            try await check(
              Run(
                registry: registry, sink: sink, truth: .plan, setting: setting, policy: policy, visit: visit
              ))
          }
        }
      }
    }
  }

  @Test("For every fault of the clock, the outcome is the truth or 'not checked'")
  func clock() async throws {
    for (policy, _) in Self.policies {
      for clock in ClockFault.allCases {
        for registry in [nil, .fails(RegistryError(.unavailable)), FaultyRegistry.Fault.neverAnswers] {
          for truth in Truth.allCases {
            try await check(
              Run(
                registry: registry, clock: clock, truth: truth, setting: .emergencyDepartment, policy: policy))
          }
        }
      }
    }
  }

  @Test("A clock that cannot wait ends the waiting with 'not checked'", arguments: BrokenSleep.Kind.allCases)
  func brokenSleep(kind: BrokenSleep.Kind) async throws {
    let patient = Sample.numbers[0]
    let clock = BrokenSleep(kind: kind, base: ManualClock(Sample.night))
    let world = try World(serviceClock: clock)
    world.registry.play(.init(.neverAnswers, on: .every))
    #expect(await world.service.check(patient, in: try Sample.context()).refusal?.reason == .registryTooSlow)
    world.registry.release()
  }

  @Test("While demographics are down uploads are refused whole, and plans held before are still found")
  func demographics() async throws {
    let world = try World()
    let patient = Sample.numbers[0]
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    world.reference.setDemographics(isAvailable: false)
    let upload = LocalAuthorityUpload(
      header: UploadHeader(
        creationTime: world.clock.now, fileID: 2, declaredRecordCount: 1,
        sender: UploadSender(try Sample.authority())),
      records: [
        UploadRecord(
          plans: [
            .init(kind: .childProtectionPlan, start: "202601120900", end: "202601130900", deleted: "202601140900")
          ],
          subjects: [
            .init(
              role: .child, nhsNumber: patient.wireForm, birthDate: "20190304", givenName: "Aisha",
              familyName: "Example")
          ])
      ])
    #expect(world.reference.ingest(upload).fileCode == .demographicsUnavailable)
    #expect(await world.service.check(patient, in: try Sample.context()).plans != nil)
  }
}
