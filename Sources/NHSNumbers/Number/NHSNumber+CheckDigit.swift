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
