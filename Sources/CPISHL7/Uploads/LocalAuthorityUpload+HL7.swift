public import CPIS

extension LocalAuthorityUpload {
  /// Reads a whole upload message, `REPC_MT000002GB01`.
  ///
  /// For large files use ``UploadReader``, which gives record after record.
  /// - Throws: ``UploadReadingError`` when the file as a whole cannot be used. A bad record is no error: it is among
  ///   the records, and says so when it is validated. That there are as many records as the head declares is not
  ///   checked here.
  /// - Complexity: O(*n*) in time and memory.
  public init(
    hl7 bytes: some Collection<UInt8>, limits: UploadLimits = UploadLimits()
  ) throws(UploadReadingError) {
    var header: UploadHeader?
    var records: [UploadRecord] = []
    var reader = UploadReader(limits: limits)
    try reader.read(bytes) { part in
      switch part {
      case .header(let read): header = read
      case .record(let read): records.append(read.record)
      }
    }
    let summary = try reader.finish()
    self.init(header: header ?? summary.header, records: records)
  }
}
