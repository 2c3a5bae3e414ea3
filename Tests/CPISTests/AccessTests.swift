import CPIS
import Foundation
import NHSNumbers
import Testing

@Suite("Section 3. Settings, roles and the history as values")
struct AccessTests {
  @Test("Unscheduled and scheduled settings are those of the rules")
  func settings() {
    let unscheduled: Set<CareSetting> = [
      .emergencyDepartment, .walkInCentre, .minorInjuryUnit, .generalPracticeOutOfHours, .nhs111, .ambulance,
      .maternity, .paediatricWard,
    ]
    let scheduled: Set<CareSetting> = [
      .generalPractice, .camhs, .schoolNursingAndHealthVisiting, .communityPaediatrics, .dentistry,
      .sexualAssaultReferralCentre, .terminationOfPregnancy,
    ]
    #expect(unscheduled.union(scheduled) == Set(CareSetting.allCases))
    for setting in unscheduled { #expect(setting.care == .unscheduled) }
    for setting in scheduled { #expect(setting.care == .scheduled) }
    #expect(Set(CareSetting.allCases.map(\.displayText)).count == CareSetting.allCases.count)
  }

  @Test("B0107 for notifying queries, B0170 for silent ones")
  func activities() {
    #expect(CareSetting.Care.unscheduled.requiredActivity.rawValue == "B0107")
    #expect(CareSetting.Care.scheduled.requiredActivity.rawValue == "B0170")
  }

  private func history(_ days: [Double], _ completeness: Completeness = .complete) throws -> AccessHistory {
    AccessHistory(
      patient: try NHSNumber(parsing: "9990000026"),
      entries: days.map {
        AccessHistory.Entry(
          time: Date(timeIntervalSince1970: 2_000_000_000 - $0 * 86_400), viewerName: "A", jobRole: "Nurse",
          organisationName: "Trust \(Int($0) % 3)")
      },
      completeness: completeness)
  }

  @Test(
    "History: the 25 most recent, most recent first, whatever order they come in", arguments: [0, 1, 25, 26, 60])
  func order(count: Int) throws {
    let days = (0..<count).map { Double(($0 * 17) % 61) }
    let times = try history(days).entries.map(\.time)
    #expect(times == Array(times.sorted(by: >)))
    #expect(times.count == min(25, count))
    #expect(times.first == days.min().map { Date(timeIntervalSince1970: 2_000_000_000 - $0 * 86_400) })
  }

  @Test("Summary: counts in 7, 30 and 365 days with the bound included; a partial or cut one may be more")
  func summary() throws {
    let now = Date(timeIntervalSince1970: 2_000_000_000)
    let summary = try history([0, 7, 7.01, 30, 30.01, 365, 365.01]).summary(at: now)
    #expect((summary.inSevenDays, summary.inThirtyDays, summary.inAYear) == (2, 4, 6))
    #expect(summary.organisationsInAYear == 3)
    #expect(!summary.mayBeMore)
    #expect(try history([0], .partial(unreadableEntries: nil)).summary(at: now).mayBeMore)
    #expect(try history((0..<25).map { Double($0) }).summary(at: now).mayBeMore)
    #expect(!(try history((0..<24).map { Double($0) }).summary(at: now).mayBeMore))
    let ahead = try history([-2]).summary(at: now)
    #expect(ahead.inSevenDays == 1)
  }
}
