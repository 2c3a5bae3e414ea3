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
  /// A record that the schema cannot hold, because what it lacks is why it was refused, is not given back: its code,
  /// reason and place are. The message has no link between a place and a record but their order, so the places of
  /// records that are given back come first [D]. Each reason rides in `originalText` of its code [D].
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
