import CPIS
import CPISReference
import Foundation
import NHSNumbers
import Testing

@Suite("Faults on demand")
struct FaultTests {
  typealias Script = FaultyRegistry.Script

  /// A registry with a plan under number 0, and one that goes wrong in front of it.
  private func bench(_ script: Script = Script()) throws -> (Bench, FaultyRegistry) {
    let bench = try Bench()
    bench.registry.record(try Sample.plan(), for: try Sample.number(0), bornOn: nil)
    return (bench, FaultyRegistry(bench.registry, script: script, clock: bench.clock))
  }

  @Test("The list of faults holds each kind, and each cause the SDK names, once")
  func lists() {
    let registry = FaultyRegistry.Fault.allCases
    #expect(Set(registry).count == registry.count)
    #expect(registry.count == 2 * RegistryError.everyCause.count + 3 + NonsenseAnswer.allCases.count)
    let cache = FaultyCache.Fault.allCases
    #expect(cache.count == 2 * CacheError.everyCause.count + 3 + NonsenseEntry.allCases.count)
    #expect(Set(cache).count == cache.count)
    let sink = FaultySink.Fault.allCases
    #expect(sink.count == 2 * SinkError.everyCause.count + 3)
    #expect(Set(sink).count == sink.count)
  }

  @Test("Without a script all goes through")
  func untouched() async throws {
    let (bench, faulty) = try bench()
    let number = try Sample.number(0)
    let context = try Sample.context()
    let access = try bench.access(number, context)
    #expect(try await faulty.plans(for: access) == bench.registry.plans(for: access))
    try await faulty.declare(bench.access(number, context))
    #expect(try await faulty.accessHistory(for: bench.access(number, context)).entries.count == 1)
    #expect(FaultyRegistry.Operation.allCases.map { faulty.callCount(of: $0) } == [1, 1, 1])
  }

  @Test("The nth call, each call, from n on or up to n goes wrong, counted for each operation")
  func whichCalls() async throws {
    let failure = RegistryError(.unavailable)
    let number = try Sample.number(0)
    let context = try Sample.context()
    for (calls, expected) in [
      (.every, [false, false, false, false]), (.only(2), [true, false, true, true]),
      (.from(3), [true, true, false, false]), (.upTo(3), [false, false, false, true]),
    ] as [(Script.Calls, [Bool])] {
      let (bench, faulty) = try bench(Script(.fails(failure), on: calls, of: .plans))
      var went: [Bool] = []
      for _ in 1...4 {
        went.append((try? await faulty.plans(for: bench.access(number, context))) != nil)
        _ = try await faulty.accessHistory(for: bench.access(number, context))
      }
      #expect(went == expected)
    }
  }

