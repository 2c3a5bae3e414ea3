extension NHSNumber {
  /// The number for a person to read, in the 3-3-4 form the NHS displays: `999 000 0026`.
  ///
  /// This is the only way to show a number. Take care where the text goes: it identifies a patient.
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

// `formatted()` is the only way to show a number.
extension NHSNumber: Redacting {}
