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
      .generalPractice, .camhs(.scheduled), .schoolNursingAndHealthVisiting, .communityPaediatrics(.scheduled),
      .dentistry,
      .sexualAssaultReferralCentre, .terminationOfPregnancy,
    ]
    // Sources disagree on these: there the caller states the care.
    let disputed = CareSetting.Care.allCases.flatMap {
      [CareSetting.camhs($0), .communityPaediatrics($0), .hospitalDentistry($0)]
    }
    #expect(unscheduled.union(scheduled).union(disputed) == Set(CareSetting.known))
    for setting in unscheduled { #expect(setting.care == .unscheduled) }
    for setting in scheduled { #expect(setting.care == .scheduled) }
    #expect(Set(CareSetting.known.map(\.displayText)).count == Set(CareSetting.known.map(\.name)).count)
  }

  @Test("A host's own setting states its care; one of our names with another care is refused")
  func ownSettings() throws {
    let ward = try CareSetting(name: "gynaecology", displayText: "Gynaecology", care: .unscheduled)
    #expect(ward == (try CareSetting(name: "gynaecology", displayText: "Ward 7", care: .unscheduled)))
    #expect(ward != (try CareSetting(name: "gynaecology", displayText: "Gynaecology", care: .scheduled)))
    #expect(CareSetting.camhs(.scheduled) != .camhs(.unscheduled))
    for known in CareSetting.known {
      let same = try CareSetting(name: known.name, displayText: known.displayText, care: known.care)
      #expect(same == known && Set([same, known]).count == 1)
      let other: CareSetting.Care = known.care == .scheduled ? .unscheduled : .scheduled
      if CareSetting.known.contains(where: { $0.name == known.name && $0.care == other }) { continue }
      #expect(throws: InvalidValue.self, "\(known.name)") {
        try CareSetting(name: known.name, displayText: "x", care: other)
      }
    }
    for name in ["", "9to5", "-x", "a b", "é", String(repeating: "a", count: 65)] {
      #expect(throws: InvalidValue.self, "\(name)") {
        try CareSetting(name: name, displayText: "x", care: .scheduled)
      }
    }
    #expect(throws: InvalidValue.self) { try CareSetting(name: "x", displayText: "\u{200B} ", care: .scheduled) }
  }

  @Test("A selection of settings leaves a host's own setting out only when it says so")
  func selections() throws {
    let own = try CareSetting(name: "own", displayText: "Own", care: .unscheduled)
    for setting in CareSetting.known + [own] {
      #expect(CareSetting.Selection.all.contains(setting))
      #expect(!CareSetting.Selection.none.contains(setting))
      #expect(
        CareSetting.Selection.only([.emergencyDepartment, own]).contains(setting)
          == (setting == .emergencyDepartment || setting == own))
    }
    #expect(TriagePolicy().safeguarding.settings == .all)
  }

  @Test(
    "No identity, name or code is blank, and the error names the kind of value",
    arguments: ["", " ", "\t\n", "\u{A0}\u{200B}\u{2028}\u{FEFF}"])
  func blanks(blank: String) throws {
    let role = try JobRole(code: "R8001", name: "Nurse")
    let code = try ODSCode("RJ1")
    let phone = try PhoneNumber("02079460000")
    let makers: [(String, () throws -> Any)] = [
      ("visit id", { try VisitID(blank) }),
      ("job role code", { try JobRole(code: blank, name: "Nurse") }),
      ("job role name", { try JobRole(code: "R8001", name: blank) }),
      (
        "worker's user id",
        { try Worker(userID: blank, roleProfileID: "2", jobRole: role, name: "A", activities: []) }
      ),
      (
        "worker's role profile id",
        { try Worker(userID: "1", roleProfileID: blank, jobRole: nil, name: "A", activities: []) }
      ),
      ("worker's name", { try Worker(userID: "1", roleProfileID: "2", jobRole: nil, name: blank, activities: []) }),
      ("system's ASID", { try AccreditedSystem(asid: blank, name: "E", responsiblePerson: "L", activities: []) }),
      ("system's name", { try AccreditedSystem(asid: "1", name: blank, responsiblePerson: "L", activities: []) }),
      (
        "system's responsible person",
        { try AccreditedSystem(asid: "1", name: "E", responsiblePerson: blank, activities: []) }
      ),
      ("organisation's name", { try Organisation(code: code, name: blank) }),
      (
        "local authority's name",
        { try LocalAuthority(code: code, name: blank, emergencyDutyPhone: phone, officeHoursPhone: nil) }
      ),
    ]
    for (kind, make) in makers {
      #expect(throws: InvalidValue(kind, must: "not be blank")) { _ = try make() }
    }
    #expect(try VisitID("\u{A0}1").text == "\u{A0}1")
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
