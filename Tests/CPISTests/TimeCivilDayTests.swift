import CPIS
import Foundation
import Testing

@Suite("Days of the calendar")
struct TimeCivilDayTests {
  static let calendar: Calendar = {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    return calendar
  }()

  @Test("Every day of 1700–2300 agrees with Foundation's calendar in date and weekday")
  func againstFoundation() throws {
    let first = try #require(CivilDay(year: 1700, month: 1, day: 1))
    let last = try #require(CivilDay(year: 2300, month: 12, day: 31))
    var wrong: [String] = []
    for number in first.daysSince1970...last.daysSince1970 {
      let day = CivilDay(daysSince1970: number)
      let fields = Self.calendar.dateComponents(
        [.year, .month, .day, .weekday], from: Date(timeIntervalSince1970: Double(number) * 86_400))
      let own = day.components
      // Foundation counts weekdays from Sunday, 1.
      let weekday = ((fields.weekday ?? 0) + 5) % 7 + 1
      if own.year != fields.year || own.month != fields.month || own.day != fields.day || day.weekday != weekday {
        wrong.append(day.description)
      }
    }
    #expect(wrong.isEmpty)
  }

  @Test("Every month of the years 1–9999 starts and ends where counting its days says")
  func byCounting() {
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    var number = -719_162  // 1 January of the year 1
    var wrong = 0
    for year in 1...9999 {
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      for month in 1...12 {
        let length = lengths[month - 1] + (month == 2 && isLeap ? 1 : 0)
        if CivilDay(year: year, month: month, day: 1)?.daysSince1970 != number { wrong += 1 }
        if CivilDay(year: year, month: month, day: length)?.daysSince1970 != number + length - 1 { wrong += 1 }
        if CivilDay(year: year, month: month, day: length + 1) != nil { wrong += 1 }
        let last = CivilDay(daysSince1970: number + length - 1).components
        if last.year != year || last.month != month || last.day != length { wrong += 1 }
        number += length
      }
    }
    #expect(wrong == 0)
  }

  @Test("What is no day of the calendar cannot be made")
  func noSuchDay() {
    for (year, month, day) in [
      (2026, 2, 29), (1900, 2, 29), (2026, 13, 1), (2026, 0, 1), (2026, 1, 0), (2026, 4, 31), (0, 1, 1),
      (10_000, 1, 1), (2026, 1, -1),
    ] {
      #expect(CivilDay(year: year, month: month, day: day) == nil)
    }
    for text in ["2026112", "202611211", "2026-1-2", "20261131", "２０２６１１２１", "+2026112", "", "20260229"] {
      #expect(CivilDay(compact: text) == nil)
    }
  }

  @Test("Section 1: 18th birthday for every birth day of 2000–2012; 29 February: 1 March")
  func eighteenthBirthdays() throws {
    var day = try #require(CivilDay(year: 2000, month: 1, day: 1))
    while day.components.year < 2013 {
      let (year, month, dayOfMonth) = day.components
      let expected = CivilDay(year: year + 18, month: month, day: dayOfMonth)
      if month == 2 && dayOfMonth == 29 {
        #expect(expected == nil)
        #expect(day.birthday(age: 18) == CivilDay(year: year + 18, month: 3, day: 1))
      } else {
        #expect(day.birthday(age: 18) == expected)
      }
      day = day.adding(days: 1)
    }
    let leap = try #require(CivilDay(year: 2008, month: 2, day: 29))
    #expect(leap.birthday(age: 4) == CivilDay(year: 2012, month: 2, day: 29))
  }

  @Test("Texts: compact, ISO 8601 and the form the NHS displays")
  func texts() throws {
    let day = try #require(CivilDay(compact: "20260102"))
    #expect((day.compact, day.description, day.displayText) == ("20260102", "2026-01-02", "02-Jan-2026"))
    let months = try (1...12).map { try #require(CivilDay(year: 2026, month: $0, day: 9)).displayText }
    #expect(months.joined(separator: " ").contains("09-Jun-2026 09-Jul-2026 09-Aug-2026 09-Sep-2026"))
    #expect(day.days(to: day.adding(days: 40)) == 40)
    #expect(day.adding(days: -1) < day)
    for number in stride(from: -719_162, to: 2_932_896, by: 97) {
      let day = CivilDay(daysSince1970: number)
      #expect(CivilDay(compact: day.compact) == day)
    }
  }

  @Test("Section 1: the wire form of a time is yyyyMMddHHmm, and nothing else is read")
  func civilTime() throws {
    let day = try #require(CivilDay(compact: "20261121"))
    for minute in 0..<1440 {
      let time = try #require(CivilTime(day, hour: minute / 60, minute: minute % 60))
      #expect(time.minuteOfDay == minute)
      #expect(CivilTime(compact: time.compact) == time)
    }
    let time = try #require(CivilTime(compact: "202611210905"))
    #expect((time.displayText, time.description) == ("21-Nov-2026 09:05", "2026-11-21T09:05"))
    #expect(CivilTime(startOf: day) < time)
    for text in [
      "20261121090", "2026112109055", "202611212400", "202611210960", "202613210905", "2026-11-21T09",
      "20261121 905", "",
    ] {
      #expect(CivilTime(compact: text) == nil)
    }
    #expect(CivilTime(day, hour: 24, minute: 0) == nil)
    #expect(CivilTime(day, hour: -1, minute: 0) == nil)
    #expect(CivilTime(day, hour: 0, minute: 60) == nil)
  }
}
