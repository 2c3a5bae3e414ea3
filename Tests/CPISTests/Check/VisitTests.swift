import CPIS
import CPISReference
import Foundation
import NHSNumbers
import Testing

@Suite("Visits: who remembers them, and which identity their access has")
struct VisitTests {
  let patient = Sample.numbers[0]

  private func key(_ byte: UInt8 = 7) throws -> VisitIdentityKey {
    try VisitIdentityKey([UInt8](repeating: byte, count: 32))
  }

  private func world(visits: (any VisitMemory)? = nil, key: VisitIdentityKey? = nil) throws -> World {
    let world = try World(visits: visits, key: key)
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    return world
  }

  /// The identity of a check by a service of its own, as another node or a restarted process makes it.
  private func identity(
    key: VisitIdentityKey?, at time: String = "202611210214", visit: String = "visit-1",
    organisation: String = "RJ1", patient: NHSNumber? = nil, _ setting: CareSetting = .emergencyDepartment
  ) async throws -> Access.ID {
    let world = try World(at: Sample.time(time), key: key)
    let context = try Sample.context(setting, visit: visit, organisation: organisation)
    return try #require(await world.service.check(patient ?? self.patient, in: context).access?.id)
  }

  @Test(
    "With a key, two services derive the same identity for one visit, as a UUID of version 8; without, they do not")
  func derived() async throws {
    let first = try await identity(key: key())
    #expect(try await identity(key: key()) == first)
    #expect(try await identity(key: key(), .paediatricWard) == first)
    #expect(try await identity(key: key(), at: "202611212359") == first)
    #expect(first.uuid.uuid.6 >> 4 == 8 && first.uuid.uuid.8 >> 6 == 0b10)
    #expect(try await identity(key: nil) != identity(key: nil))
    #expect(try await identity(key: nil).uuid.uuid.6 >> 4 == 4)
  }

  @Test(
    "Another key, day, visit, organisation or patient is another identity, and so is another cut between them")
  func othersDiffer() async throws {
    let ids = [
      try await identity(key: key()), try await identity(key: key(8)),
      try await identity(key: key(), at: "202611220000"), try await identity(key: key(), visit: "visit-2"),
      try await identity(key: key(), organisation: "RJ11"), try await identity(key: key(), organisation: "RX1"),
      try await identity(key: key(), patient: Sample.numbers[1]),
      try await identity(key: key(), visit: "isit-1", organisation: "RJ1V"),
      try await identity(key: key(), visit: "visit-12026-11-21"),
    ]
    #expect(Set(ids).count == ids.count)
  }

  @Test("The derived identity is the one of the documented bytes: HMAC-SHA256 over the parts behind their lengths")
  func documentedBytes() async throws {
    // Computed by an independent implementation (Python's hmac):
    // parts "CP-IS visit 1", "RJ1", the number, "visit-1", "2026-11-21", each behind its length in four bytes.
    #expect(patient.wireForm == "9990000018")
    let id = try await identity(key: key())
    #expect(id.uuid.uuidString == "B259E319-11D0-868C-AB56-208E770CD072")
  }

  @Test("Scheduled care has no visit: each check is an access of its own, key or not")
  func scheduled() async throws {
    let world = try world(key: key())
    let context = try Sample.context(.generalPractice, visit: "visit-1")
    let ids = [
      await world.service.check(patient, in: context).access?.id,
      await world.service.check(patient, in: context).access?.id,
    ]
    #expect(ids[0] != ids[1])
  }

  @Test("Visit ids that differ in how an accent is written are two visits, remembered or derived")
  func normalisation() async throws {
    let (composed, decomposed) = (try VisitID("\u{E9}"), try VisitID("e\u{301}"))
    #expect(composed != decomposed && Set([composed, decomposed]).count == 2)
    #expect(try await identity(key: key(), visit: "\u{E9}") != identity(key: key(), visit: "e\u{301}"))
  }

  @Test("A key of fewer than 32 bytes is refused", arguments: [0, 1, 31])
  func shortKey(count: Int) {
    #expect(throws: InvalidValue.self) { try VisitIdentityKey([UInt8](repeating: 1, count: count)) }
  }

