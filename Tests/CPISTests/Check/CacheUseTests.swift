import CPIS
import CPISReference
import Foundation
import NHSNumbers
import Testing

@Suite("Answers from the cache")
struct CacheUseTests {
  let patient = Sample.numbers[0]

  private func world(fresh: Int = 300, down: Int = 3600) throws -> World {
    let world = try World { $0.cache = .on(freshFor: .seconds(fresh), usableWhenDownFor: .seconds(down)) }
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    return world
  }

  @Test("A service's own cache keeps answers for as long as the policy lets them be shown, and no longer")
  func longestAge() async throws {
    for (usable, age, isShown) in [(172_800, 171_000, true), (600, 500, true), (600, 4_300, false)] {
      let clock = ManualClock(Sample.night)
      let reference = ReferenceRegistry(clock: clock, seed: 1)
      reference.record(try Sample.plan(), for: Sample.numbers[0], bornOn: nil)
      let registry = FaultyRegistry(AskedRegistry(base: reference), clock: clock)
      var policy = TriagePolicy()
      policy.cache = .on(freshFor: .zero, usableWhenDownFor: .seconds(usable))
      let service = try TriageService(
        registry: registry, notices: RecordingSink(), policy: policy, clock: clock)
      _ = await service.check(Sample.numbers[0], in: try Sample.context())
      registry.play(.init(.fails(RegistryError(.unavailable)), on: .every))
      clock.advance(by: .seconds(age))
      let outcome = await service.check(Sample.numbers[0], in: try Sample.context())
      #expect((outcome.plans != nil) == isShown, "\(usable) \(age)")
    }
  }

  @Test("The cache is off by default: every check asks the registry, and nothing is kept")
  func offByDefault() async throws {
    let world = try World()
    for _ in 0..<3 { _ = await world.service.check(patient, in: try Sample.context()) }
    #expect(world.registry.callCount(of: .plans) == 3)
    #expect(world.cache.callCount(of: .store) + world.cache.callCount(of: .entry) == 0)
  }

  @Test("A fresh answer is shown with its age, and the access is declared to the registry now")
  func freshAnswerIsDeclared() async throws {
    let world = try world()
    _ = await world.service.check(patient, in: try Sample.context())
    world.clock.advance(by: .seconds(300))
    let context = try Sample.context()
    let found = try #require(await world.service.check(patient, in: context).plans)
    #expect(found.origin.source == .freshCache)
    #expect(found.origin.age == .seconds(300))
    #expect(found.authorityTold == .declared)
    #expect(found.displayText.contains("5 minutes ago"))
    #expect(try await world.accessesTold().map(\.id).contains(found.access.id))
    world.clock.advance(by: .seconds(1))
    #expect(await world.service.check(patient, in: try Sample.context()).plans?.origin.source == .registry)
  }

  @Test("A fresh answer whose declaration fails is declared through the sink")
  func freshAnswerThroughSink() async throws {
    let world = try world()
    _ = await world.service.check(patient, in: try Sample.context())
    world.registry.play(.init(.fails(RegistryError(.unavailable)), on: .every, of: .declare))
    let context = try Sample.context()
    let found = try #require(await world.service.check(patient, in: context).plans)
    #expect(found.authorityTold == .entrusted)
    #expect(try await world.accessesTold().map(\.id).contains(found.access.id))
  }

  @Test("A kept 'none' never answers: fresh, the registry is asked; with the registry down, it is not checked")
  func keptNone() async throws {
    let world = try world()
    let other = Sample.numbers[1]
    #expect(await world.service.check(other, in: try Sample.context()).noPlan != nil)
    world.registry.play(.init(.fails(RegistryError(.unavailable)), on: .every))
    let refusal = try #require(await world.service.check(other, in: try Sample.context()).refusal)
    #expect(refusal.reason == .registryUnavailable && refusal.authorityTold == .entrusted)
    world.registry.play(.init())
    world.reference.record(try Sample.plan(), for: other, bornOn: nil)
    #expect(await world.service.check(other, in: try Sample.context()).plans?.origin.source == .registry)
  }

  @Test(
    "While the registry is down an answer is shown with its age up to the limit, and the access is declared later")
  func registryDown() async throws {
    let world = try world()
    _ = await world.service.check(patient, in: try Sample.context())
    world.registry.play(.init(.fails(RegistryError(.unavailable)), on: .every))
    world.clock.advance(by: .seconds(3600))
    let context = try Sample.context()
    let found = try #require(await world.service.check(patient, in: context).plans)
    #expect(found.origin.source == .cacheWhileRegistryDown)
    #expect(found.displayText.contains("the registry cannot be asked now"))
    #expect(found.authorityTold == .entrusted)
    world.clock.advance(by: .seconds(1))
    #expect(await world.service.check(patient, in: try Sample.context()).refusal?.reason == .registryUnavailable)
    let told = try await world.accessesTold()
    #expect(told.count == 3)
    #expect(told.contains { $0.id == found.access.id })
  }

