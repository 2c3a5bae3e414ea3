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
