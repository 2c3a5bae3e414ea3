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
