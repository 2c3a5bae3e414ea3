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

  /// The largest payload that nine digits can write.
  @usableFromInline
  static let largestPayload: UInt32 = 999_999_999
}

extension NHSNumber: Comparable {
  /// Orders by the digits, which is the order of the payloads: the check digit follows from them.
  @inlinable
  public static func < (a: NHSNumber, b: NHSNumber) -> Bool { a.payload < b.payload }
}
