import CPIS
import CPISReference
import Foundation
import NHSNumbers
import Testing

@Suite("The cache in memory")
struct InMemoryFlagCacheTests {
  private func answer(_ patient: NHSNumber, end: String? = nil, asOf time: Date = Date()) throws -> CachedAnswer {
    let plan = try Sample.plan(start: "202301010000", end: end)
    let plans = try #require(RecordedPlans([plan]))
    return CachedAnswer(answer: RegistryAnswer(patient: patient, finding: .plans(plans, .complete)), asOf: time)
  }

  @Test("It returns exactly what was stored, and of two the newer, in whichever order they come")
  func returnsWhatWasStored() async throws {
    let clock = ManualClock(Sample.night)
    let cache = InMemoryFlagCache(clock: clock)
    let patient = Sample.numbers[0]
    #expect(try await cache.entry(for: patient) == nil)
    func none(_ seconds: Double) -> CachedAnswer {
      CachedAnswer(
        answer: RegistryAnswer(patient: patient, finding: .noPlanUnderThisNumber),
        asOf: clock.now.addingTimeInterval(seconds))
    }
    let plan = try answer(patient, asOf: clock.now)
    try await cache.store(plan, for: patient)
    #expect(try await cache.entry(for: patient) == plan)
    try await cache.store(none(-5), for: patient)
    #expect(try await cache.entry(for: patient) == plan)
    try await cache.store(none(0), for: patient)
    #expect(try await cache.entry(for: patient) == none(0))
    #expect(cache.count == 1)
    // What a wrong clock stamped in the future makes way for any.
    try await cache.store(none(3600), for: patient)
    try await cache.store(plan, for: patient)
    #expect(try await cache.entry(for: patient) == plan)
  }

  @Test("No answer stays beyond the greatest age, asked for or not")
  func greatestAge() async throws {
    let clock = ManualClock(Sample.night)
    let cache = InMemoryFlagCache(maximumAge: .seconds(7200), clock: clock)
    try await cache.store(try answer(Sample.numbers[0], asOf: clock.now), for: Sample.numbers[0])
    clock.advance(by: .seconds(3600))
    try await cache.store(try answer(Sample.numbers[1], asOf: clock.now), for: Sample.numbers[1])
    #expect(cache.count == 2)
    clock.advance(by: .seconds(7200))
    #expect(try await cache.entry(for: Sample.numbers[1]) != nil)
    #expect(cache.count == 1)
  }

  @Test("It never holds more than its capacity, and forgets what was kept longest")
  func isBounded() async throws {
    for capacity in [1, 2, 7, 64] {
      let cache = InMemoryFlagCache(capacity: capacity)
      for number in Sample.numbers.prefix(300) {
        try await cache.store(try answer(number), for: number)
        #expect(cache.count <= capacity)
        #expect(try await cache.entry(for: number) != nil)
      }
      #expect(try await cache.entry(for: Sample.numbers[0]) == nil)
    }
  }

  @Test("An answer kept anew is not the oldest")
  func keepingAnewRenews() async throws {
    let cache = InMemoryFlagCache(capacity: 8)
    for number in Sample.numbers.prefix(8) { try await cache.store(try answer(number), for: number) }
    try await cache.store(try answer(Sample.numbers[0]), for: Sample.numbers[0])
    try await cache.store(try answer(Sample.numbers[8]), for: Sample.numbers[8])
    #expect(try await cache.entry(for: Sample.numbers[0]) != nil)
    #expect(try await cache.entry(for: Sample.numbers[1]) == nil)
  }

  @Test("It purges each answer on the day after its plan's last, by its clock, asked for or not")
  func purges() async throws {
    let clock = ManualClock(Sample.time("202611202359"))
    let cache = InMemoryFlagCache(clock: clock)
    // Ended 365 days before: this is the last day. Ended 366 days before: gone already.
    try await cache.store(try answer(Sample.numbers[0], end: "202511200900"), for: Sample.numbers[0])
    try await cache.store(try answer(Sample.numbers[1], end: "202511190900"), for: Sample.numbers[1])
    try await cache.store(try answer(Sample.numbers[2]), for: Sample.numbers[2])
    #expect(cache.count == 2)
    #expect(try await cache.entry(for: Sample.numbers[0]) != nil)
    clock.advance(by: .seconds(60))
    #expect(try await cache.entry(for: Sample.numbers[2]) != nil)
    #expect(cache.count == 1)
    #expect(try await cache.entry(for: Sample.numbers[0]) == nil)
  }

  @Test("Each scope removes what it says, and no more")
  func scopes() async throws {
    let cache = InMemoryFlagCache(maximumAge: .seconds(400 * 86_400), clock: ManualClock(Sample.night))
    func fill() async throws {
      try await cache.store(try answer(Sample.numbers[0]), for: Sample.numbers[0])
      try await cache.store(try answer(Sample.numbers[1], end: "202610010900"), for: Sample.numbers[1])
    }
    try await fill()
    try await cache.remove(.patient(Sample.numbers[0]))
    #expect(try await cache.entry(for: Sample.numbers[0]) == nil)
    #expect(cache.count == 1)
    try await fill()
    try await cache.remove(.expired(at: UnitedKingdomTime.instant(of: Sample.time("202710020000"))))
    #expect(cache.count == 1)
    #expect(try await cache.entry(for: Sample.numbers[0]) != nil)
    try await fill()
    try await cache.remove(.everything)
    #expect(cache.count == 0)
  }

  @Test("Many tasks at once neither lose nor mix up answers")
  func concurrency() async throws {
    let cache = InMemoryFlagCache()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in Sample.numbers {
        group.addTask {
          for _ in 0..<20 {
            try await cache.store(try answer(number), for: number)
            let entry = try await cache.entry(for: number)
            #expect(entry?.answer.patient == number)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(cache.count == Sample.numbers.count)
  }
}