  @Test(
    "A restart in the middle of a visit tells once with a key, and once more without", arguments: [true, false])
  func restart(hasKey: Bool) async throws {
    let key = hasKey ? try key() : nil
    let world = try world(key: key)
    let context = try Sample.context(visit: "visit-1")
    _ = await world.service.check(patient, in: context)
    world.clock.advance(by: .seconds(600))
    let restarted = try TriageService(
      registry: world.registry, notices: world.sink, visitIdentityKey: key, clock: world.clock)
    _ = await restarted.check(patient, in: context)
    #expect(try await world.accessesTold().count == (hasKey ? 1 : 2))
  }

  @Test("Two services that share a memory are one access, without a key; the second repeats what the first found")
  func sharedMemory() async throws {
    let memory = InMemoryVisitMemory()
    let world = try world(visits: memory)
    let other = try TriageService(
      registry: world.registry, notices: world.sink, visits: memory, clock: world.clock)
    let context = try Sample.context(visit: "visit-1")
    let first = try #require(await world.service.check(patient, in: context).plans)
    let second = try #require(await other.check(patient, in: context).plans)
    #expect(second.access.id == first.access.id)
    #expect(second.origin.source == .earlierInVisit && second.authorityTold == .alreadyTold)
    #expect(world.registry.callCount(of: .plans) == 1)
    #expect(try await world.accessesTold().count == 1)
  }

  @Test(
    "A visit number used again the next week is a new access, remembered or forgotten, with a key or without",
    arguments: [true, false], [true, false])
  func usedAgain(hasKey: Bool, isForgotten: Bool) async throws {
    let memory = InMemoryVisitMemory()
    let world = try world(visits: memory, key: hasKey ? try key() : nil)
    let context = try Sample.context(visit: "visit-1")
    let first = await world.service.check(patient, in: context).access
    world.clock.advance(by: .seconds(7 * 86_400))
    if isForgotten { try await memory.forget(.everything) }
    let second = await world.service.check(patient, in: context).access
    #expect(first?.id != second?.id)
    #expect(try await world.accessesTold().count == 2)
  }

  @Test("The window ends a day after the first check, not after the last")
  func window() async throws {
    let world = try world()
    let context = try Sample.context(visit: "visit-1")
    var ids: [Access.ID?] = []
    for seconds in [0, 86_399, 1, 1] {
      world.clock.advance(by: .seconds(seconds))
      ids.append(await world.service.check(patient, in: context).access?.id)
    }
    #expect(ids[0] == ids[1] && ids[1] == ids[2] && ids[2] != ids[3])
  }

  @Test("Mother and baby with one context are two accesses, whose identities do not depend on who comes first")
  func motherAndBaby() async throws {
    let context = try Sample.context(.maternity, visit: "birth")
    var sets: [Set<Access.ID>] = []
    for patients in [[0, 1], [1, 0]] {
      let world = try World(key: try key())
      var ids: Set<Access.ID> = []
      for index in patients {
        if let id = await world.service.check(Sample.numbers[index], in: context).access?.id { ids.insert(id) }
      }
      sets.append(ids)
    }
    #expect(sets[0].count == 2 && sets[0] == sets[1])
  }

  @Test(
    """
    Outage, delivery, a plan loaded, a second outage in the same visit: the authority is told, for each notice has an \
    identity of its own and the registry goes by the access's
    """)
  func secondOutage() async throws {
    let world = try World(key: try key())
    let context = try Sample.context(visit: "visit-1")
    world.registry.play(.init(.fails(RegistryError(.unavailable)), on: .every))
    let first = await world.service.check(patient, in: context).access
    #expect(try await world.accessesTold().isEmpty)  // delivered; the registry holds no plan, and forgets it
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    world.clock.advance(by: .seconds(60))
    let second = await world.service.check(patient, in: context).access
    let notices = world.recording.notices.compactMap { notice -> UndeclaredAccess? in
      if case .undeclaredAccess(let undeclared) = notice { undeclared } else { nil }
    }
    #expect(first?.id == second?.id)
    #expect(Set(notices.map(\.id)).count == 2 && notices.map(\.access) == [first, second])
    #expect(try await world.accessesTold().map(\.id) == [first?.id])
  }

