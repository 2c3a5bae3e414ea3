import CPIS
import Testing

@Suite("When offices answer their phone")
struct TimeOfficeHoursTests {
  /// The bank holidays of England by rule, as gov.uk publishes them. Moved or proclaimed for one year only, and so
  /// left where the rule has them: 4 May 2020 (moved to 8 May), 30 May 2022 (moved to 2 June).
  static let published: [Int: [String]] = [
    2019: ["0101", "0419", "0422", "0506", "0527", "0826", "1225", "1226"],
    2020: ["0101", "0410", "0413", "0504", "0525", "0831", "1225", "1228"],
    2021: ["0101", "0402", "0405", "0503", "0531", "0830", "1227", "1228"],
    2022: ["0103", "0415", "0418", "0502", "0530", "0829", "1226", "1227"],
    2023: ["0102", "0407", "0410", "0501", "0529", "0828", "1225", "1226"],
    2024: ["0101", "0329", "0401", "0506", "0527", "0826", "1225", "1226"],
    2025: ["0101", "0418", "0421", "0505", "0526", "0825", "1225", "1226"],
    2026: ["0101", "0403", "0406", "0504", "0525", "0831", "1225", "1228"],
    2027: ["0101", "0326", "0329", "0503", "0531", "0830", "1227", "1228"],
  ]

  @Test("On weekdays offices are shut on exactly the published bank holidays", arguments: published.keys.sorted())
  func bankHolidays(year: Int) throws {
    var closed: [String] = []
    var day = try #require(CivilDay(year: year, month: 1, day: 1))
    while day.components.year == year {
      let isOpen = OfficeHours().areOpen(at: try #require(CivilTime(day, hour: 12, minute: 0)))
      if day.weekday > 5 { #expect(!isOpen) } else if !isOpen { closed.append(String(day.compact.dropFirst(4))) }
      day = day.adding(days: 1)
    }
    #expect(closed == Self.published[year])
  }

  @Test("Every minute of a week: Monday to Friday, 09:00 to 17:00")
  func everyMinute() throws {
    let monday = try #require(CivilDay(compact: "20261116"))
    for offset in 0..<7 {
      for minute in 0..<1440 {
        let time = try #require(
          CivilTime(monday.adding(days: offset), hour: minute / 60, minute: minute % 60))
        #expect(OfficeHours().areOpen(at: time) == (offset < 5 && (540..<1020).contains(minute)))
      }
    }
  }

  @Test("Hours and further closed days can be set; hours that end before they begin are no hours")
  func changed() throws {
    let day = try #require(CivilDay(compact: "20220919"))
    let noon = try #require(CivilTime(day, hour: 12, minute: 0))
    var hours = OfficeHours()
    #expect(hours.areOpen(at: noon))
    hours.furtherClosedDays = [day]
    #expect(!hours.areOpen(at: noon))
    hours.furtherClosedDays = []
    hours.opensAtMinute = 12 * 60
    #expect(hours.areOpen(at: noon))
    hours.opensAtMinute = 12 * 60 + 1
    #expect(!hours.areOpen(at: noon))
    hours.closesAtMinute = 0
    #expect(!hours.areOpen(at: noon))
  }
}
