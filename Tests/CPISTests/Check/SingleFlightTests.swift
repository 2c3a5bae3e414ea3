import CPIS
import CPISReference
import NHSNumbers
import Testing

@Suite("Checks at the same time, and the deadline")
struct SingleFlightTests {
  let patient = Sample.numbers[0]

  @Test("A hundred checks of one child in one visit ask the registry once, and all get its answer")
  func hundredChecks() async throws {
    let world = try World()
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    world.registry.play(.init(.neverAnswers, on: .every))
    let outcomes = try await withThrowingTaskGroup(of: TriageOutcome.self) { group in
      for worker in 0..<100 {
        let context = try Sample.context(author: .worker(try Sample.worker("\(worker)")), visit: "v1")
        group.addTask { await world.service.check(patient, in: context) }
      }
      await eventually { world.events.kinds.count(where: { $0 == .joined }) >= 99 }
      world.registry.release()
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.count == 100)
    #expect(outcomes.allSatisfy { $0.plans != nil })
    #expect(world.registry.callCount(of: .plans) == 1)
    #expect(try await world.accessesTold().count == 1)
  }

  @Test("Two authors without a visit, or two settings, do not share a check: each is an access of its own")
  func noSharing() async throws {
    let world = try World()
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    world.registry.play(.init(.neverAnswers, on: .every))
    let contexts = [
      try Sample.context(author: .worker(try Sample.worker("1"))),
      try Sample.context(author: .worker(try Sample.worker("2"))),
      try Sample.context(.paediatricWard, author: .worker(try Sample.worker("1"))),
      try Sample.context(.generalPractice, author: .worker(try Sample.worker("1"))),
    ]
    await withTaskGroup(of: Void.self) { group in
      for context in contexts { group.addTask { _ = await world.service.check(patient, in: context) } }
      await world.registry.waitForHanging(contexts.count)
      world.registry.release()
    }
    #expect(world.registry.callCount(of: .plans) == contexts.count)
    #expect(try await world.accessesTold().count == 3)
  }

  @Test("A registry that does not answer by the deadline is not checked; the access is declared all the same")
  func deadline() async throws {
    let world = try World()
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    world.registry.play(.init(.neverAnswers, on: .every))
    let context = try Sample.context()
    async let outcome = world.service.check(patient, in: context)
    await world.clock.waitForSleepers(1)
    world.clock.advance(by: .milliseconds(4999))
    await Task.yield()
    #expect(!world.events.all.contains { $0.name == "check.not_checked" })
    world.clock.advance(by: .milliseconds(1))
    let refusal = try #require(await outcome.refusal)
    #expect(refusal.reason == .registryTooSlow)
    #expect(refusal.authorityTold == .entrusted)
    world.registry.release()
    await eventually { world.events.kinds.contains(.lateAnswer) }
    #expect(try await world.accessesTold().map(\.id) == [refusal.access?.id])
  }

  @Test("An answer that comes after the deadline is kept for the next check")
  func lateAnswerIsKept() async throws {
    let world = try World { $0.cache = .on(freshFor: .seconds(600), usableWhenDownFor: .seconds(600)) }
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    world.registry.play(.init(.neverAnswers, on: .only(1), of: .plans))
    let context = try Sample.context()
    async let outcome = world.service.check(patient, in: context)
    await world.clock.waitForSleepers(1)
    world.clock.advance(by: .seconds(5))
    #expect(await outcome.refusal != nil)
    world.registry.release()
    await eventually { world.events.kinds.contains(.lateAnswer) }
    #expect(await world.service.check(patient, in: try Sample.context()).plans?.origin.source == .freshCache)
  }

  @Test("Who is cancelled gets 'not checked' at once; the others get the answer, and the access is declared")
  func cancellation() async throws {
    let world = try World()
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    world.registry.play(.init(.neverAnswers, on: .every))
    let context = try Sample.context(visit: "v1")
    let impatient = Task { await world.service.check(patient, in: context) }
    await world.registry.waitForHanging(1)
    let patientOne = Task { await world.service.check(patient, in: context) }
    await eventually { world.events.kinds.contains(.joined) }
    impatient.cancel()
    #expect(await impatient.value.refusal?.reason == .cancelled)
    world.registry.release()
    #expect(await patientOne.value.plans != nil)
    #expect(try await world.accessesTold().count == 1)
  }

