import CPIS
import CPISReference
import NHSNumbers
import Testing

@Suite("One visit, one declared access")
struct RepeatTests {
  let patient = Sample.numbers[0]

  private func staff(_ id: String, _ setting: CareSetting, visit: String? = "visit-1") throws -> AccessContext {
    try Sample.context(setting, author: .worker(try Sample.worker(id)), visit: visit)
  }

  @Test("Registration, triage and ward produce one declared access, by the first of them")
  func registrationTriageWard() async throws {
    let world = try World()
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    let first = try staff("1", .emergencyDepartment)
    let registered = try #require(await world.service.check(patient, in: first).plans)
    #expect(registered.authorityTold == .declared)
    for (hours, id, setting) in [(0, "2", CareSetting.emergencyDepartment), (4, "3", .paediatricWard)] {
      world.clock.advance(by: .seconds(hours * 3600 + 600))
      let found = try #require(await world.service.check(patient, in: try staff(id, setting)).plans)
      #expect([.alreadyTold, .declared].contains(found.authorityTold))
      #expect(found.access.id == registered.access.id && found.access.context.setting == setting)
    }
    let told = try await world.accessesTold()
    #expect(told.map(\.id) == [registered.access.id])
    #expect(told.first?.author == first.author)
    #expect(world.safeguardingNotices.map(\.isRepeat) == [false, true, true])
  }

  @Test("Within an hour plans found answer repeats with their age; after it the registry is asked again")
  func repeatsAnswered() async throws {
    let world = try World()
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    let context = try staff("1", .emergencyDepartment)
    _ = await world.service.check(patient, in: context)
    world.clock.advance(by: .seconds(3600))
    let found = try #require(await world.service.check(patient, in: context).plans)
    #expect(found.origin.source == .earlierInVisit)
    #expect(found.origin.age == .seconds(3600))
    #expect(found.displayText.contains("60 minutes ago, earlier in this visit"))
    world.clock.advance(by: .seconds(1))
    #expect(await world.service.check(patient, in: context).plans?.origin.source == .registry)
    #expect(world.registry.callCount(of: .plans) == 2)
  }

  @Test("'No plan' is never reused in a visit: a plan recorded meanwhile is found, and declared")
  func noPlanIsAskedAgain() async throws {
    let world = try World()
    let context = try staff("1", .emergencyDepartment)
    #expect(await world.service.check(patient, in: context).noPlan != nil)
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    #expect(await world.service.check(patient, in: context).plans?.authorityTold == .declared)
    #expect(try await world.accessesTold().count == 1)
  }

  @Test("Another visit, organisation, patient or day is another access")
  func otherEncounters() async throws {
    let world = try World()
    for number in Sample.numbers.prefix(2) { world.reference.record(try Sample.plan(), for: number, bornOn: nil) }
    _ = await world.service.check(patient, in: try staff("1", .emergencyDepartment))
    _ = await world.service.check(patient, in: try staff("1", .emergencyDepartment, visit: "visit-2"))
    _ = await world.service.check(patient, in: try Sample.context(visit: "visit-1", organisation: "RX1"))
    _ = await world.service.check(Sample.numbers[1], in: try staff("1", .emergencyDepartment))
    world.clock.advance(by: .seconds(24 * 3600 + 1))
    _ = await world.service.check(patient, in: try staff("1", .emergencyDepartment))
    #expect(try await world.accessesTold().count == 5)
  }

  @Test("Without a visit every check is an access of its own")
  func noEncounter() async throws {
    let world = try World()
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    for _ in 0..<3 {
      _ = await world.service.check(patient, in: try staff("1", .emergencyDepartment, visit: nil))
    }
    #expect(try await world.accessesTold().count == 3)
  }

