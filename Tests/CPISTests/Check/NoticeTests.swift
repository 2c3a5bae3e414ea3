import CPIS
import CPISReference
import NHSNumbers
import Testing

@Suite("Notices are handed over, or kept and offered again")
struct NoticeTests {
  let patient = Sample.numbers[0]

  @Test("A check during an outage is declared when the registry returns, with its own author, place and time")
  func outage() async throws {
    let world = try World()
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    world.registry.play(.init(.fails(RegistryError(.unavailable)), on: .every))
    let context = try Sample.context(.ambulance)
    let time = world.clock.now
    let refusal = try #require(await world.service.check(patient, in: context).refusal)
    #expect(refusal.authorityTold == .entrusted)
    #expect(refusal.displayText.contains("will be told of this visit once the registry accepts it"))
    world.clock.advance(by: .seconds(7200))
    let access = try #require(try await world.accessesTold().first)
    #expect(access.id == refusal.access?.id)
    #expect(access.author == context.author)
    #expect(access.organisation == context.organisation)
    #expect(access.time == time)
  }

  @Test("What the sink will not take is kept, offered again, and taken once", arguments: [1, 2, 5, 20])
  func heldNotices(failures: Int) async throws {
    let world = try World()
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    world.sink.play(.init(.fails(SinkError(.unavailable)), on: .upTo(failures)))
    let found = try #require(await world.service.check(patient, in: try Sample.context()).plans)
    #expect(found.safeguardingTold == .heldInMemory)
    #expect(world.service.heldNoticeCount == 1)
    _ = await world.drive {
      await eventually { world.events.kinds.contains(.heldNoticeEntrusted(remaining: 0)) }
    }
    #expect(world.service.heldNoticeCount == 0)
    #expect(world.safeguardingNotices.count == 1)
  }

  @Test(
    "After one success the waits begin anew with a second: a sink that fails again is not offered to without end")
  func successThenFailure() async throws {
    let world = try World()
    world.registry.play(.init(.fails(RegistryError(.unavailable)), on: .every))
    var script = FaultySink.Script(.fails(SinkError(.full)), on: .upTo(2))
    script.add(.fails(SinkError(.full)), on: .from(4))
    world.sink.play(script)
    for number in Sample.numbers.prefix(2) { _ = await world.service.check(number, in: try Sample.context()) }
    _ = await world.drive {
      await eventually { world.events.kinds.contains(.heldNoticeEntrusted(remaining: 1)) }
    }
    await eventually { world.sink.offerCount >= 4 }
    // Nothing more is offered while the clock stands.
    await world.clock.waitForSleepers(1)
    for _ in 0..<100 { await Task.yield() }
    #expect(world.sink.offerCount == 4)
    world.sink.play(.init())
    _ = await world.drive { await eventually { world.service.heldNoticeCount <= 0 } }
    #expect(world.recording.notices.count == 2)
  }

  @Test("A notice that the sink never takes does not hold back those of other patients")
  func poison() async throws {
    let world = try World()
    world.registry.play(.init(.fails(RegistryError(.unavailable)), on: .every))
    let sink = PickySink(world.recording, refusing: patient)
    let service = try TriageService(
      registry: world.registry, notices: sink, clock: world.clock, observer: world.events)
    for number in Sample.numbers.prefix(5) { _ = await service.check(number, in: try Sample.context()) }
    #expect(service.heldNoticeCount == 5)
    sink.open()
    _ = await world.drive { await eventually { service.heldNoticeCount <= 1 } }
    #expect(world.recording.notices.count == 4)
  }

  @Test("A sink that hangs does not keep the clinician waiting, and gets the notice again")
  func hangingSink() async throws {
    let world = try World()
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    world.sink.play(.init(.neverAnswers, on: .only(1)))
    let context = try Sample.context()
    async let outcome = world.service.check(patient, in: context)
    await world.clock.waitForSleepers(1)
    _ = await world.drive {
      await eventually { world.events.kinds.contains(.sinkFailed(SinkError(.timedOut))) }
    }
    #expect(await outcome.plans?.safeguardingTold == .heldInMemory)
    world.sink.release()
    _ = await world.drive { await eventually { world.service.heldNoticeCount <= 0 } }
    #expect(world.safeguardingNotices.count == 1)
  }

  @Test("A held notice that the sink then refuses for good says of which access nobody was told")
  func heldAndRefused() async throws {
    let world = try World()
    world.registry.play(.init(.fails(RegistryError(.unavailable)), on: .every))
    var script = FaultySink.Script(.fails(SinkError(.unavailable)), on: .only(1))
    script.add(.fails(SinkError(.rejected)), on: .only(2))
    world.sink.play(script)
    let refusal = try #require(await world.service.check(patient, in: try Sample.context()).refusal)
    _ = await world.drive { await eventually { world.events.kinds.contains(.noticeNotTold) } }
    let events = world.events.all.compactMap { $0 as? TriageEvent }.suffix(2)
    #expect(events.map(\.kind) == [.sinkFailed(SinkError(.rejected)), .noticeNotTold])
    #expect(events.allSatisfy { $0.access == refusal.access?.id && $0.access != nil })
  }

  @Test("A notice that the sink refuses for good is said not to be told")
  func refusedNotice() async throws {
    let world = try World()
    world.sink.play(.init(.fails(SinkError(.rejected)), on: .every))
    world.registry.play(.init(.fails(RegistryError(.unavailable)), on: .every))
    let refusal = try #require(await world.service.check(patient, in: try Sample.context()).refusal)
    #expect(refusal.authorityTold == .notTold)
    #expect(refusal.displayText.contains("has NOT been told"))
    #expect(world.events.kinds.contains(.noticeNotTold))
  }

  @Test("Memory for notices is bounded, and says so when it is full")
  func heldLimit() async throws {
    let world = try World { $0.heldNoticeLimit = 2 }
    world.sink.play(.init(.fails(SinkError(.full)), on: .every))
    world.registry.play(.init(.fails(RegistryError(.unavailable)), on: .every))
    var told: [NotificationStatus?] = []
    for number in Sample.numbers.prefix(3) {
      told.append(await world.service.check(number, in: try Sample.context()).refusal?.authorityTold)
    }
    #expect(told == [.heldInMemory, .heldInMemory, .notTold])
    world.sink.play(.init())
    _ = await world.drive { await eventually { world.service.heldNoticeCount <= 0 } }
    #expect(world.recording.notices.count == 2)
  }

  @Test("A scheduled check that fails hands nothing over")
  func scheduledFailure() async throws {
    let world = try World()
    world.registry.play(.init(.fails(RegistryError(.unavailable)), on: .every))
    let refusal = try #require(await world.service.check(patient, in: try Sample.context(.generalPractice)).refusal)
    #expect(refusal.authorityTold == .notDue)
    #expect(world.recording.notices.isEmpty)
  }
}

/// A sink that takes nothing until it is opened, and nothing of one patient even then.
private final class PickySink: NotificationSink {
  private let base: RecordingSink
  private let refused: NHSNumber
  private let isOpen = Flag()

  init(_ base: RecordingSink, refusing patient: NHSNumber) {
    self.base = base
    self.refused = patient
  }

  func open() { isOpen.raise() }

  func accept(_ notice: Notice) async throws(SinkError) {
    guard isOpen.isRaised else { throw SinkError(.unavailable) }
    if case .undeclaredAccess(let undeclared) = notice, undeclared.access.patient == refused {
      throw SinkError(.other)
    }
    try await base.accept(notice)
  }
}
