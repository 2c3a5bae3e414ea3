import CPIS
import CPISReference
import NHSNumbers
import Testing

@Suite("One context serves many checks, and none of them is lost")
struct OneContextTests {
  /// Mother and baby, with one context for both, as at a birth.
  let patients = Array(Sample.numbers.prefix(2))

  private func world() throws -> World {
    let world = World()
    for patient in patients { world.reference.record(try Sample.plan(), for: patient, bornOn: nil) }
    return world
  }

  @Test(
    "Both of two patients checked with one context are told of, registry up or down", arguments: ["visit-1", nil])
  func twoPatients(encounter: String?) async throws {
    for isDown in [false, true] {
      let world = try world()
      if isDown { world.registry.play(.init(.fails(RegistryError(.unavailable)), on: .every)) }
      let context = try Sample.context(.maternity, encounter: encounter)
      for patient in patients { _ = await world.service.check(patient, in: context) }
      let told = try await world.accessesTold()
      #expect(Set(told.map(\.patient)) == Set(patients))
      #expect(told.count == 2)
      #expect(Set(told.map(\.id)).count == 2)
      #expect(told.map(\.id).contains(context.traceID))
    }
  }

  @Test("Without an encounter, one context for one patient is one access for a day, and another one after it")
  func twoDays() async throws {
    let world = try world()
    let context = try Sample.context()
    for (seconds, told) in [(0, 1), (24 * 3600, 0), (1, 1)] {
      world.clock.advance(by: .seconds(seconds))
      _ = await world.service.check(patients[0], in: context)
      #expect(try await world.accessesTold().count == told)
    }
  }

  @Test("A context in steady use is known however many others there are")
  func steadyUse() async throws {
    let world = World { $0.encounterLimit = 8 }
    for number in Sample.numbers { world.reference.record(try Sample.plan(), for: number, bornOn: nil) }
    let context = try Sample.context()
    for number in Sample.numbers.prefix(100) {
      _ = await world.service.check(number, in: context)
      _ = await world.service.check(number, in: try Sample.context())
    }
    let told = try await world.accessesTold()
    #expect(told.count == 200)
    #expect(Set(told.map(\.id)).count == 200)
  }

  @Test("Two checks at once with one context are one access; with two contexts they are two")
  func atOnce() async throws {
    for (isShared, count) in [(true, 1), (false, 2)] {
      let world = try world()
      world.registry.play(.init(.neverAnswers, on: .every))
      let first = try Sample.context()
      let second = isShared ? first : try Sample.context()
      async let one = world.service.check(patients[0], in: first)
      await world.registry.waitForHanging(1)
      async let other = world.service.check(patients[0], in: second)
      if isShared {
        while !world.events.kinds.contains(.joined) { await Task.yield() }
      } else {
        await world.registry.waitForHanging(2)
      }
      world.registry.release()
      _ = await (one, other)
      #expect(try await world.accessesTold().count == count)
    }
  }
}
