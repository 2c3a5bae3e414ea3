public import CPIS

extension UploadAcknowledgement {
  /// Reads an acknowledgement message, `REPC_MT000003GB01`.
  ///
  /// Rejected records are matched to their places by their order. A place beyond the records given back has `nil`;
  /// records that were loaded are not given back to the caller even where the message has them. A record over
  /// ``UploadLimits/recordBytes`` has a `readingFault`.
  ///
  /// - Throws: ``UploadReadingError`` when it cannot be used as a whole, or gives more rejected records than places.
  /// - Complexity: O(*n*) in time and memory.
  public init(hl7 bytes: some Collection<UInt8>, limits: UploadLimits = UploadLimits()) throws(UploadReadingError) {
    var reader = AcknowledgementReader(limits: limits)
    self = try reader.read(bytes)
  }
}