  @Test("A check that is cancelled after the registry had the access says that the authority is told already")
  func cancelledWhenTold() async throws {
    let world = try World()
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    world.sink.play(.init(.neverAnswers, on: .only(1)))
    let context = try Sample.context(visit: "v1")
    let check = Task { await world.service.check(patient, in: context) }
    await world.sink.waitForHanging(1)
    check.cancel()
    let refusal = try #require(await check.value.refusal)
    #expect(refusal.reason == .cancelled && refusal.authorityTold == .alreadyTold)
    #expect(refusal.displayText.contains("The local authority is being told of this visit."))
    world.sink.release()
  }

  @Test(
    "So it does when the cache or the visit memory hangs after the registry has answered", arguments: [false, true])
  func cancelledWhileNoting(inVisits: Bool) async throws {
    let clock = ManualClock(Sample.night)
    let memory = FaultyVisitMemory(InMemoryVisitMemory(), clock: clock)
    let cache = FaultyCache(InMemoryFlagCache(clock: clock), clock: clock)
    let reference = ReferenceRegistry(clock: clock, seed: 1)
    reference.record(try Sample.plan(), for: patient, bornOn: nil)
    var policy = TriagePolicy()
    policy.cache = .on(freshFor: .zero, usableWhenDownFor: .seconds(600))
    let service = try TriageService(
      registry: AskedRegistry(base: reference), notices: RecordingSink(), cache: cache, visits: memory,
      policy: policy,
      clock: clock)
    if inVisits {
      memory.play(.init(.neverAnswers, on: .every, of: .note))
    } else {
      cache.play(.init(.neverAnswers, on: .every, of: .store))
    }
    let context = try Sample.context(visit: "v1")
    let check = Task { await service.check(patient, in: context) }
    if inVisits { await memory.waitForHanging(1) } else { await cache.waitForHanging(1) }
    check.cancel()
    #expect(await check.value.refusal?.authorityTold == .alreadyTold)
    memory.release()
    cache.release()
  }

  @Test("A caller that is cancelled before it begins does not cancel what a sink in memory does for it")
  func cancelledInPlace() async throws {
    let clock = ManualClock(Sample.night)
    let reference = ReferenceRegistry(clock: clock, seed: 1)
    reference.record(try Sample.plan(), for: patient, bornOn: nil)
    let sink = CancellableSink()
    let service = try TriageService(registry: reference, notices: sink, clock: clock)
    let context = try Sample.context()
    await Task {
      unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
      _ = await service.check(patient, in: context)
    }.value
    #expect(sink.recording.notices.count == 1 && service.heldNoticeCount == 0)
  }

  @Test("A check that is cancelled before the registry has answered says that the authority may not be told yet")
  func cancelledEarly() async throws {
    let world = try World()
    world.registry.play(.init(.neverAnswers, on: .every))
    let context = try Sample.context()
    let check = Task { await world.service.check(patient, in: context) }
    await world.registry.waitForHanging(1)
    check.cancel()
    let refusal = try #require(await check.value.refusal)
    #expect(refusal.authorityTold == .underWay && world.service.heldNoticeCount == 0)
    #expect(refusal.displayText.hasSuffix("the local authority may not have been told of this visit yet."))
    #expect(world.events.kinds.contains(.callerLeft))
    world.registry.release()
  }

  @Test("A check that is cancelled after its access was handed on says so")
  func cancelledWhenHandedOn() async throws {
    let world = try World { $0.cache = .on(freshFor: .seconds(1), usableWhenDownFor: .seconds(600)) }
    world.registry.play(.init(.fails(RegistryError(.unavailable)), on: .every))
    world.cache.play(.init(.neverAnswers, on: .every))
    let context = try Sample.context()
    let check = Task { await world.service.check(patient, in: context) }
    // The cache is asked before the registry, and again once the access was handed on.
    await world.cache.waitForHanging(1)
    await world.clock.waitForSleepers(1)
    world.clock.advance(by: .milliseconds(200))
    await world.cache.waitForHanging(2)
    check.cancel()
    #expect(await check.value.refusal?.authorityTold == .entrusted)
    world.cache.release()
  }

