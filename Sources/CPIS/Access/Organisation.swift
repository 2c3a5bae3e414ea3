/// An organisation in whose name a check is made.
public struct Organisation: Hashable, Sendable {
  /// Its organisation code.
  public let code: ODSCode
  /// Its name, as the access history and the notice to the authority show it.
  public let name: String

  /// Makes an organisation.
  ///
  /// - Throws: ``InvalidValue`` when the name is blank.
  public init(code: ODSCode, name: String) throws(InvalidValue) {
    self.code = code
    self.name = try name.shownNonBlank("organisation's name")
  }
}

/// A code of the Organisation Data Service: an NHS trust, one of its sites, a local authority.
public struct ODSCode: Hashable, Sendable {
  /// The code in upper case: `RJ1`, `711`.
  public let text: String

  /// Makes an organisation code.
  ///
  /// - Throws: ``InvalidValue`` when it is not 1 to 12 ASCII letters and digits. Letters are put in upper case.
  public init(_ text: some StringProtocol) throws(InvalidValue) {
    guard (1...12).contains(text.utf8.count), text.utf8.allSatisfy(Self.isLetterOrDigit) else {
      throw InvalidValue("organisation code", must: "be 1 to 12 letters and digits")
    }
    self.text = text.uppercased()
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    default: false
    }
  }
}

extension ODSCode: Comparable {
  /// Orders as text.
  public static func < (a: ODSCode, b: ODSCode) -> Bool { a.text < b.text }
}

extension ODSCode: CustomStringConvertible {
  /// The code.
  public var description: String { text }
}

extension ODSCode: Codable {
  /// Reads the code.
  public init(from decoder: any Decoder) throws {
    self = try decodeValue(decoder, ODSCode.init)
  }

  /// Writes the code.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
