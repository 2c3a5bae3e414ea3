/// When a local authority's office answers its phone.
///
/// No source publishes the hours, so they are a value [D]: Monday to Friday, 09:00 to 17:00, not on bank
/// holidays in England. Outside them, or without an office phone, the emergency duty team is the one to ring.
public struct OfficeHours: Hashable, Sendable {
  /// The minute of the day at which offices open, on UK clocks.
  public var opensAtMinute = 9 * 60

  /// The minute of the day from which offices are closed. The minute at which they open means that they never do.
  public var closesAtMinute = 17 * 60

  /// Further days without office hours, such as a bank holiday proclaimed for one year only.
  public var furtherClosedDays: Set<CivilDay> = []

  /// The usual hours.
  public init() {}

  /// Whether offices are open at a time.
  public func areOpen(at time: CivilTime) -> Bool {
    (opensAtMinute..<max(opensAtMinute, closesAtMinute)).contains(time.minuteOfDay)
      && time.day.weekday <= 5
      && !furtherClosedDays.contains(time.day)
      && !BankHolidays.contains(time.day)
  }
}

/// The bank holidays of England and Wales that recur (Banking and Financial Dealings Act 1971, with the
/// substitute days customarily proclaimed).
enum BankHolidays {
  static func contains(_ day: CivilDay) -> Bool {
    let (year, month, dayOfMonth) = day.components
    let weekday = day.weekday
    if weekday > 5 { return false }
    let easter = easterSunday(year)
    if day == easter.adding(days: -2) || day == easter.adding(days: 1) { return true }
    return switch month {
    case 1: dayOfMonth == 1 || (weekday == 1 && dayOfMonth <= 3)
    case 5: weekday == 1 && (dayOfMonth <= 7 || dayOfMonth >= 25)
    case 8: weekday == 1 && dayOfMonth >= 25
    case 12:
      // 25 and 26 December, or the next weekday for each that falls on a weekend.
      dayOfMonth == 25 || dayOfMonth == 26 || (dayOfMonth == 27 && weekday <= 2)
        || (dayOfMonth == 28 && weekday <= 2)
    default: false
    }
  }

  /// Easter Sunday by the anonymous Gregorian algorithm (Meeus, "Astronomical Algorithms").
  static func easterSunday(_ year: Int) -> CivilDay {
    let a = year % 19
    let (b, c) = (year / 100, year % 100)
    let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7
    let m = (a + 11 * h + 22 * l) / 451
    let n = h + l - 7 * m + 114
    return CivilDay(year: year, month: n / 31, day: n % 31 + 1) ?? CivilDay(daysSince1970: 0)
  }
}
