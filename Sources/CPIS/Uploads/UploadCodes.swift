/// The outcome of an upload as a whole.
public enum UploadFileCode: String, Hashable, Sendable, CaseIterable {
  /// The file could not be read, breaks the file part of the format, or repeats an old file id.
  case fileError = "CPF01"
  /// Every record was loaded.
  case allLoaded = "CPF02"
  /// Some records were loaded.
  case someLoaded = "CPF03"
  /// No record was loaded.
  case noneLoaded = "CPF04"
  /// The demographics service could not be reached; nothing was loaded: send the file again.
  case demographicsUnavailable = "CPF05"
  /// The sender's version is no longer supported.
  case versionUnsupported = "CPF06"
}

/// The outcome of one record of an upload.
public enum UploadRecordCode: String, Hashable, Sendable, CaseIterable {
  /// The demographics service does not know the number.
  case numberUnknown = "CPR01"
  /// The number is known, and its record sensitive: it cannot be loaded. Such a child looks like one without a
  /// plan, a blind spot of the service.
  case sensitive = "CPR02"
  /// Family name or birth date differ, or no given name agrees.
  case notVerified = "CPR03"
  /// Not a valid NHS number.
  case numberInvalid = "CPR04"
  /// The number was superseded; the new one is needed.
  case superseded = "CPR05"
  /// Loaded.
  case loaded = "CPR06"
  /// Any other failure, with a reason.
  case other = "CPR07"
}
