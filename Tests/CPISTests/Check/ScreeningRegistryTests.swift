import CPIS
import CPISReference
import NHSNumbers
import Synchronization
import Testing

@Suite("A registry that rules numbers out from memory")
struct ScreeningRegistryTests {
  private let clock = ManualClock(Sample.night)
  private let events = EventRecorder()

  /// Rules out what it is told to, and counts what it is asked.
  private final class Screening: RegistryClient {
    let reference: ReferenceRegistry
    private let ruledOut: Set<NHSNumber>
    private let counts = Mutex((screened: 0, asked: 0))

    init(_ reference: ReferenceRegistry, rulingOut ruledOut: Set<NHSNumber>) {
      self.reference = reference
      self.ruledOut = ruledOut
    }

    var screened: Int { counts.withLock { $0.screened } }
    var asked: Int { counts.withLock { $0.asked } }

    func rulesOut(_ patient: NHSNumber) -> Bool {
      counts.withLock { $0.screened += 1 }
      return ruledOut.contains(patient)
    }

    func plans(for access: Access) async throws(RegistryError) -> RegistryAnswer {
      counts.withLock { $0.asked += 1 }
      return try await reference.plans(for: access)
    }

    func declare(_ access: Access) async throws(RegistryError) { try await reference.declare(access) }

    func accessHistory(for access: Access) async throws(RegistryError) -> AccessHistory {
      try await reference.accessHistory(for: access)
    }
  }

  private func world(_ ruledOut: Set<NHSNumber>) throws -> (Screening, TriageService, RecordingSink) {
    let reference = ReferenceRegistry(clock: clock, seed: 1)
    reference.record(try Sample.plan(), for: Sample.numbers[0], bornOn: nil)
    let registry = Screening(reference, rulingOut: ruledOut)
    let sink = RecordingSink()
    return (registry, try TriageService(registry: registry, notices: sink, clock: clock, observer: events), sink)
  }

  @Test("What is ruled out has no plan recorded under its number, as of now, and nobody is asked or told")
  func ruledOut() async throws {
    let patient = Sample.numbers[1]
    let (registry, service, sink) = try world([patient])
    let outcome = await service.check(patient, in: try Sample.context(visit: "v"))
    let answer = try #require(outcome.noPlan)
    #expect(answer.patient == patient && answer.authorityTold == .notDue)
    #expect(answer.origin == AnswerOrigin(source: .registry, asOf: clock.now, checkedAt: clock.now))
    #expect((registry.screened, registry.asked) == (1, 0))
    #expect(events.kinds == [.noPlanRecorded(.registry)])
    #expect(sink.notices.isEmpty)
  }

  @Test("What is not ruled out goes the whole way, whether a plan is found or not")
  func notRuledOut() async throws {
    let (registry, service, _) = try world([])
    #expect(await service.check(Sample.numbers[0], in: try Sample.context()).plans?.authorityTold == .declared)
    #expect(await service.check(Sample.numbers[1], in: try Sample.context()).noPlan != nil)
    #expect((registry.screened, registry.asked) == (2, 2))
  }

  @Test("The gate comes first: nothing can be ruled out for a number not traced, or by a role not allowed")
  func gate() async throws {
    let patient = Sample.numbers[1]
    let (registry, service, _) = try world([patient])
    let untraced = await service.check(patient, in: try Sample.context(tracing: .notVerified))
    #expect(untraced.refusal?.reason == .notTraced)
    let nobody = await service.check(
      patient, in: try Sample.context(author: .worker(try Sample.worker(activities: []))))
    #expect(nobody.refusal?.reason == .roleMissing)
    #expect(registry.screened == 0)
  }

  @Test(
    "A cache that remembers plans does not stand before a registry that is certain"
  )
  func cache() async throws {
    let patient = Sample.numbers[0]
    let reference = ReferenceRegistry(clock: clock, seed: 1)
    reference.record(try Sample.plan(), for: patient, bornOn: nil)
    var policy = TriagePolicy()
    policy.cache = .on(freshFor: .seconds(600), usableWhenDownFor: .seconds(600))
    let cache = InMemoryFlagCache(clock: clock)
    let first = try TriageService(
      registry: reference, notices: RecordingSink(), cache: cache, policy: policy, clock: clock)
    #expect(await first.check(patient, in: try Sample.context()).plans != nil)
    let empty = ReferenceRegistry(clock: clock, seed: 2)
    let second = try TriageService(
      registry: empty, notices: RecordingSink(), cache: cache, policy: policy, clock: clock)
    #expect(await second.check(patient, in: try Sample.context()).noPlan?.origin.source == .registry)
  }
}
