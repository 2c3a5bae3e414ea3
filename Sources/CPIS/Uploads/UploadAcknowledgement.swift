#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
public import NHSNumbers

/// What became of an upload, for the authority that sent it.
public struct UploadAcknowledgement: Hashable, Sendable {
  /// A record that was not loaded, given back.
  public struct RejectedRecord: Hashable, Sendable, Redacting {
    /// Why.
    public var code: UploadRecordCode
    /// The reason in words, beyond the code; `nil` when the code says it all.
    public var reason: String?
    /// Where in the file, as an XPath.
    public var location: String
    /// The record as it was sent; `nil` when the message does not give it back.
    public var record: UploadRecord?

    /// Makes a rejected record.
    public init(code: UploadRecordCode, reason: String?, location: String, record: UploadRecord?) {
      self.code = code
      self.reason = reason
      self.location = location
      self.record = record
    }
  }

  /// When the acknowledgement was made.
  public var creationTime: Date
  /// The file's number; `nil` when it could not be read.
  public var fileID: UploadFileID?
  /// How many records the file said it held; `nil` when that could not be read.
  public var recordCount: Int?
  /// The authority it goes to.
  public var recipient: UploadSender
  /// What became of the file as a whole.
  public var fileCode: UploadFileCode
  /// How many records were loaded.
  public var loadedCount: Int
  /// How many were not.
  public var failedCount: Int
  /// The records that were not loaded, in the order of the file.
  public var rejected: [RejectedRecord]

  /// Makes an acknowledgement.
  public init(
    creationTime: Date, fileID: UploadFileID?, recordCount: Int?, recipient: UploadSender,
    fileCode: UploadFileCode, loadedCount: Int, failedCount: Int, rejected: [RejectedRecord]
  ) {
    self.creationTime = creationTime
    self.fileID = fileID
    self.recordCount = recordCount
    self.recipient = recipient
    self.fileCode = fileCode
    self.loadedCount = loadedCount
    self.failedCount = failedCount
    self.rejected = rejected
  }
}

extension UploadAcknowledgement: Redacting {}

/// The outcome of an upload as a whole.
@nonexhaustive
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
@nonexhaustive
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
