/// A day of the calendar, without a time or a zone.
///
/// Days count in the proleptic Gregorian calendar from the year 1 to 9999, so that arithmetic needs neither a
/// calendar nor a time zone database. Encoded as `yyyy-MM-dd`.
public struct CivilDay: Hashable, Sendable {
  /// Days since 1 January 1970; negative before.
  public let daysSince1970: Int

  /// The day so many days after 1 January 1970. Days outside the years 1 to 9999 become the nearest of them, so that
  /// a broken clock or a wrong sum cannot trap.
  public init(daysSince1970: Int) { self.daysSince1970 = min(max(daysSince1970, -719_162), 2_932_896) }

  /// Makes a day of the calendar.
  ///
  /// - Returns: `nil` when there is no such day: 29 February outside leap years, month 13, year 0.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
      day <= Self.length(ofMonth: month, year: year)
    else { return nil }
    // Years are counted from March, so that the leap day is the last of its year.
    let y = month > 2 ? year : year - 1
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    self.daysSince1970 = era * 146_097 + dayOfEra - 719_468
  }

  /// Year, month 1 to 12 and day 1 to 31.
  public var components: (year: Int, month: Int, day: Int) {
    let z = daysSince1970 + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1
    )
  }

  /// The day so many days later, or earlier when negative.
  public func adding(days: Int) -> CivilDay {
    let (sum, overflow) = daysSince1970.addingReportingOverflow(days)
    return CivilDay(daysSince1970: overflow ? (days > 0 ? .max : .min) : sum)
  }

  /// Days from this day to the other; positive when the other is later.
  public func days(to other: CivilDay) -> Int { other.daysSince1970 - daysSince1970 }

  /// The day of the week, 1 for Monday to 7 for Sunday (ISO 8601).
  public var weekday: Int {
    // 1 January 1970 was a Thursday.
    let shifted = (daysSince1970 + 3) % 7
    return (shifted < 0 ? shifted + 7 : shifted) + 1
  }

  /// The day on which someone born on this day reaches an age; born on 29 February: 1 March in other years.
  public func birthday(age: Int) -> CivilDay {
    let (year, month, day) = components
    return CivilDay(year: year + age, month: month, day: day)
      ?? CivilDay(year: year + age, month: 3, day: 1)
      ?? adding(days: age * 365)
  }

  static func length(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension CivilDay: Comparable {
  /// Orders by time.
  public static func < (a: CivilDay, b: CivilDay) -> Bool { a.daysSince1970 < b.daysSince1970 }
}

extension CivilDay {
  /// Reads the compact form of messages, `yyyyMMdd`.
  ///
  /// - Returns: `nil` for anything but eight ASCII digits that name a day of the calendar.
  public init?(compact text: some StringProtocol) {
    guard let fields = DigitFields(text, widths: [4, 2, 2]) else { return nil }
    self.init(year: fields[0], month: fields[1], day: fields[2])
  }

  /// The compact form of messages, `yyyyMMdd`.
  public var compact: String {
    TextBuilder.text(capacity: 8) { $0.add(self, separator: "") }
  }

  /// The day for a person to read, as the NHS writes it: `21-Nov-2026`.
  public var displayText: String {
    TextBuilder.text(capacity: 11) { $0.addForDisplay(self) }
  }
}

extension CivilDay: CustomStringConvertible {
  /// The day in ISO 8601, `yyyy-MM-dd`.
  public var description: String {
    TextBuilder.text(capacity: 10) { $0.add(self, separator: "-") }
  }
}

extension CivilDay {
  /// Reads `yyyy-MM-dd`.
  ///
  /// - Returns: `nil` for anything else, and for a day that does not exist.
  package init?(iso8601 text: some StringProtocol) {
    guard let day = CivilDay(compact: String(text.filter { $0 != "-" })), day.description == text else {
      return nil
    }
    self = day
  }
}

extension CivilDay: Codable {
  /// Reads `yyyy-MM-dd`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let day = CivilDay(iso8601: try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a day as yyyy-MM-dd")
    }
    self = day
  }

  /// Writes `yyyy-MM-dd`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

/// Decimal fields of fixed width in a text of exactly that length, ASCII digits only.
struct DigitFields {
  private var values: [Int] = []

  init?(_ text: some StringProtocol, widths: [Int]) {
    var utf8 = text.utf8.makeIterator()
    for width in widths {
      var value = 0
      for _ in 0..<width {
        guard let byte = utf8.next(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
      }
      values.append(value)
    }
    guard utf8.next() == nil else { return nil }
  }

  subscript(index: Int) -> Int { values[index] }
}
