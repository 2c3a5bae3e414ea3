#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
public import NHSNumbers

/// What became of an upload, for the authority that sent it.
public struct UploadAcknowledgement: Hashable, Sendable {
  /// What is said of a record that was not loaded.
  ///
  /// A record that is at fault in two ways has two of these, each with the record.
  public struct RejectedRecord: Hashable, Sendable, Redacting {
    /// Why; `nil` when the message states no code. Codes that are not ours are kept as they are.
    public var code: UploadRecordCode?
    /// Codes that say more than ``code``, such as the reason for a CPR07; empty when there are none. Their vocabulary
    /// (`CP-ISUploadRecordResponseDetail`) is not published, so they are kept as they are.
    public var detailCodes: [DetailCode]
    /// The reason in words, beyond the code; `nil` when the code says it all.
    public var reason: String?
    /// Where in the file, as an XPath. See ``recordPosition``.
    public var location: String
    /// The record as it was sent; `nil` when the message does not give it back, or does not say which one it is.
    public var record: UploadRecord?

    /// Makes a rejected record.
    public init(
      code: UploadRecordCode?, detailCodes: [DetailCode] = [], reason: String?, location: String,
      record: UploadRecord?
    ) {
      self.code = code
      self.detailCodes = detailCodes
      self.reason = reason
      self.location = location
      self.record = record
    }
  }

  /// A code that says more than the code of a record does.
  public struct DetailCode: Hashable, Sendable {
    /// The code; `nil` when the message gives only a name.
    public var code: String?
    /// The OID of its vocabulary; `nil` when the message does not say.
    public var codeSystem: String?
    /// Its name; `nil` when the message gives none.
    public var displayName: String?

    /// Makes a code.
    public init(code: String?, codeSystem: String? = nil, displayName: String? = nil) {
      self.code = code
      self.codeSystem = codeSystem
      self.displayName = displayName
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
  /// What is said of the records that were not loaded, in the order of the message.
  public var rejected: [RejectedRecord]
  /// The places of records that are said to be loaded (CPR06), as XPaths. Empty where a message names only the records
  /// that were not.
  public var loadedLocations: [String]
  /// Records that were given back, of which the message does not say what is wrong with which. They were not loaded.
  public var unpairedRecords: [UploadRecord]

  /// Makes an acknowledgement.
  public init(
    creationTime: Date, fileID: UploadFileID?, recordCount: Int?, recipient: UploadSender,
    fileCode: UploadFileCode, loadedCount: Int, failedCount: Int, rejected: [RejectedRecord],
    loadedLocations: [String] = [], unpairedRecords: [UploadRecord] = []
  ) {
    self.creationTime = creationTime
    self.fileID = fileID
    self.recordCount = recordCount
    self.recipient = recipient
    self.fileCode = fileCode
    self.loadedCount = loadedCount
    self.failedCount = failedCount
    self.rejected = rejected
    self.loadedLocations = loadedLocations
    self.unpairedRecords = unpairedRecords
  }
}

extension UploadAcknowledgement: Redacting {}

extension UploadAcknowledgement.RejectedRecord {
  /// The position of the record in the upload, from 1, as ``location`` states it; `nil` when it does not.
  ///
  /// With it, the sender finds the record in its own file, also when the message does not give it back.
  public var recordPosition: Int? { Self.position(of: "record", in: location) }

  /// The position that the first step of a name has in an XPath: 3 in `/File/record[3]/CP-ISRecord`. Prefixes, and steps
  /// of the form `*[local-name()='record'][3]`, count too.
  package static func position(of name: String, in location: String) -> Int? {
    for step in location.split(separator: "/") {
      let parts = step.filter { !$0.isWhitespace }.split(separator: "[")
      guard let first = parts.first else { continue }
      let local = first.split(separator: ":").last.map(String.init) ?? ""
      let predicates = parts.dropFirst().map { $0.hasSuffix("]") ? $0.dropLast() : $0[...] }
      let names = ["local-name()='\(name)'", "local-name()=\"\(name)\"", "name()='\(name)'"]
      guard local == name || (local == "*" && predicates.contains { names.contains(String($0)) }) else { continue }
      for predicate in predicates {
        let digits = predicate.hasPrefix("position()=") ? predicate.dropFirst(11) : predicate
        if let position = Int(digits), position > 0, digits.first?.isNumber == true { return position }
      }
      return nil
    }
    return nil
  }
}

/// The outcome of an upload as a whole. Open: a code that is not here is kept as it was sent.
public struct UploadFileCode: RawRepresentable, Hashable, Sendable {
  /// The code as messages carry it.
  public let rawValue: String
  /// Makes a code.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// The file could not be read, breaks the file part of the format, or repeats an old file id.
  public static let fileError = UploadFileCode(rawValue: "CPF01")
  /// Every record was loaded.
  public static let allLoaded = UploadFileCode(rawValue: "CPF02")
  /// Some records were loaded.
  public static let someLoaded = UploadFileCode(rawValue: "CPF03")
  /// No record was loaded.
  public static let noneLoaded = UploadFileCode(rawValue: "CPF04")
  /// The demographics service could not be reached; nothing was loaded: send the file again.
  public static let demographicsUnavailable = UploadFileCode(rawValue: "CPF05")
  /// The sender's version is no longer supported.
  public static let versionUnsupported = UploadFileCode(rawValue: "CPF06")

  /// The codes that the specification names.
  public static let known: [UploadFileCode] = [
    fileError, allLoaded, someLoaded, noneLoaded, demographicsUnavailable, versionUnsupported,
  ]
}

/// The outcome of one record of an upload. Open: a code that is not here is kept as it was sent.
public struct UploadRecordCode: RawRepresentable, Hashable, Sendable {
  /// The code as messages carry it.
  public let rawValue: String
  /// Makes a code.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// The demographics service does not know the number.
  public static let numberUnknown = UploadRecordCode(rawValue: "CPR01")
  /// The number is known, and its record sensitive: it cannot be loaded. Such a child looks like one without a
  /// plan, a blind spot of the service.
  public static let sensitive = UploadRecordCode(rawValue: "CPR02")
  /// Family name or birth date differ, or no given name agrees.
  public static let notVerified = UploadRecordCode(rawValue: "CPR03")
  /// Not a valid NHS number.
  public static let numberInvalid = UploadRecordCode(rawValue: "CPR04")
  /// The number was superseded; the new one is needed.
  public static let superseded = UploadRecordCode(rawValue: "CPR05")
  /// Loaded.
  public static let loaded = UploadRecordCode(rawValue: "CPR06")
  /// Any other failure, with a reason.
  public static let other = UploadRecordCode(rawValue: "CPR07")

  /// The codes that the specification names.
  public static let known: [UploadRecordCode] = [
    numberUnknown, sensitive, notVerified, numberInvalid, superseded, loaded, other,
  ]
}
