/// A local authority that is responsible for a plan, with the phones to ring.
public struct LocalAuthority: Hashable, Sendable {
  /// Its organisation code.
  public let code: ODSCode

  /// Its name, with controls and direction marks made spaces: it is shown to clinicians.
  public let name: String

  /// The emergency duty team's phone, answered day and night. Mandatory in CP-IS (`EC` on the wire).
  public let emergencyDutyPhone: PhoneNumber

  /// The office's phone in office hours (`WP` on the wire); `nil` when the authority gave none.
  public let officeHoursPhone: PhoneNumber?

  /// Makes an authority.
  ///
  /// - Throws: ``InvalidValue`` when the name is blank.
  public init(
    code: ODSCode, name: String, emergencyDutyPhone: PhoneNumber, officeHoursPhone: PhoneNumber?
  ) throws(InvalidValue) {
    self.code = code
    self.name = try name.shownNonBlank("local authority's name")
    self.emergencyDutyPhone = emergencyDutyPhone
    self.officeHoursPhone = officeHoursPhone
  }
}

extension LocalAuthority {
  /// Which of an authority's phones is meant. CP-IS carries these two, so the enum is closed.
  public enum PhoneRole: Hashable, Sendable {
    /// The office, in office hours.
    case officeHours
    /// The emergency duty team, day and night.
    case emergencyDuty

    /// The name for a clinician to read.
    public var displayText: String {
      switch self {
      case .officeHours: "Office hours"
      case .emergencyDuty: "Emergency duty team"
      }
    }
  }

  /// The phone to ring at a time: the office's while it is open and has one, else the emergency duty team's.
  public func phone(at time: CivilTime, hours: OfficeHours) -> (role: PhoneRole, number: PhoneNumber) {
    if let officeHoursPhone, hours.areOpen(at: time) { return (.officeHours, officeHoursPhone) }
    return (.emergencyDuty, emergencyDutyPhone)
  }
}

/// A telephone number as CP-IS carries it: digits, with an optional leading `+`.
public struct PhoneNumber: Hashable, Sendable {
  /// The number without any `tel:` prefix: `02073645000` or `+442073645000`.
  public let digits: String

  /// Makes a phone number.
  ///
  /// - Parameter text: the number, with or without `tel:`; no spaces or other punctuation.
  /// - Throws: ``InvalidValue`` when anything but 3 to 20 digits and an optional leading `+` is left. The lower
  ///   bound lets 999, 101 and 111 through; the upper is above every international number with its prefix [D].
  public init(_ text: some StringProtocol) throws(InvalidValue) {
    let number = text.hasPrefix("tel:") ? String(text.dropFirst(4)) : String(text)
    let digits = number.hasPrefix("+") ? number.utf8.dropFirst() : number.utf8[...]
    guard (3...20).contains(digits.count),
      digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else {
      throw InvalidValue("phone number", must: "be 3 to 20 digits with an optional leading +")
    }
    self.digits = number
  }

  /// The form of messages, `tel:02073645000`.
  public var wireForm: String { "tel:\(digits)" }
}

extension PhoneNumber: CustomStringConvertible {
  /// The digits.
  public var description: String { digits }
}

extension PhoneNumber: Codable {
  /// Reads the digits, with or without `tel:`.
  public init(from decoder: any Decoder) throws {
    self = try decodeValue(decoder, PhoneNumber.init)
  }

  /// Writes the digits.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(digits)
  }
}

/// Decodes a value that is written as one string and checked by its initialiser.
func decodeValue<Value>(_ decoder: any Decoder, _ make: (String) throws(InvalidValue) -> Value) throws -> Value {
  let container = try decoder.singleValueContainer()
  let text = try container.decode(String.self)
  do throws(InvalidValue) {
    return try make(text)
  } catch {
    throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
  }
}