  @Test(
    "A kept answer is not shown to an author whom the registry refuses, however fresh it is", arguments: [0, 300])
  func refusedAuthor(fresh: Int) async throws {
    let world = try world(fresh: fresh)
    _ = await world.service.check(patient, in: try Sample.context())
    world.registry.play(.init(.fails(RegistryError(.accessDenied)), on: .every))
    let refusal = try #require(await world.service.check(patient, in: try Sample.context()).refusal)
    #expect(refusal.reason == .notAuthorised)
    #expect(refusal.authorityTold == .notTold)
    #expect(refusal.displayText.contains("has NOT been told"))
    #expect(world.events.kinds.contains(.noticeNotTold))
  }

  @Test("A request that the registry finds wrong is declared through the sink, for the fault can be mended")
  func rejectedRequest() async throws {
    let world = try world(fresh: 0)
    world.registry.play(.init(.fails(RegistryError(.requestRejected)), on: .every))
    let context = try Sample.context()
    let refusal = try #require(await world.service.check(patient, in: context).refusal)
    #expect(refusal.reason == .requestRejected)
    #expect(refusal.authorityTold == .entrusted)
    #expect(try await world.accessesTold().map(\.id) == [refusal.access?.id])
  }

  @Test(
    "An older 'none' does not outlive an answer that could not be kept: a partial one, or one the cache failed on")
  func olderNoneGoes() async throws {
    for isPartial in [true, false] {
      let world = try World { $0.cache = .on(freshFor: .zero, usableWhenDownFor: .seconds(3600)) }
      #expect(await world.service.check(patient, in: try Sample.context()).noPlan != nil)
      world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
      world.clock.advance(by: .seconds(60))
      if isPartial {
        world.registry.play(.init(.answersNonsense(.partial), on: .every))
      } else {
        world.cache.play(.init(.fails(CacheError(.full)), on: .every, of: .store))
      }
      #expect(await world.service.check(patient, in: try Sample.context()).plans != nil)
      world.registry.play(.init(.fails(RegistryError(.unavailable)), on: .every))
      #expect(await world.service.check(patient, in: try Sample.context()).refusal?.reason == .registryUnavailable)
    }
  }

  @Test("A notice to the safeguarding team of plans from the cache says how old they are")
  func safeguardingAge() async throws {
    let world = try world()
    _ = await world.service.check(patient, in: try Sample.context())
    let filledAt = world.clock.now
    world.clock.advance(by: .seconds(120))
    _ = await world.service.check(patient, in: try Sample.context())
    #expect(world.safeguardingNotices.map(\.origin.source) == [.registry, .freshCache])
    #expect(world.safeguardingNotices.map(\.origin.asOf) == [filledAt, filledAt])
    #expect(world.safeguardingNotices.map(\.origin.age) == [.zero, .seconds(120)])
  }

  @Test("An answer is not shown past the last day of one of its plans, nor from the future")
  func expiry() async throws {
    let world = try World(at: Sample.time("202611202330")) {
      $0.cache = .on(freshFor: .seconds(7200), usableWhenDownFor: .seconds(7200))
    }
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    world.reference.record(
      try Sample.plan(.unbornChildProtectionPlan, end: "202610230000"), for: patient, bornOn: nil)
    _ = await world.service.check(patient, in: try Sample.context())
    world.clock.advance(by: .seconds(29 * 60))
    #expect(await world.service.check(patient, in: try Sample.context()).plans?.origin.source == .freshCache)
    world.clock.advance(by: .seconds(60))
    let found = try #require(await world.service.check(patient, in: try Sample.context()).plans)
    #expect(found.origin.source == .registry)
    #expect(found.plans.count == 1)
    world.clock.set(world.clock.now.addingTimeInterval(-60))
    #expect(await world.service.check(patient, in: try Sample.context()).plans?.origin.source == .registry)
  }

  @Test(
    "A cache that hangs costs a check no more than the cache's own deadline for each use: to read, to keep, to remove"
  )
  func hangingCache() async throws {
    let world = try world()
    world.cache.play(.init(.neverAnswers, on: .every))
    let context = try Sample.context()
    let start = world.clock.now
    let outcome = await world.drive { await world.service.check(patient, in: context) }
    #expect(outcome.plans?.origin.source == .registry)
    // Time passes in steps of half a second, and each of three uses waits for less than one.
    #expect(world.clock.now.timeIntervalSince(start) <= 1.5)
    #expect(world.events.kinds.contains(.cacheFailed(CacheError(.timedOut))))
    world.cache.release()
  }

  @Test("On the 18th birthday a kept answer is no longer shown")
  func eighteenthBirthday() async throws {
    let world = try World(at: Sample.time("202611202330")) {
      $0.cache = .on(freshFor: .seconds(7200), usableWhenDownFor: .seconds(7200))
    }
    world.reference.record(try Sample.plan(), for: patient, bornOn: CivilDay(year: 2008, month: 11, day: 21))
    #expect(await world.service.check(patient, in: try Sample.context()).plans != nil)
    world.clock.advance(by: .seconds(1800))
    #expect(await world.service.check(patient, in: try Sample.context()).noPlan?.origin.source == .registry)
  }
}
