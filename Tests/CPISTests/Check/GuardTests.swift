import CPIS
import CPISReference
import Foundation
import NHSNumbers
import Testing

@Suite("The guard before the registry, as a value")
struct GuardStateTests {
  /// What may happen; where it concerns a call, the oldest that it can concern.
  private enum Step: CaseIterable {
    case ask, answered, failed, failedForAWhile, unclear, timeOut, giveUp, probe, delivered, wait
  }

  /// The state, and what is known of it from the trace alone.
  private struct Trace {
    var state: GuardState
    var now = Date(timeIntervalSince1970: 0)
    var calls: [(id: GuardState.CallID, isLate: Bool, isGivenUp: Bool)] = []
    var failuresInARow = 0
    var lastProbeOrOpening = Date.distantPast
    var leftAloneUntil = Date.distantPast
    var steps: [Step] = []
  }

  private static let policy: RegistryGuardPolicy = {
    var policy = RegistryGuardPolicy()
    policy.callsInFlight = 2
    policy.failuresBeforeOpening = 2
    policy.callsGivenUp = 2
    policy.longestRetryAfter = .seconds(10)
    return policy
  }()

  @Test("Every sequence of seven events keeps the rules: who is let through, when it opens, when it closes")
  func everySequence() {
    var count = 0
    explore(Trace(state: GuardState(Self.policy)), depth: 7, &count)
    #expect(count > 200_000)
  }

  private func explore(_ trace: Trace, depth: Int, _ count: inout Int) {
    for step in Step.allCases where depth > 0 {
      var next = trace
      next.steps.append(step)
      guard apply(step, to: &next) else { continue }
      count += 1
      explore(next, depth: depth - 1, &count)
    }
  }

  /// - Returns: `false` when the step concerns a call and there is none.
  private func apply(_ step: Step, to trace: inout Trace) -> Bool {
    let before = trace.state
    var changes: [RegistryGuardChange] = []
    switch step {
    case .wait: trace.now += 5
    case .ask:
      let mayCall =
        !before.isOpen && trace.calls.count { !$0.isGivenUp } < 2 && trace.calls.count { $0.isGivenUp } < 2
        && trace.now >= trace.leftAloneUntil
      let id = trace.state.admit(at: trace.now)
      check((id != nil) == mayCall, trace)
      guard let id else { return true }
      trace.calls.append((id, false, false))
    case .probe:
      let isDue =
        before.isOpen && trace.now >= trace.lastProbeOrOpening + 5 && trace.calls.count { $0.isGivenUp } < 2
      let id = trace.state.probe(at: trace.now)
      check((id != nil) == isDue, trace)
      guard let id else { return true }
      trace.calls.append((id, false, false))
      trace.lastProbeOrOpening = trace.now
    case .answered, .failed, .failedForAWhile, .unclear:
      guard !trace.calls.isEmpty else { return false }
      let call = trace.calls.removeFirst()
      switch step {
      case .answered:
        changes = trace.state.finish(call.id, .answered, at: trace.now)
        answered(&trace)
      case .unclear: changes = trace.state.finish(call.id, .unclear, at: trace.now)
      default:
        let wait = step == .failedForAWhile ? Duration.seconds(3600) : nil
        changes = trace.state.finish(call.id, .failed, retryAfter: wait, at: trace.now)
        // An hour is more than is honoured.
        if wait != nil { trace.leftAloneUntil = trace.now + 10 }
        if !call.isLate { trace.failuresInARow += 1 }
      }
    case .timeOut:
      guard let place = trace.calls.firstIndex(where: { !$0.isLate }) else { return false }
      trace.calls[place].isLate = true
      trace.failuresInARow += 1
      changes = trace.state.timeOut(trace.calls[place].id, at: trace.now)
    case .giveUp:
      guard let place = trace.calls.firstIndex(where: { $0.isLate && !$0.isGivenUp }) else { return false }
      trace.calls[place].isGivenUp = true
      changes = trace.state.giveUp(trace.calls[place].id)
      check(changes == (trace.calls.count { $0.isGivenUp } == 2 ? [.tooManyGivenUp] : []), trace)
      changes = []
    case .delivered:
      changes = trace.state.succeeded()
      answered(&trace)
    }
    let isOpen = trace.failuresInARow >= 2
    if isOpen, !before.isOpen { trace.lastProbeOrOpening = trace.now }
    check(trace.state.isOpen == isOpen, trace)
    check(changes == (isOpen == before.isOpen ? [] : isOpen ? [.opened] : [.closed]), trace)
    let view = trace.state.view
    check(view.callsGivenUp == trace.calls.count { $0.isGivenUp }, trace)
    check(view.callsInFlight + view.callsGivenUp == trace.calls.count, trace)
    return true
  }