  @Test("A check during an outage and one after it, in one visit, are one access")
  func outageThenRecovery() async throws {
    let world = try World()
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    world.registry.play(.init(.fails(RegistryError(.unavailable)), on: .only(1)))
    #expect(
      await world.service.check(patient, in: try staff("1", .emergencyDepartment)).refusal?.reason
        == .registryUnavailable)
    #expect(await world.service.check(patient, in: try staff("2", .emergencyDepartment)).plans != nil)
    #expect(try await world.accessesTold().count == 1)
  }

  @Test("While neither registry nor sink takes it, no repeat says that the authority is told")
  func nobodyTakesIt() async throws {
    let world = try World()
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    world.registry.play(.init(.fails(RegistryError(.unavailable)), on: .every))
    world.sink.play(.init(.fails(SinkError(.unavailable)), on: .every))
    for _ in 0..<3 {
      let refusal = try #require(
        await world.service.check(patient, in: try staff("1", .emergencyDepartment)).refusal)
      #expect(refusal.authorityTold == .heldInMemory)
      #expect(refusal.displayText.contains("has not been told of this visit yet"))
    }
    world.sink.play(.init())
    _ = await world.drive { await eventually { world.service.heldNoticeCount <= 0 } }
    #expect(try await world.accessesTold().count == 1)
  }

  @Test("A plan loaded after an outage's declaration was delivered is told of in the next outage of the same visit")
  func planAfterDelivery() async throws {
    let world = try World()
    let down = FaultyRegistry.Script(.fails(RegistryError(.unavailable)), on: .every)
    world.registry.play(down)
    #expect(
      await world.service.check(patient, in: try staff("1", .emergencyDepartment)).refusal?.authorityTold
        == .entrusted)
    // Delivered now, while no plan is recorded: the registry keeps nothing.
    #expect(try await world.accessesTold().isEmpty)
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    #expect(
      await world.service.check(patient, in: try staff("2", .paediatricWard)).refusal?.authorityTold == .entrusted)
    let declarations = world.recording.notices.filter { if case .undeclaredAccess = $0 { true } else { false } }
    #expect(Set(declarations.map(\.id)).count == 2)
    #expect(try await world.accessesTold().count == 1)
  }

  @Test("Plans that the registry no longer has are not repeated in the visit, even when a clock goes back")
  func plansWithdrawn() async throws {
    let world = try World()
    let plan = try Sample.plan()
    world.reference.record(plan, for: patient, bornOn: nil)
    let context = try staff("1", .emergencyDepartment)
    #expect(await world.service.check(patient, in: context).plans != nil)
    world.reference.withdraw(plan, for: patient)
    world.clock.advance(by: .seconds(3601))
    #expect(await world.service.check(patient, in: context).noPlan != nil)
    world.clock.advance(by: .seconds(-3000))
    #expect(await world.service.check(patient, in: context).noPlan != nil)
  }

  @Test("Forgetting visits beyond the limit errs towards telling")
  func encounterLimit() async throws {
    let world = try World(visits: InMemoryVisitMemory(capacity: 4))
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    for visit in 0..<10 {
      world.clock.advance(by: .seconds(1))
      _ = await world.service.check(patient, in: try staff("1", .emergencyDepartment, visit: "v\(visit)"))
    }
    _ = await world.service.check(patient, in: try staff("1", .emergencyDepartment, visit: "v9"))
    _ = await world.service.check(patient, in: try staff("1", .emergencyDepartment, visit: "v0"))
    #expect(try await world.accessesTold().count == 11)
  }

  @Test("A plan that leaves at midnight no longer answers a repeat after it")
  func planLeavesAtMidnight() async throws {
    let world = try World(at: Sample.time("202611202359"))
    world.reference.record(
      try Sample.plan(.unbornChildProtectionPlan, end: "202610230000"), for: patient, bornOn: nil)
    let context = try staff("1", .maternity)
    #expect(await world.service.check(patient, in: context).plans != nil)
    world.clock.advance(by: .seconds(60))
    #expect(await world.service.check(patient, in: context).noPlan != nil)
  }
}