  @Test(
    "Whatever the visit memory does, the outcome is the truth and the authority learns of the visit",
    .timeLimit(.minutes(2)), arguments: FaultyVisitMemory.Operation.allCases)
  func faultyMemory(operation: FaultyVisitMemory.Operation) async throws {
    for fault in FaultyVisitMemory.Fault.allCases {
      for key in [nil, try key()] {
        let clock = ManualClock(Sample.night)
        let memory = FaultyVisitMemory(InMemoryVisitMemory(), clock: clock)
        let reference = ReferenceRegistry(clock: clock, seed: 1)
        reference.record(try Sample.plan(), for: patient, bornOn: nil)
        let sink = RecordingSink()
        let events = EventRecorder()
        let service = try TriageService(
          registry: AskedRegistry(base: reference), notices: sink, visits: memory, visitIdentityKey: key,
          clock: clock, observer: events)
        memory.play(.init(fault, on: .every, of: operation))
        var ids: Set<Access.ID> = []
        for worker in ["1", "2"] {
          let context = try Sample.context(author: .worker(Sample.worker(worker)), visit: "visit-1")
          let found = try #require(
            await clock.drive(with: service) { await service.check(patient, in: context) }.plans,
            "\(operation) \(fault)")
          #expect(found.plans.count == 1 && found.plans[0].plan.authority.code.text == "711", "\(fault)")
          ids.insert(found.access.id)
        }
        memory.release()
        reference.closeWindow()
        let told = reference.takeNotices().flatMap { notice -> [Access.ID] in
          guard case .accessToService(let notification) = notice else { return [] }
          return notification.groups.flatMap(\.accesses).map(\.id)
        }
        #expect(Set(told) == ids && told.count == ids.count, "\(operation) \(fault)")
        if key != nil { #expect(ids.count == 1, "\(operation) \(fault)") }
      }
    }
  }

  @Test("A memory that hangs delays a check by no more than the policy's time, and says so")
  func hangs() async throws {
    let clock = ManualClock(Sample.night)
    let memory = FaultyVisitMemory(
      InMemoryVisitMemory(), script: .init(.neverAnswers, on: .every, of: .open), clock: clock)
    let events = EventRecorder()
    let reference = ReferenceRegistry(clock: clock, seed: 1)
    reference.record(try Sample.plan(), for: patient, bornOn: nil)
    let service = try TriageService(
      registry: reference, notices: RecordingSink(), visits: memory, clock: clock, observer: events)
    async let outcome = service.check(patient, in: try Sample.context(visit: "visit-1"))
    await clock.waitForSleepers(1)
    clock.advance(by: .milliseconds(200))
    #expect(try await outcome.plans?.authorityTold == .declared)
    #expect(events.kinds.contains(.visitMemoryFailed(VisitMemoryError(.timedOut))))
    memory.release()
  }

  @Test("Plans in a visit of which nobody was told are asked for again, and so told")
  func nobodyToldOf() async throws {
    let clock = ManualClock(Sample.night)
    let memory = FaultyVisitMemory(
      InMemoryVisitMemory(), script: .init(.answersNonsense(.plansNobodyWasToldOf), on: .from(2), of: .open),
      clock: clock)
    let reference = ReferenceRegistry(clock: clock, seed: 1)
    reference.record(try Sample.plan(), for: patient, bornOn: nil)
    let service = try TriageService(registry: reference, notices: RecordingSink(), visits: memory, clock: clock)
    let context = try Sample.context(visit: "visit-1")
    _ = await service.check(patient, in: context)
    let found = try #require(await service.check(patient, in: context).plans)
    #expect(found.origin.source == .registry && found.authorityTold == .declared)
  }

  @Test("A note that cannot be taken has the visit forgotten: no older plans answer a repeat")
  func noteFails() async throws {
    let clock = ManualClock(Sample.night)
    let memory = FaultyVisitMemory(InMemoryVisitMemory(), clock: clock)
    let world = try world(visits: memory)
    let context = try Sample.context(visit: "visit-1")
    _ = await world.service.check(patient, in: context)
    world.clock.advance(by: .seconds(3601))
    world.registry.play(.init(.answersNonsense(.partial), on: .every, of: .plans))
    memory.play(.init(.fails(VisitMemoryError(.full)), on: .every, of: .note))
    _ = await world.service.check(patient, in: context)
    #expect(memory.callCount(of: .forget) > 0)
    world.clock.advance(by: .seconds(-3000))
    memory.play(.init())
    #expect(await world.service.check(patient, in: context).plans?.origin.source == .registry)
  }
}
