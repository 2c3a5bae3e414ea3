import CPIS
import Foundation
import Testing

@Suite("The clock of the United Kingdom, without a time zone database")
struct TimeUnitedKingdomTests {
  private static let hours = 1996...2040

  private func utc(_ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int = 0) throws -> Date {
    let days = try #require(CivilDay(year: year, month: month, day: day)).daysSince1970
    return Date(timeIntervalSince1970: Double(days * 1440 + hour * 60 + minute) * 60)
  }

  /// Containers often lack the database.
  private static var london: TimeZone? {
    TimeZone(identifier: "Europe/London").flatMap { london in
      // Where it is missing the zone is that of nowhere: 1 July 2026 has no summer time in it.
      london.secondsFromGMT(for: Date(timeIntervalSince1970: 1_782_907_200)) == 3600 ? london : nil
    }
  }

  @Test(
    "Every hour of 1996–2040 agrees with the time zone database, where there is one",
    .enabled(if: london != nil, "no time zone database"), .timeLimit(.minutes(5)))
  func againstDatabase() throws {
    let london = try #require(Self.london)
    var instant = try utc(1996, 1, 1, 0)
    let end = try utc(2041, 1, 1, 0)
    var wrong: [Date] = []
    while instant < end {
      let offset = london.secondsFromGMT(for: instant)
      if UnitedKingdomTime.isSummerTime(at: instant) != (offset == 3600) { wrong.append(instant) }
      let shown = UnitedKingdomTime.civilTime(at: instant)
      let minutes = Int(instant.timeIntervalSince1970) / 60 + offset / 60
      if shown.day.daysSince1970 * 1440 + shown.minuteOfDay != minutes { wrong.append(instant) }
      instant += 3600
    }
    #expect(wrong.isEmpty)
  }

  @Test("Summer time begins and ends at 01:00 UTC on the published Sundays, to the second")
  func hardVectors() throws {
    for (year, march, october) in [
      (1996, 31, 27), (2000, 26, 29), (2019, 31, 27), (2020, 29, 25), (2021, 28, 31), (2022, 27, 30),
      (2023, 26, 29), (2024, 31, 27), (2025, 30, 26), (2026, 29, 25), (2027, 28, 31), (2028, 26, 29),
      (2040, 25, 28),
    ] {
      let spring = try utc(year, 3, march, 1)
      let autumn = try utc(year, 10, october, 1)
      #expect(!UnitedKingdomTime.isSummerTime(at: spring - 1))
      #expect(UnitedKingdomTime.isSummerTime(at: spring))
      #expect(UnitedKingdomTime.isSummerTime(at: autumn - 1))
      #expect(!UnitedKingdomTime.isSummerTime(at: autumn))
      #expect(UnitedKingdomTime.civilTime(at: spring - 1).clockText == "00:59")
      #expect(UnitedKingdomTime.civilTime(at: spring).clockText == "02:00")
      #expect(UnitedKingdomTime.civilTime(at: autumn - 1).clockText == "01:59")
      #expect(UnitedKingdomTime.civilTime(at: autumn).clockText == "01:00")
    }
  }

  @Test("Every minute of the days around both changes comes back from its time, the repeated hour as its first")
  func thereAndBack() throws {
    let secondHour = (try utc(2026, 10, 25, 1))..<(try utc(2026, 10, 25, 2))
    for (month, day) in [(3, 29), (10, 25)] {
      let noonBefore = try utc(2026, month, day - 1, 12)
      for minute in 0..<2880 {
        let instant = noonBefore + Double(minute) * 60
        let back = UnitedKingdomTime.instant(of: UnitedKingdomTime.civilTime(at: instant))
        #expect(back == (secondHour.contains(instant) ? instant - 3600 : instant))
      }
    }
  }

  @Test("A time in the hour that March skips is read an hour later")
  func skippedHour() throws {
    for minute in 0..<60 {
      let day = try #require(CivilDay(compact: "20260329"))
      let time = try #require(CivilTime(day, hour: 1, minute: minute))
      let shown = UnitedKingdomTime.civilTime(at: UnitedKingdomTime.instant(of: time))
      #expect(shown == CivilTime(day, hour: 2, minute: minute))
    }
  }

  @Test("Section 1: a UK civil day starts at 23:00 UTC the day before in summer, at 00:00 in winter")
  func dayBoundaries() throws {
    for (text, start) in [
      ("20260701", try utc(2026, 6, 30, 23)), ("20261201", try utc(2026, 12, 1, 0)),
      ("20260329", try utc(2026, 3, 29, 0)), ("20260330", try utc(2026, 3, 29, 23)),
      ("20261025", try utc(2026, 10, 24, 23)), ("20261026", try utc(2026, 10, 26, 0)),
    ] {
      let day = try #require(CivilDay(compact: text))
      #expect(UnitedKingdomTime.start(of: day) == start)
      #expect(UnitedKingdomTime.day(at: start) == day)
      #expect(UnitedKingdomTime.day(at: start - 0.001) == day.adding(days: -1))
    }
  }

  @Test(
    "A broken clock cannot trap",
    arguments: [Double.infinity, -.infinity, .nan, 1e300, -1e300, 1e12, -1e12, .greatestFiniteMagnitude])
  func brokenClock(seconds: Double) {
    let time = UnitedKingdomTime.civilTime(at: Date(timeIntervalSince1970: seconds))
    #expect((1...9999).contains(time.day.components.year))
    #expect((0..<1440).contains(time.minuteOfDay))
  }
}
