#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// The clock of the United Kingdom, by rule and without a time zone database.
///
/// Greenwich Mean Time, and British Summer Time, one hour ahead, from 01:00 UTC on the last Sunday of March to
/// 01:00 UTC on the last Sunday of October (Summer Time Order 2002; so in force since 1996). Earlier years had
/// other dates; no CP-IS plan is that old. Containers often lack the database; a check must not depend on it.
public enum UnitedKingdomTime {
  /// The day and minute that clocks in the UK show at an instant.
  ///
  /// Instants outside the years 1 to 9999 are read as their nearest bound, so that a broken clock cannot trap.
  /// - Complexity: O(1).
  public static func civilTime(at instant: Date) -> CivilTime {
    let minutes = utcMinutes(of: instant)
    let local = minutes + (isSummerTime(utcMinutes: minutes) ? 60 : 0)
    let day = floorDivide(local, 1440)
    return CivilTime(day: CivilDay(daysSince1970: day), minuteOfDay: local - day * 1440)
  }

  /// The day that calendars in the UK show at an instant.
  public static func day(at instant: Date) -> CivilDay { civilTime(at: instant).day }

  /// The instant of a time on UK clocks.
  ///
  /// In the hour that occurs twice in October the first is meant, still in summer time; a time in the hour that
  /// is skipped in March is read an hour later, as the clock would have been put [D].
  public static func instant(of time: CivilTime) -> Date {
    let local = time.day.daysSince1970 * 1440 + time.minuteOfDay
    let summer = isSummerTime(utcMinutes: local - 60)
    return Date(timeIntervalSince1970: Double((summer ? local - 60 : local) * 60))
  }

  /// Midnight at the start of a day. Clocks never change at midnight here, so it exists once.
  public static func start(of day: CivilDay) -> Date { instant(of: CivilTime(startOf: day)) }

  /// Whether clocks in the UK show summer time at an instant.
  public static func isSummerTime(at instant: Date) -> Bool { isSummerTime(utcMinutes: utcMinutes(of: instant)) }

  private static func isSummerTime(utcMinutes: Int) -> Bool {
    let year = CivilDay(daysSince1970: floorDivide(utcMinutes, 1440)).components.year
    return change(year: year, month: 3) <= utcMinutes && utcMinutes < change(year: year, month: 10)
  }

  /// 01:00 UTC on the last Sunday of March or October, both of which have 31 days.
  private static func change(year: Int, month: Int) -> Int {
    guard let last = CivilDay(year: year, month: month, day: 31) else { return .max }
    return (last.daysSince1970 - last.weekday % 7) * 1440 + 60
  }

  private static func utcMinutes(of instant: Date) -> Int {
    let seconds = instant.timeIntervalSince1970
    guard seconds.isFinite else { return 0 }
    return Int((min(max(seconds, earliest), latest) / 60).rounded(.down))
  }

  private static func floorDivide(_ a: Int, _ b: Int) -> Int { a >= 0 ? a / b : (a - b + 1) / b }

  private static let earliest = -62_135_596_800.0  // 0001-01-01T00:00Z
  private static let latest = 253_402_293_600.0  // 9999-12-31T22:00Z
}
