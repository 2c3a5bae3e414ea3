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

// Nothing shows a number by itself; who asks for `formatted()`, `wireForm` or `payload` has it.
extension NHSNumber: Redacting {}
