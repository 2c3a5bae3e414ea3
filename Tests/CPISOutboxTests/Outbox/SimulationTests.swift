import CPIS
import CPISOutbox
import Foundation
import NHSNumbers
import Testing

@Suite("Simulation")
struct SimulationTests {
  /// `CPIS_SEEDS=10000` runs as many, `CPIS_SEED=n` the one that failed.
  @Test("Producers, outages, lost answers, crashes, full disks and clocks that jump: all arrives once, in order")
  func manySeeds() async throws {
    let environment = ProcessInfo.processInfo.environment
    let count = environment["CPIS_SEEDS"].flatMap(UInt64.init) ?? 200
    let seeds = environment["CPIS_SEED"].flatMap(UInt64.init).map { [$0] } ?? Array(0..<count)
    var totals = Simulation.Totals()
    try await withThrowingTaskGroup(of: (totals: Simulation.Totals, faults: [String]).self) { group in
      for part in 0..<4 {
        group.addTask {
          var totals = Simulation.Totals()
          var faults: [String] = []
          for seed in seeds where seed % 4 == part || seeds.count == 1 && part == 0 {
            let simulation = Simulation(seed: seed)
            if let fault = try await simulation.run() { faults.append("CPIS_SEED=\(seed): \(fault)") }
            totals += simulation.totals
          }
          return (totals, faults)
        }
      }
      for try await part in group {
        totals += part.totals
        #expect(part.faults.prefix(3) == [])
      }
    }
    #expect(totals.crashes > seeds.count / 2 || seeds.count == 1)
    print("simulation of \(seeds.count) seeds: \(totals)")
  }

  @Test("A seed gives the same run again")
  func replays() async throws {
    let (first, second) = (Simulation(seed: 7), Simulation(seed: 7))
    #expect(try await first.run() == nil)
    #expect(try await second.run() == nil)
    #expect(first.totals == second.totals)
  }
}
