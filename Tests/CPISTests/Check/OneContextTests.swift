import CPIS
import CPISReference
import NHSNumbers
import Testing

@Suite("One context serves many checks, and none of them is lost")
struct OneContextTests {
  /// Mother and baby, with one context for both, as at a birth.
  let patients = Array(Sample.numbers.prefix(2))

  private func world(_ key: VisitIdentityKey? = nil) throws -> World {
    let world = try World(key: key)
    for patient in patients { world.reference.record(try Sample.plan(), for: patient, bornOn: nil) }
    return world
  }

  @Test(
    "Both of two patients checked with one context are told of, registry up or down, with a key or without",
    arguments: ["visit-1", nil])
  func twoPatients(visit: String?) async throws {
    for key in [nil, try VisitIdentityKey([UInt8](repeating: 7, count: 32))] {
      for isDown in [false, true] {
        let world = try world(key)
        if isDown { world.registry.play(.init(.fails(RegistryError(.unavailable)), on: .every)) }
        let context = try Sample.context(.maternity, visit: visit)
        var outcomes: [TriageOutcome] = []
        for patient in patients { outcomes.append(await world.service.check(patient, in: context)) }
        let told = try await world.accessesTold()
        #expect(Set(told.map(\.patient)) == Set(patients))
        #expect(told.count == 2)
        #expect(Set(told.map(\.id)) == Set(outcomes.compactMap(\.access?.id)))
        #expect(Set(told.map(\.id)).count == 2)
      }
    }
  }

  @Test("Without a visit, each check with one context is an access of its own")
  func noEncounter() async throws {
    let world = try world()
    let context = try Sample.context()
    for seconds in [0, 24 * 3600, 1] {
      world.clock.advance(by: .seconds(seconds))
      let id = await world.service.check(patients[0], in: context).access?.id
      #expect(try await world.accessesTold().map(\.id) == [id])
    }
  }

  @Test("Two hundred checks with two contexts are two hundred accesses")
  func steadyUse() async throws {
    let world = try World()
    for number in Sample.numbers { world.reference.record(try Sample.plan(), for: number, bornOn: nil) }
    let contexts = [try Sample.context(), try Sample.context(.ambulance)]
    for number in Sample.numbers.prefix(100) {
      for context in contexts { _ = await world.service.check(number, in: context) }
    }
    let told = try await world.accessesTold()
    #expect(told.count == 200)
    #expect(Set(told.map(\.id)).count == 200)
  }

  @Test("Two checks at once by one author in one place are one access; by two authors they are two")
  func atOnce() async throws {
    for (isShared, count) in [(true, 1), (false, 2)] {
      let world = try world()
      world.registry.play(.init(.neverAnswers, on: .every))
      let first = try Sample.context()
      let second = isShared ? try Sample.context() : try Sample.context(author: .worker(Sample.worker("2")))
      async let one = world.service.check(patients[0], in: first)
      await world.registry.waitForHanging(1)
      async let other = world.service.check(patients[0], in: second)
      if isShared {
        await eventually { world.events.kinds.contains(.joined) }
      } else {
        await world.registry.waitForHanging(2)
      }
      world.registry.release()
      _ = await (one, other)
      #expect(try await world.accessesTold().count == count)
    }
  }
}
