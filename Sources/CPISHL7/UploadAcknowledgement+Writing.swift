#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
public import CPIS
import CPISXML

extension UploadAcknowledgement {
  /// The acknowledgement as a message, `REPC_MT000003GB01`, in UTF-8: valid by the NHS schema, and the same bytes for
  /// the same values.
  ///
  /// A record may have been refused for lacking what the schema requires. Such a record cannot be given back; its code,
  /// reason and place are. Only their order links places to records in the message, so the places of records that are
  /// given back come first [D]. Each reason is carried in `originalText` of its code [D].
  ///
  /// - Throws: ``UploadWritingError`` when the recipient has no phone or more than two, a count is negative, or a text
  ///   has characters that XML forbids.
  /// - Complexity: O(*n*) in time and memory.
  public func hl7() throws(UploadWritingError) -> [UInt8] {
    guard [recordCount, loadedCount, failedCount].allSatisfy({ $0.map { $0 >= 0 } ?? true }) else {
      throw UploadWritingError(.valueInvalid)
    }
    let returned = rejected.compactMap { rejection in
      rejection.record.flatMap { try? RecordMarkup($0) }.map { (rejection, $0) }
    }
    let withheld = rejected.filter { rejection in
      rejection.record.flatMap { try? RecordMarkup($0) } == nil
    }
    var writer = XMLWriter()
    writer.line(0, XMLWriter.declaration)
    writer.line(0, "<FileResponse \(HL7Namespace.declarations)>")
    for line in try HeadMarkup.opening(creationTime, id: fileID, count: recordCount) { writer.line(1, line) }
    writer.line(1, "<acknowledgementFile>")
    let fileCode = "<code code=\"\(fileCode.rawValue)\" displayName=\"\(fileCode.displayName)\"/>"
    writer.line(2, "<acknowledgementFileDetail>\(fileCode)</acknowledgementFileDetail>")
    writer.line(1, "</acknowledgementFile>")
    if !rejected.isEmpty {
      writer.line(1, "<acknowledgementRecord>")
      for rejection in returned.map(\.0) + withheld {
        for line in try rejection.markup() { writer.line(2 + line.depth, line.markup) }
      }
      writer.line(1, "</acknowledgementRecord>")
    }
    for line in try HeadMarkup.authority(recipient, in: .communicationFunctionRcv) {
      writer.line(line.depth + 1, line.markup)
    }
    writer.line(
      1, "<failedReturnedCP-ISRecords><value value=\"\(failedCount)\"/></failedReturnedCP-ISRecords>")
    for (_, record) in returned { Self.write(record, to: &writer) }
    writer.line(
      1, "<successfulReturnedCP-ISRecords><value value=\"\(loadedCount)\"/></successfulReturnedCP-ISRecords>")
    writer.line(0, "</FileResponse>")
    return writer.take()
  }

  private static func write(_ record: RecordMarkup, to writer: inout XMLWriter) {
    let around = ["message", "cP-ISLAAcknowledgementResponse", "pertinentInformation1", "invalidCP-ISRecord"]
    for (depth, name) in around.enumerated() { writer.line(depth + 1, "<\(name)>") }
    for line in record.lines { writer.line(line.depth + around.count + 1, line.markup) }
    for (depth, name) in around.enumerated().reversed() { writer.line(depth + 1, "</\(name)>") }
  }
}

extension UploadAcknowledgement.RejectedRecord {
  fileprivate func markup() throws(UploadWritingError) -> [(depth: Int, markup: String)] {
    guard let location = XMLWriter.text(location) else { throw UploadWritingError(.characterForbidden) }
    var original: String?
    if let reason, !reason.isEmpty {
      guard let text = XMLWriter.text(reason) else { throw UploadWritingError(.characterForbidden) }
      original = "<originalText>\(text)</originalText>"
    }
    let code =
      "code code=\"\(code.rawValue)\" codeSystem=\"\(Identifiers.recordResponse)\" displayName=\"\(code.displayName)\""
    return [
      (0, "<acknowledgementRecordDetail>"),
      (1, original.map { "<\(code)>\($0)</code>" } ?? "<\(code)/>"),
      (1, "<location>\(location)</location>"),
      (0, "</acknowledgementRecordDetail>"),
    ]
  }
}

extension UploadFileCode {
  /// The name that the vocabulary `CP-ISUploadFileResponse` gives the code.
  fileprivate var displayName: String {
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
  /// The name that the vocabulary `CP-ISUploadRecordResponse` gives the code, with its spelling.
  fileprivate var displayName: String {
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