  @Test("The first step that speaks of a call decides, and a new script counts from 1 again")
  func steps() async throws {
    var script = Script(.fails(RegistryError(.timedOut)), on: .only(1))
    script.add(.fails(RegistryError(.unavailable)), on: .every)
    let (bench, faulty) = try bench(script)
    let number = try Sample.number(0)
    let context = try Sample.context()
    for _ in 1...2 {
      await #expect(throws: RegistryError(.timedOut)) { try await faulty.plans(for: bench.access(number, context)) }
      await #expect(throws: RegistryError(.unavailable)) {
        try await faulty.plans(for: bench.access(number, context))
      }
      faulty.play(script)
    }
  }

  @Test("A failure does nothing; one that acts first has acted", arguments: RegistryError.everyCause)
  func failing(failure: RegistryError) async throws {
    for (fault, total) in [(.fails(failure), []), (.actsThenFails(failure), [1])] as [(FaultyRegistry.Fault, [Int])]
    {
      let (bench, faulty) = try bench(Script(fault, on: .every))
      let number = try Sample.number(0)
      let access = try bench.access(number)
      await #expect(throws: failure) { try await faulty.plans(for: access) }
      await #expect(throws: failure) { try await faulty.accessHistory(for: access) }
      await #expect(throws: failure) {
        try await faulty.declare(access)
      }
      #expect(bench.notifications().map(\.total) == total)
    }
  }

  @Test("A slow one answers after its time; slow to reply has acted at once", .timeLimit(.minutes(1)))
  func slow() async throws {
    for (fault, early) in [
      (.slowToAct(.seconds(5)), []), (.slowToReply(.seconds(5)), [1]),
    ] as [(FaultyRegistry.Fault, [Int])] {
      let (bench, faulty) = try bench(Script(fault, on: .every))
      let number = try Sample.number(0)
      let context = try Sample.context()
      let task = Task { try await faulty.plans(for: bench.access(number, context)) }
      await bench.clock.waitForSleepers(1)
      #expect(bench.notifications().map(\.total) == early)
      bench.clock.advance(by: .seconds(5))
      #expect(try await task.value.patient == number)
      #expect(bench.notifications().map(\.total) == (early.isEmpty ? [1] : []))
    }
  }

  @Test("A slow one that is cancelled says so", .timeLimit(.minutes(1)))
  func slowCancelled() async throws {
    let (bench, faulty) = try bench(Script(.slowToAct(.seconds(5)), on: .every))
    let number = try Sample.number(0)
    let context = try Sample.context()
    let task = Task { try await faulty.plans(for: bench.access(number, context)) }
    await bench.clock.waitForSleepers(1)
    task.cancel()
    await #expect(throws: RegistryError(.cancelled)) { try await task.value }
  }

  @Test("One that never answers hangs, cancelled or not, until it is let go", .timeLimit(.minutes(1)))
  func neverAnswers() async throws {
    let (bench, faulty) = try bench(Script(.neverAnswers, on: .every))
    let number = try Sample.number(0)
    let context = try Sample.context()
    let task = Task { try await faulty.plans(for: bench.access(number, context)) }
    await faulty.waitForHanging(1)
    task.cancel()
    bench.clock.advance(by: .seconds(86_400))
    #expect(bench.notifications().isEmpty)
    faulty.release()
    #expect(try await task.value.patient == number)
    #expect(bench.notifications().map(\.total) == [1])
  }

  @Test(
    "Nonsense never passes for a whole and honest answer about this patient", arguments: NonsenseAnswer.allCases)
  func nonsense(_ nonsense: NonsenseAnswer) async throws {
    let (bench, faulty) = try bench(Script(.answersNonsense(nonsense), on: .every))
    let number = try Sample.number(0)
    let context = try Sample.context()
    let answer = try await faulty.plans(for: bench.access(number, context))
    let honest = try await bench.registry.plans(for: bench.access(number, context))
    #expect(answer != honest)
    #expect(answer.patient != number || answer.finding != .noPlanUnderThisNumber)
    let history = try await faulty.accessHistory(for: bench.access(number, context))
    #expect(history != (try await bench.registry.accessHistory(for: bench.access(number, context))))

    let none = try Sample.number(1)
    switch nonsense {
    case .partial:
      await #expect(throws: RegistryError(.unusableAnswer)) {
        try await faulty.plans(for: bench.access(none, context))
      }
    case .duplicatedPlans: #expect(try await faulty.plans(for: bench.access(none, context)).patient == none)
    default: #expect(try await faulty.plans(for: bench.access(none, context)).patient != none)
    }
  }

  /// A cache of one entry.
  private struct OneEntry: FlagCache {
    let kept: CachedAnswer?
    func entry(for patient: NHSNumber) async throws(CacheError) -> CachedAnswer? { kept }
    func store(_ answer: CachedAnswer, for patient: NHSNumber) async throws(CacheError) {}
    func remove(_ scope: CacheScope) async throws(CacheError) {}
  }

  @Test("A faulty cache fails, distorts what it kept, and invents nothing where nothing is kept")
  func cache() async throws {
    let number = try Sample.number(0)
    let clock = ManualClock(try Sample.time("202611211402"))
    let plans = try #require(RecordedPlans([try Sample.plan()]))
    let kept = CachedAnswer(
      answer: RegistryAnswer(patient: number, finding: .plans(plans, .complete)), asOf: clock.now)
    for failure in CacheError.everyCause {
      let cache = FaultyCache(
        OneEntry(kept: kept), script: FaultyCache.Script(.fails(failure), on: .every), clock: clock)
      await #expect(throws: failure) { try await cache.entry(for: number) }
      await #expect(throws: failure) { try await cache.store(kept, for: number) }
      await #expect(throws: failure) { try await cache.remove(.everything) }
      #expect(FaultyCache.Operation.allCases.map { cache.callCount(of: $0) } == [1, 1, 1])
    }
    for nonsense in NonsenseEntry.allCases {
      let script = FaultyCache.Script(.answersNonsense(nonsense), on: .every)
      let full = FaultyCache(OneEntry(kept: kept), script: script, clock: clock)
      let entry = try #require(try await full.entry(for: number))
      #expect(entry != kept)
      let empty = FaultyCache(OneEntry(kept: nil), script: script, clock: clock)
      #expect(try await empty.entry(for: number) == nil)
    }
  }

  @Test("Nothing that can hold a patient prints it")
  func redaction() async throws {
    let (bench, faulty) = try bench()
    let sink = RecordingSink()
    try await sink.accept(
      .undeclaredAccess(
        UndeclaredAccess(id: UUID(), access: try bench.access(Sample.number(0)))))
    let session = bench.registry.beginUpload(try Sample.header(1, count: 0))
    let person = try Sample.person(0)
    let digits = try Sample.number(0).wireForm
    let values: [Any] = [
      bench.registry, faulty, sink, session, person, Demographics([person]), Demographics.Status.known(person),
      FaultySink(sink, clock: bench.clock),
    ]
    for value in values {
      var dumped = ""
      dump(value, to: &dumped)
      for text in [dumped, "\(value)", String(reflecting: value)] {
        #expect(!text.contains(digits))
        #expect(!text.contains("Okafor"))
        #expect(!text.contains(String(try Sample.number(0).payload)))
      }
    }
  }
}
