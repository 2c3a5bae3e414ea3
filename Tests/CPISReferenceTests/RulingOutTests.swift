import CPIS
import CPISReference
import NHSNumbers
import Testing

@Suite("The reference registry rules numbers out")
struct RulingOutTests {
  @Test("A number is ruled out exactly while nothing was ever kept under it, however many came before")
  func manyNumbers() async throws {
    let bench = try Bench()
    let plan = try Sample.plan()
    var numbers: [NHSNumber] = []
    for payload in stride(from: UInt32(999_000_000), to: 999_020_000, by: 1) {
      if let number = NHSNumber(payload: payload), !number.isPlaceholder { numbers.append(number) }
    }
    // Enough for the table to be made anew several times, with numbers still beside it at the end.
    let kept = numbers.indices.filter { $0 % 3 == 0 }
    for place in kept {
      #expect(bench.registry.rulesOut(numbers[place]))
      bench.registry.record(plan, for: numbers[place], bornOn: nil)
      #expect(!bench.registry.rulesOut(numbers[place]))
    }
    for (place, number) in numbers.enumerated() {
      #expect(bench.registry.rulesOut(number) == (place % 3 != 0))
    }
    #expect(bench.registry.numberCount == kept.count)
  }

  @Test("What is ruled out is answered with none, and no authority hears of it")
  func agreesWithAsking() async throws {
    let bench = try Bench()
    let context = try Sample.context()
    bench.registry.record(try Sample.plan(), for: try Sample.number(0), bornOn: nil)
    for index in 0..<50 {
      let number = try Sample.number(index)
      guard bench.registry.rulesOut(number) else { continue }
      #expect(try await bench.registry.plans(for: bench.access(number, context)).finding == .noPlanUnderThisNumber)
    }
    #expect(bench.notifications().isEmpty)
  }

  @Test("A number whose plan ended long ago is not ruled out: the registry is asked, and finds none")
  func ended() async throws {
    let bench = try Bench()
    let number = try Sample.number(0)
    bench.registry.record(try Sample.plan(start: "201801050900", end: "201902010900"), for: number, bornOn: nil)
    let context = try Sample.context()
    #expect(!bench.registry.rulesOut(number))
    #expect(try await bench.registry.plans(for: bench.access(number, context)).finding == .noPlanUnderThisNumber)
  }
}
