/// A valid NHS number: the ten-digit identifier of a patient in England, Wales and the Isle of Man.
///
/// A value of this type always satisfies the modulus-11 check; a number that fails it, or whose check digit
/// would be 10 and was therefore never issued, cannot be represented. Validity says nothing about whether
/// the number was ever given to anyone, nor to whom: trace it with the Personal Demographics Service first.
///
/// It occupies four bytes: the nine-digit payload. The check digit is derived. Numbers order by payload.
///
/// Nothing prints the number: `description`, `debugDescription` and mirrors redact it. To show it to a
/// person, call ``formatted()``; to put it on the wire, use ``wireForm``.
@frozen
public struct NHSNumber: Hashable, Sendable {
  /// The first nine digits as a number, 0 to 999,999,999.
  public let payload: UInt32

  /// Makes the number with the given first nine digits.
  ///
  /// - Parameter payload: the first nine digits, as a number.
  /// - Returns: `nil` when the payload is above 999,999,999 or its check digit would be 10.
  /// - Complexity: O(1).
  @inlinable
  public init?(payload: UInt32) {
    guard payload <= Self.largestPayload, Self.checkDigit(ofPayload: payload) < 10 else { return nil }
    self.payload = payload
  }

  /// For callers that have just proved the payload valid.
  @usableFromInline
  @inline(__always)
  internal init(provenPayload payload: UInt32) { self.payload = payload }

  /// The largest payload that nine digits can express.
  @usableFromInline
  static let largestPayload: UInt32 = 999_999_999
}

extension NHSNumber {
  /// The tenth digit, 0 to 9, derived from the payload.
  @inlinable
  public var checkDigit: Int { Int(Self.checkDigit(ofPayload: payload)) }

  /// The modulus-11 check: weights 10 down to 2 on the nine digits, check = 11 − (sum mod 11), 11 becomes 0.
  /// Ten means that the number was never issued. (NHS Data Dictionary, "NHS NUMBER".)
  @inlinable
  static func checkDigit(ofPayload payload: UInt32) -> UInt32 {
    var rest = payload
    var sum: UInt32 = 0
    var weight: UInt32 = 2
    while rest > 0 {
      sum &+= (rest % 10) &* weight
      rest /= 10
      weight &+= 1
    }
    let check = 11 - sum % 11
    return check == 11 ? 0 : check
  }
}

extension NHSNumber {
  /// The number for a person to read, in the 3-3-4 form the NHS displays: `999 000 0026`.
  ///
  /// This is the way to show a number to a person. Take care where the text goes: it identifies a patient.
  public func formatted() -> String {
    let digits = wireForm
    return "\(digits.prefix(3)) \(digits.dropFirst(3).prefix(3)) \(digits.suffix(4))"
  }

  /// The ten digits without spaces, as HL7 and FHIR messages carry them.
  public var wireForm: String {
    let digits = String(UInt64(payload) * 10 + UInt64(checkDigit))
    return String(repeating: "0", count: 10 - digits.utf8.count) + digits
  }
}

extension NHSNumber {
  /// Whether all ten digits are the same.
  ///
  /// Such numbers pass the check, and people type them when the real one is not known: they identify nobody.
  @inlinable
  public var isPlaceholder: Bool { payload % 111_111_111 == 0 && checkDigit == Int(payload / 111_111_111) }

  /// The block that a number lies in, and so who issued it. Advisory: never a reason to refuse a number.
  @nonexhaustive
  public enum Range: Hashable, Sendable, CaseIterable {
    /// 010 000 0000 to 311 299 9999: Scotland's Community Health Index numbers.
    case scotland
    /// 320 000 0000 to 399 999 9999: Northern Ireland's Health and Care numbers.
    case northernIreland
    /// 400 to 499 and 600 to 799: England, Wales and the Isle of Man.
    case englandWalesIsleOfMan
    /// 800 000 0000 to 859 999 9999: the Republic of Ireland's Individual Health Identifiers.
    case ireland
    /// 999 000 0000 to 999 999 9999: for tests, never issued to a person.
    case test
    /// All others: not allocated, or reserved.
    case unallocated
  }

  /// The block this number lies in. Advisory: blocks change, and a number outside them may still be real.
  public var range: Range {
    switch payload {
    case 10_000_000...311_299_999: .scotland
    case 320_000_000...399_999_999: .northernIreland
    case 400_000_000...499_999_999, 600_000_000...799_999_999: .englandWalesIsleOfMan
    case 800_000_000...859_999_999: .ireland
    case 999_000_000...999_999_999: .test
    default: .unallocated
    }
  }
}

extension NHSNumber: Comparable {
  /// Orders by the digits, which is the order of the payloads: the check digit follows from them.
  @inlinable
  public static func < (a: NHSNumber, b: NHSNumber) -> Bool { a.payload < b.payload }
}

extension NHSNumber: Codable {
  /// Reads the wire form, ten digits without spaces.
  ///
  /// - Throws: `DecodingError.dataCorrupted` with the reason and the coding path, never the digits.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard text.utf8.count == 10 else {
      throw Self.corrupted(container, "expected 10 digits")
    }
    do throws(ParseError) {
      try self.init(parsing: text)
    } catch {
      throw Self.corrupted(container, error.description)
    }
  }

  /// Writes the wire form, ten digits without spaces.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(wireForm)
  }

  private static func corrupted(_ container: any SingleValueDecodingContainer, _ reason: String)
    -> DecodingError
  {
    .dataCorruptedError(in: container, debugDescription: "not an NHS number: \(reason)")
  }
}

// A number is never shown by accident; `formatted()`, `wireForm` and `payload` give it to whoever asks.
extension NHSNumber: Redacting {}