  private func answered(_ trace: inout Trace) {
    trace.failuresInARow = 0
    trace.leftAloneUntil = .distantPast
  }

  private func check(_ holds: Bool, _ trace: Trace, line: Int = #line) {
    if !holds { Issue.record("line \(line), after \(trace.steps)") }
  }

  @Test("A policy that makes no sense is refused when the guard is made")
  func policies() throws {
    let registry = ReferenceRegistry(clock: ManualClock(Sample.night), seed: 1)
    let breaches: [(inout RegistryGuardPolicy) -> Void] = [
      { $0.callsInFlight = 0 }, { $0.failuresBeforeOpening = 0 }, { $0.probeInterval = .zero },
      { $0.longestRetryAfter = .seconds(-1) }, { $0.callsGivenUp = 0 },
    ]
    for breach in breaches {
      var policy = RegistryGuardPolicy()
      breach(&policy)
      #expect(throws: InvalidValue.self) { _ = try GuardedRegistry(registry, policy: policy) }
    }
  }
}

@Suite("The guard before the registry")
struct GuardTests {
  /// Checks so many patients while the registry fails; the guard opens at the fifth.
  private func open(_ world: World, with fault: FaultyRegistry.Fault = .fails(RegistryError(.unavailable)))
    async throws
  {
    world.registry.play(.init(fault, on: .every))
    let context = try Sample.context()
    for index in 0..<5 { _ = await world.drive { await world.service.check(Sample.numbers[index], in: context) } }
    #expect(world.service.registryGuard.isOpen)
  }

  /// Lets time pass in steps, and what happens in each.
  private func pass(_ steps: Int, of step: Duration = .seconds(1), in world: World) async {
    let patience = Patience()
    for _ in 0..<steps {
      world.clock.advance(by: step)
      var quietTurns = 0
      while quietTurns < 20 {
        precondition(patience.isLeft, "what is under way did not end within ten minutes")
        await Task.yield()
        quietTurns = world.service.isIdle ? quietTurns + 1 : 0
      }
    }
  }

  @Test(
    "While it is open a check is answered at once, its access handed on, a kept plan shown, and a kept 'none' never"
  )
  func openGuard() async throws {
    let world = try World { $0.cache = .on(freshFor: .zero, usableWhenDownFor: .seconds(3600)) }
    world.reference.record(try Sample.plan(), for: Sample.numbers[10], bornOn: nil)
    let context = try Sample.context()
    for index in [10, 11] {
      _ = await world.drive { await world.service.check(Sample.numbers[index], in: context) }
    }
    try await open(world)
    let (asked, entrusted) = (world.registry.callCount(of: .plans), world.recording.notices.count)
    let plan = try #require(await world.service.check(Sample.numbers[10], in: context).plans)
    #expect(plan.origin.source == .cacheWhileRegistryDown && plan.authorityTold == .entrusted)
    let none = try #require(await world.service.check(Sample.numbers[11], in: context).refusal)
    #expect(none.reason == .registryUnavailable && none.authorityTold == .entrusted)
    #expect(world.registry.callCount(of: .plans) == asked)
    // Two accesses, and the plan for the safeguarding team.
    #expect(world.recording.notices.count == entrusted + 3)
    #expect(world.events.guardChanges.contains(.opened))
    // Five checks opened it, after two that were answered; nobody was asked for the last two.
    #expect(world.events.kinds.count { $0 == .registryAsked(.plans) } == 7)
  }

  @Test("A registry that comes back is asked within the interval of the probe, and the guard closes")
  func probes() async throws {
    let world = try World()
    try await open(world)
    let asked = world.registry.callCount(of: .plans)
    await pass(30, in: world)
    #expect(world.service.registryGuard.isOpen)
    #expect((5...6).contains(world.registry.callCount(of: .plans) - asked), "a probe every five seconds")
    world.registry.play(.init())
    await pass(5, in: world)
    #expect(!world.service.registryGuard.isOpen && world.events.guardChanges.contains(.closed))
    let context = try Sample.context()
    #expect(await world.drive { await world.service.check(Sample.numbers[20], in: context) }.noPlan != nil)
  }

  @Test("A clock that is set back by a day hides no registry that has come back")
  func clockSetBack() async throws {
    let world = try World()
    try await open(world)
    world.registry.play(.init())
    world.clock.set(world.clock.now.addingTimeInterval(-86_400))
    await pass(6, in: world)
    #expect(!world.service.registryGuard.isOpen)
  }

