import CPIS
import NHSNumbers
import Testing

@Suite("Plans: their status on a day, and the last day on which they are shown")
struct PlansTests {
  static func authority() throws -> LocalAuthority {
    try LocalAuthority(
      code: try ODSCode("711"), name: "Tower Hamlets", emergencyDutyPhone: try PhoneNumber("02073645006"),
      officeHoursPhone: try PhoneNumber("02073645000"))
  }

  static func plan(_ kind: PlanKind, _ start: String, _ end: String?) throws -> Plan {
    try Plan(
      kind: kind, start: try #require(CivilTime(compact: start)),
      end: try end.map { try #require(CivilTime(compact: $0)) }, authority: try authority())
  }

  static func day(_ compact: String) throws -> CivilDay { try #require(CivilDay(compact: compact)) }

  @Test(
    "Section 1: end day is day 0; CPP/LAC through day 365, UCP through day 28, on every day −1…400",
    arguments: PlanKind.allCases)
  func everyDayAroundEveryEnd(kind: PlanKind) throws {
    let lastOffset = kind == .unbornChildProtectionPlan ? 28 : 365
    // Every day of two years as the end, one of them a leap year, at both ends of the day.
    for endDay in 0..<731 {
      let day = try Self.day("20230701").adding(days: endDay)
      for minute in ["0000", "2359"] {
        let plan = try Self.plan(kind, "202201010900", day.compact + minute)
        #expect(plan.lastVisibleDay == day.adding(days: lastOffset))
        for offset in [-1, 0, 1, 27, 28, 29, 364, 365, 366, 367] {
          let expected: PlanStatus =
            offset > lastOffset ? .past : offset > 0 ? .endedButVisible : .current
          #expect(plan.status(on: day.adding(days: offset)) == expected)
        }
      }
    }
    let plan = try Self.plan(kind, "202201010900", "202402290000")
    let end = try Self.day("20240229")
    for offset in -1...400 {
      let expected: PlanStatus = offset > lastOffset ? .past : offset > 0 ? .endedButVisible : .current
      #expect(plan.status(on: end.adding(days: offset)) == expected)
    }
  }

  @Test("Section 1: an open plan has no last day, and is current from its start day on")
  func openPlan() throws {
    let plan = try Self.plan(.childProtectionPlan, "202611212359", nil)
    #expect(plan.lastVisibleDay == nil)
    #expect(plan.status(on: try Self.day("20261120")) == .notYetStarted)
    #expect(plan.status(on: try Self.day("20261121")) == .current)
    #expect(plan.status(on: try Self.day("20991231")) == .current)
    #expect(plan.lastVisibleDay(bornOn: nil) == nil)
  }

  @Test("Section 1: 18th birthday ends CPP and LAC on the day before it, a UCP not at all; the earlier end counts")
  func eighteen() throws {
    let born = try Self.day("20080229")
    for kind in PlanKind.allCases {
      let open = try Self.plan(kind, "202001010000", "202612310000")
      let expected = try Self.day(kind == .unbornChildProtectionPlan ? "20270128" : "20260228")
      #expect(open.lastVisibleDay(bornOn: born) == expected)
      #expect(open.lastVisibleDay(bornOn: nil) == open.lastVisibleDay)
      let ended = try Self.plan(kind, "202001010000", "202101010000")
      #expect(ended.lastVisibleDay(bornOn: born) == ended.lastVisibleDay)
    }
  }

  @Test("Section 1: a UCP must carry an end date, and no plan ends before it starts")
  func refused() throws {
    #expect(throws: InvalidValue.self) { try Self.plan(.unbornChildProtectionPlan, "202601010000", nil) }
    for kind in PlanKind.allCases {
      #expect(throws: InvalidValue.self) { try Self.plan(kind, "202601010001", "202601010000") }
      #expect(try Self.plan(kind, "202601010000", "202601010000").end != nil)
    }
  }

  @Test("Section 1: plan kinds have the SNOMED CT codes of the service, there and back")
  func snomed() {
    let codes = PlanKind.allCases.map(\.snomedCode)
    #expect(codes == ["342191000000101", "764841000000100", "818901000000100"])
    for kind in PlanKind.allCases { #expect(PlanKind(snomedCode: kind.snomedCode) == kind) }
    #expect(PlanKind(snomedCode: "342191000000102") == nil)
    #expect(PlanKind.allCases.map(\.abbreviation) == ["CPP", "LAC", "UCP"])
  }

  @Test("Section 1: identity is LA code, kind and start; neither the end nor the LA's name or phones")
  func identity() throws {
    let plan = try Self.plan(.lookedAfterChild, "202601010000", nil)
    let renamed = try LocalAuthority(
      code: try ODSCode("711"), name: "Other", emergencyDutyPhone: try PhoneNumber("999"), officeHoursPhone: nil)
    let closed = try Plan(
      kind: plan.kind, start: plan.start, end: CivilTime(compact: "202602010000"), authority: renamed)
    #expect(plan.identity == closed.identity)
    #expect(plan.identity != (try Self.plan(.childProtectionPlan, "202601010000", nil)).identity)
    #expect(plan.identity != (try Self.plan(.lookedAfterChild, "202601010001", nil)).identity)
  }

  @Test("A list of recorded plans is never empty, and knows the first day on which it changes by itself")
  func recordedPlans() throws {
    #expect(RecordedPlans([]) == nil)
    let plans = [
      try Self.plan(.childProtectionPlan, "202001010000", nil),
      try Self.plan(.childProtectionPlan, "202001010000", "202601010000"),
      try Self.plan(.unbornChildProtectionPlan, "202001010000", "202603010000"),
    ]
    #expect(RecordedPlans([plans[0]])?.earliestLastVisibleDay == nil)
    let recorded = try #require(RecordedPlans(plans))
    #expect(recorded.earliestLastVisibleDay == (try Self.day("20260329")))
    #expect(Array(recorded) == plans)
  }

  @Test("The office phone is the one to ring while offices are open, else the emergency duty team's")
  func phones() throws {
    let authority = try Self.authority()
    let without = try LocalAuthority(
      code: authority.code, name: authority.name, emergencyDutyPhone: authority.emergencyDutyPhone,
      officeHoursPhone: nil)
    for (text, isOpen) in [
      ("202611200859", false), ("202611200900", true), ("202611201659", true), ("202611201700", false),
      ("202611211200", false), ("202612251200", false),
    ] {
      let time = try #require(CivilTime(compact: text))
      #expect(authority.phone(at: time, hours: OfficeHours()).role == (isOpen ? .officeHours : .emergencyDuty))
      #expect(without.phone(at: time, hours: OfficeHours()).number == authority.emergencyDutyPhone)
    }
  }
}
