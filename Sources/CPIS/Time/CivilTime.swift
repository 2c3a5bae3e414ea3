#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// A minute of UK local time, as CP-IS messages write it: `yyyyMMddHHmm`, without a zone.
///
/// The sources give the form and are silent on the zone; we read it as the time on a clock in the United
/// Kingdom, GMT or BST [D]. It compares as written, which is what day boundaries need.
public struct CivilTime: Hashable, Sendable {
  /// The day.
  public let day: CivilDay

  /// Minutes since midnight on the clock, 0 to 1439.
  public let minuteOfDay: Int

  /// Makes a time of day.
  ///
  /// - Returns: `nil` when hour is not 0 to 23 or minute not 0 to 59.
  public init?(_ day: CivilDay, hour: Int, minute: Int) {
    guard (0...23).contains(hour), (0...59).contains(minute) else { return nil }
    self.init(day: day, minuteOfDay: hour * 60 + minute)
  }

  init(day: CivilDay, minuteOfDay: Int) {
    self.day = day
    self.minuteOfDay = minuteOfDay
  }

  /// Midnight at the start of a day.
  public init(startOf day: CivilDay) { self.init(day: day, minuteOfDay: 0) }

  /// Reads the form of messages, `yyyyMMddHHmm`.
  ///
  /// - Returns: `nil` for anything but twelve ASCII digits that name a minute.
  public init?(compact text: some StringProtocol) {
    guard let fields = DigitFields(text, widths: [4, 2, 2, 2, 2]),
      let day = CivilDay(year: fields[0], month: fields[1], day: fields[2])
    else { return nil }
    self.init(day, hour: fields[3], minute: fields[4])
  }

  /// The form of messages, `yyyyMMddHHmm`.
  public var compact: String {
    TextBuilder.text(capacity: 12) {
      $0.add(day, separator: "")
      $0.addClock(self, separator: "")
    }
  }

  /// The time on the clock, `14:02`.
  public var clockText: String {
    TextBuilder.text(capacity: 5) { $0.addClock(self, separator: ":") }
  }

  /// Day and time for a person to read: `21-Nov-2026 14:02`.
  public var displayText: String {
    TextBuilder.text(capacity: 17) { $0.addForDisplay(self) }
  }
}

extension CivilTime: Comparable {
  /// Orders as written.
  public static func < (a: CivilTime, b: CivilTime) -> Bool {
    a.day != b.day ? a.day < b.day : a.minuteOfDay < b.minuteOfDay
  }
}

extension CivilTime: CustomStringConvertible {
  /// The minute in ISO 8601 without a zone, `yyyy-MM-ddTHH:mm`.
  public var description: String { "\(day)T\(clockText)" }
}

extension CivilTime {
  /// Reads `yyyy-MM-ddTHH:mm`.
  ///
  /// - Returns: `nil` for anything else, and for a minute that does not exist.
  package init?(iso8601 text: some StringProtocol) {
    guard let time = CivilTime(compact: String(text.filter { !"-T:".contains($0) })), time.description == text
    else {
      return nil
    }
    self = time
  }
}

extension CivilTime: Codable {
  /// Reads `yyyyMMddHHmm`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let time = CivilTime(compact: try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a time as yyyyMMddHHmm")
    }
    self = time
  }

  /// Writes `yyyyMMddHHmm`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(compact)
  }
}

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