  @Test("A guard that looked-up histories opened is probed with a history, which declares no access")
  func probesWithHistory() async throws {
    let world = try World()
    world.reference.record(try Sample.plan(), for: Sample.numbers[0], bornOn: nil)
    world.registry.play(.init(.fails(RegistryError(.unavailable)), on: .every))
    let context = try Sample.context()
    for _ in 0..<5 {
      _ = await world.drive { await world.service.accessHistory(for: Sample.numbers[0], in: context) }
    }
    #expect(world.service.registryGuard.isOpen)
    world.registry.play(.init())
    await pass(6, in: world)
    #expect(!world.service.registryGuard.isOpen)
    #expect(world.registry.callCount(of: .plans) == 0 && world.registry.callCount(of: .accessHistory) == 1)
    #expect(try await world.accessesTold() == [])
  }

  @Test("An answer about an author or a request, or one that cannot be used, never opens it")
  func answers() async throws {
    for code in [RegistryError.Code.accessDenied, .requestRejected, .unusableAnswer, .other] {
      let world = try World()
      world.registry.play(.init(.fails(RegistryError(code)), on: .every))
      let context = try Sample.context()
      for index in 0..<20 {
        _ = await world.drive { await world.service.check(Sample.numbers[index], in: context) }
      }
      #expect(!world.service.registryGuard.isOpen && world.registry.callCount(of: .plans) == 20, "\(code)")
    }
  }

  @Test(
    "A registry that hangs for ever bounds calls for ten thousand checks, and is asked within ten seconds of its return"
  )
  func hangs() async throws {
    let world = try World()
    try await open(world, with: .neverAnswers)
    let context = try Sample.context()
    var entrusted = 0
    for index in 0..<10_000 {
      let refusal = await world.service.check(Sample.numbers[index % 300], in: context).refusal
      entrusted += refusal?.authorityTold == .entrusted ? 1 : 0
      // Long enough in all for as many probes to be given up as may be.
      if index % 100 == 0 { await pass(1, of: .seconds(6), in: world) }
    }
    #expect(entrusted == 10_000)
    let state = world.service.registryGuard
    print("a registry that hangs: \(state), \(world.registry.callCount(of: .plans)) calls for 10,005 checks")
    #expect(state.isOpen && state.callsInFlight + state.callsGivenUp <= 64 + 3)
    #expect(
      world.registry.callCount(of: .plans) <= 80 && world.events.guardChanges.contains(.tooManyGivenUp))
    world.registry.play(.init())
    world.registry.release()
    await pass(10, in: world)
    #expect(!world.service.registryGuard.isOpen)
    #expect(await world.drive { await world.service.check(Sample.numbers[301], in: context) }.noPlan != nil)
  }

  @Test("It is left alone for as long as it asks, up to a minute")
  func retryAfter() async throws {
    let world = try World()
    let context = try Sample.context()
    world.registry.play(.init(.fails(RegistryError(.tooManyRequests, retryAfter: .seconds(3600))), on: .only(1)))
    _ = await world.drive { await world.service.check(Sample.numbers[0], in: context) }
    let asked = world.registry.callCount(of: .plans)
    await pass(58, in: world)
    #expect(await world.service.check(Sample.numbers[1], in: context).refusal?.reason == .registryUnavailable)
    #expect(world.registry.callCount(of: .plans) == asked)
    await pass(3, in: world)
    #expect(await world.drive { await world.service.check(Sample.numbers[2], in: context) }.noPlan != nil)
  }

  @Test("An outbox's delivery closes it, and one that fails does not open it")
  func deliveries() async throws {
    let clock = ManualClock(Sample.night)
    let faulty = FaultyRegistry(AskedRegistry(base: ReferenceRegistry(clock: clock, seed: 1)), clock: clock)
    let registry = try GuardedRegistry(faulty, clock: clock)
    let service = try TriageService(registry: registry, notices: RecordingSink(), clock: clock)
    let context = try Sample.context()
    let access = Sample.access(to: Sample.numbers[0], in: context, at: clock.now)
    faulty.play(.init(.fails(RegistryError(.unavailable)), on: .every))
    for _ in 0..<20 { await #expect(throws: RegistryError(.unavailable)) { try await registry.declare(access) } }
    #expect(!registry.guardState.isOpen)
    for index in 0..<5 {
      _ = await clock.drive(with: service) { await service.check(Sample.numbers[index], in: context) }
    }
    #expect(registry.guardState.isOpen && service.registryGuard.isOpen)
    faulty.play(.init())
    try await registry.declare(access)
    #expect(!registry.guardState.isOpen)
  }
}
