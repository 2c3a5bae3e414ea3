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
