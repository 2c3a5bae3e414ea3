import CPIS

extension UploadFileCode {
  /// The name that the vocabulary `CP-ISUploadFileResponse` gives the code.
  var displayName: String {
    switch self {
    case .fileError: "File Level Error"
    case .allLoaded: "Successful File Upload"
    case .someLoaded: "Partial File Upload"
    case .noneLoaded: "Unsuccessful File Upload"
    case .demographicsUnavailable: "PDS Error - PDS Unavailable"
    case .versionUnsupported:
      "Spine ii rejected the request because this version of the CPIS Client is no longer supported"
    }
  }
}

extension UploadRecordCode {
  /// The name that the vocabulary `CP-ISUploadRecordResponse` gives the code, spelt as there.
  var displayName: String {
    switch self {
    case .numberUnknown: "PDS Error - No Match Found for NHS Number"
    case .sensitive: "PDS Error - NHS Number Matched, but Sensitive Record"
    case .notVerified: "PDS Error - NHS Number not Verified"
    case .numberInvalid: "PDS Error - NHS Number Format Incorrect"
    case .superseded: "PDS Error - NHS Number Verified, but Superseded"
    case .loaded: "Successful Record Upload"
    case .other: "Unsucessful Record Upload"
    }
  }
}