  @Test("One author's refusal is not another's: who joined and may ask gets the answer")
  func refusalIsNotShared() async throws {
    let world = try World()
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    world.registry.play(.init(.fails(RegistryError(.accessDenied)), on: .only(1)))
    let gate = HeldRegistry(world.registry)
    let service = try TriageService(registry: gate, notices: world.sink, clock: world.clock, observer: world.events)
    let first = try Sample.context(author: .worker(try Sample.worker("1")), visit: "v1")
    let second = try Sample.context(author: .worker(try Sample.worker("2")), visit: "v1")
    async let refused = service.check(patient, in: first)
    await gate.waitForCall()
    async let found = service.check(patient, in: second)
    await eventually { world.events.kinds.contains(.joined) }
    gate.open()
    #expect(await refused.refusal?.reason == .notAuthorised)
    #expect(await found.plans?.authorityTold == .declared)
    #expect(try await world.accessesTold().map(\.author) == [second.author])
  }

  @Test("A late answer does not take the place of one asked for after it")
  func lateAnswerIsOlder() async throws {
    let world = try World { $0.cache = .on(freshFor: .seconds(600), usableWhenDownFor: .seconds(600)) }
    world.registry.play(.init(.slowToReply(.seconds(50)), on: .only(1), of: .plans))
    let context = try Sample.context(.generalPractice)
    async let outcome = world.service.check(patient, in: context)
    await world.clock.waitForSleepers(2)
    world.clock.advance(by: .seconds(5))
    #expect(await outcome.refusal?.reason == .registryTooSlow)
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    #expect(
      await world.service.check(patient, in: try Sample.context(.camhs(.scheduled))).plans?.origin.source
        == .registry)
    world.clock.advance(by: .seconds(45))
    await eventually { world.events.kinds.contains(.lateAnswer) }
    #expect(
      await world.service.check(patient, in: try Sample.context(.camhs(.scheduled))).plans?.origin.source
        == .freshCache)
  }

  @Test("A check whose caller is gone still enforces the deadline, and hands the declaration over")
  func abandonedCheck() async throws {
    let world = try World()
    world.registry.play(.init(.neverAnswers, on: .every))
    let context = try Sample.context()
    let task = Task { await world.service.check(patient, in: context) }
    await world.clock.waitForSleepers(1)
    task.cancel()
    #expect(await task.value.refusal?.reason == .cancelled)
    world.clock.advance(by: .seconds(5))
    let notices = await world.recording.waitForNotices(1)
    guard case .undeclaredAccess(let notice) = try #require(notices.first) else {
      Issue.record("no declaration")
      return
    }
    #expect(notice.access.context == context)
    world.registry.release()
  }
}

/// A registry that lets no query through until it is opened.
private final class HeldRegistry: RegistryClient {
  private let base: FaultyRegistry
  private let isOpen = Flag()
  private let isCalled = Flag()

  init(_ base: FaultyRegistry) { self.base = base }

  func open() { isOpen.raise() }

  func waitForCall() async { await eventually { isCalled.isRaised } }

  func plans(for access: Access) async throws(RegistryError) -> RegistryAnswer {
    isCalled.raise()
    await eventually { isOpen.isRaised }
    return try await base.plans(for: access)
  }

  func declare(_ access: Access) async throws(RegistryError) { try await base.declare(access) }

  func accessHistory(for access: Access) async throws(RegistryError) -> AccessHistory {
    try await base.accessHistory(for: access)
  }
}

/// A sink in memory that gives up in a cancelled task.
private struct CancellableSink: NotificationSink {
  let recording = RecordingSink()

  var answersInPlace: Bool { true }

  func accept(_ notice: Notice) async throws(SinkError) {
    if Task.isCancelled { throw SinkError(.other) }
    try await recording.accept(notice)
  }
}
