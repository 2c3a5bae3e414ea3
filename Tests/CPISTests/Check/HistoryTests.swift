import CPIS
import CPISReference
import Foundation
import NHSNumbers
import Testing

@Suite("The access history")
struct HistoryTests {
  let patient = Sample.numbers[0]

  private func entry(daysAgo: Double, organisation: String = "A", now: Date) -> AccessHistory.Entry {
    AccessHistory.Entry(
      time: now.addingTimeInterval(-daysAgo * 86_400), viewerName: "Sam Okafor", jobRole: "Nurse",
      organisationName: organisation)
  }

  @Test("The summary counts 7, 30 and 365 days and different organisations, edges included")
  func summary() {
    let now = Date(timeIntervalSince1970: 1_790_000_000)
    let history = AccessHistory(
      patient: patient,
      entries: [
        entry(daysAgo: 0, now: now), entry(daysAgo: 7, organisation: "B", now: now),
        entry(daysAgo: 7.001, now: now), entry(daysAgo: 30, now: now), entry(daysAgo: 30.001, now: now),
        entry(daysAgo: 365, organisation: "C", now: now), entry(daysAgo: 365.001, organisation: "D", now: now),
      ], completeness: .complete)
    let summary = history.summary(at: now)
    #expect(summary.inSevenDays == 2)
    #expect(summary.inThirtyDays == 4)
    #expect(summary.inAYear == 6)
    #expect(summary.organisationsInAYear == 3)
    #expect(!summary.mayBeMore)
    #expect(summary.displayText.contains("2 in 7 days, 4 in 30 days, 6 in 365 days, by 3 organisations"))
    #expect(summary.displayText.contains("checks of the record, not attendances"))
  }

  @Test("A history cut at 25, or read in part, says 'or more'; a partial one is shown as partial")
  func partialHistory() async throws {
    let now = Date(timeIntervalSince1970: 1_790_000_000)
    let full = AccessHistory(
      patient: patient, entries: (0..<30).map { entry(daysAgo: Double($0) / 10, now: now) }, completeness: .complete
    )
    #expect(full.entries.count == 25)
    #expect(full.entries.first?.time == now)
    #expect(full.summary(at: now).displayText.contains("25 or more in 7 days"))

    let world = try World()
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    world.registry.play(.init(.answersNonsense(.partial), on: .every))
    let outcome = await world.service.accessHistory(for: patient, in: try Sample.context())
    #expect(outcome.displayText.contains("INCOMPLETE"))
    #expect(outcome.displayText.contains("or more"))
  }

  @Test("Asking for the history neither logs nor notifies, and shows who saw the child")
  func readingIsSilent() async throws {
    let world = try World()
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    _ = await world.service.check(patient, in: try Sample.context())
    world.clock.advance(by: .seconds(3600))
    for _ in 0..<3 {
      guard case .known(let history, _) = await world.service.accessHistory(for: patient, in: try Sample.context())
      else {
        Issue.record("no history")
        return
      }
      #expect(history.entries.count == 1)
      #expect(history.entries.first?.viewerName == "Sam Okafor")
      #expect(history.entries.first?.organisationName == "Example NHS Trust")
    }
    #expect(try await world.accessesTold().count == 1)
  }

  @Test(
    "A history that fails, is late, or is another child's, is not checked", arguments: FaultyRegistry.Fault.allCases
  )
  func faults(fault: FaultyRegistry.Fault) async throws {
    let world = try World()
    world.reference.record(try Sample.plan(), for: patient, bornOn: nil)
    _ = await world.service.check(patient, in: try Sample.context())
    world.registry.play(.init(fault, on: .every, of: .accessHistory))
    let context = try Sample.context()
    let outcome = await world.drive { await world.service.accessHistory(for: patient, in: context) }
    switch outcome {
    case .notChecked: break
    case .known(let history, _):
      #expect(history.patient == patient)
      #expect(!history.entries.isEmpty)
    }
    world.registry.release()
  }
}
