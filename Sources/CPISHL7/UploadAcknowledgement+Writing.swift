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
  /// Each record is given back once, in the order of the upload. One may have been refused for lacking what the schema
  /// requires, and then cannot be given back: a `message` that is nil stands in its place [D]. Each reason is carried in
  /// `originalText` of its code [D].
  ///
  /// For a recipient whose name is blank, its code is written; of more than two phones, the first two: it is told all the
  /// same [D].
  ///
  /// - Throws: ``UploadWritingError`` when the recipient has no phone, a count is negative, the file's code is none that
  ///   the schema knows, a record with the code CPR06 is among those that were not loaded, or a text has characters
  ///   that XML forbids.
  /// - Complexity: O(*n*) in time and memory.
  public func hl7() throws(UploadWritingError) -> [UInt8] {
    guard [recordCount, loadedCount, failedCount].allSatisfy({ $0.map { $0 >= 0 } ?? true }) else {
      throw UploadWritingError(.valueInvalid)
    }
    // A record that was loaded is not among those that were not.
    guard rejected.allSatisfy({ $0.code != .loaded }) else { throw UploadWritingError(.valueInvalid) }
    var writer = XMLWriter()
    writer.line(0, XMLWriter.declaration)
    writer.line(0, "<FileResponse \(HL7Namespace.declarations)>")
    for line in try HeadMarkup.opening(creationTime, id: fileID, count: recordCount) { writer.line(1, line) }
    writer.line(1, "<acknowledgementFile>")
    // The schema lists the codes of a file with their names, and takes no other.
    guard let fileName = fileCode.displayName else { throw UploadWritingError(.valueInvalid) }
    let fileMarkup = "<code code=\"\(fileCode.rawValue)\" displayName=\"\(fileName)\"/>"
    writer.line(2, "<acknowledgementFileDetail>\(fileMarkup)</acknowledgementFileDetail>")
    writer.line(1, "</acknowledgementFile>")
    if !rejected.isEmpty || !loadedLocations.isEmpty {
      writer.line(1, "<acknowledgementRecord>")
      for detail in rejected + loadedLocations.map(RejectedRecord.init(loadedAt:)) {
        for line in try detail.markup() { writer.line(2 + line.depth, line.markup) }
      }
      writer.line(1, "</acknowledgementRecord>")
    }
    for line in try HeadMarkup.recipient(recipient) {
      writer.line(line.depth + 1, line.markup)
    }
    writer.line(
      1, "<failedReturnedCP-ISRecords><value value=\"\(failedCount)\"/></failedReturnedCP-ISRecords>")
    for record in returnedRecords() { Self.write(record, to: &writer) }
    writer.line(
      1, "<successfulReturnedCP-ISRecords><value value=\"\(loadedCount)\"/></successfulReturnedCP-ISRecords>")
    writer.line(0, "</FileResponse>")
    return writer.take()
  }

  /// What is given back, a message for each record: `nil` for one that cannot be. Empty when none can.
  private func returnedRecords() -> [RecordMarkup?] {
    var records: [(position: Int?, record: UploadRecord?)] = []
    var places: [Int: Int] = [:]
    for rejection in rejected {
      let position = rejection.recordPosition
      if let position, let place = places[position] {
        records[place].record = records[place].record ?? rejection.record
        continue
      }
      if let position { places[position] = records.count }
      records.append((position, rejection.record))
    }
    if records.allSatisfy({ $0.position != nil }) { records.sort { ($0.position ?? 0) < ($1.position ?? 0) } }
    let markup = (records.map(\.record) + unpairedRecords).map { record in record.flatMap { try? RecordMarkup($0) }
    }
    return markup.contains { $0 != nil } ? markup : []
  }

  private static func write(_ record: RecordMarkup?, to writer: inout XMLWriter) {
    guard let record else {
      return writer.line(1, "<message xmlns:xsi=\"\(HL7Namespace.instance)\" xsi:nil=\"true\"/>")
    }
    let around = ["message", "cP-ISLAAcknowledgementResponse", "pertinentInformation1", "invalidCP-ISRecord"]
    for (depth, name) in around.enumerated() { writer.line(depth + 1, "<\(name)>") }
    for line in record.lines { writer.line(line.depth + around.count + 1, line.markup) }
    for (depth, name) in around.enumerated().reversed() { writer.line(depth + 1, "</\(name)>") }
  }
}

extension UploadAcknowledgement.RejectedRecord {
  /// The detail of a record that was loaded, as the message has it among the others.
  fileprivate init(loadedAt location: String) {
    self.init(code: .loaded, reason: nil, location: location, record: nil)
  }

  fileprivate func markup() throws(UploadWritingError) -> [(depth: Int, markup: String)] {
    var code = "<code nullFlavor=\"UNK\""
    if let stated = self.code {
      code = "<code code=\"\(try attribute(stated.rawValue))\" codeSystem=\"\(Identifiers.recordResponse)\""
      if let name = stated.displayName { code += " displayName=\"\(name)\"" }
    }
    var inside = ""
    if let reason, !reason.isEmpty { inside = "<originalText>\(try text(reason))</originalText>" }
    for detail in detailCodes { inside += try markup(detail) }
    return [
      (0, "<acknowledgementRecordDetail>"),
      (1, inside.isEmpty ? "\(code)/>" : "\(code)>\(inside)</code>"),
      (1, "<location>\(try text(location))</location>"),
      (0, "</acknowledgementRecordDetail>"),
    ]
  }

  private func markup(_ detail: UploadAcknowledgement.DetailCode) throws(UploadWritingError) -> String {
    var markup = "<translation"
    for (name, value) in [
      ("code", detail.code), ("codeSystem", detail.codeSystem), ("displayName", detail.displayName),
    ] {
      if let value { markup += " \(name)=\"\(try attribute(value))\"" }
    }
    return markup + "/>"
  }

  private func text(_ text: String) throws(UploadWritingError) -> String {
    guard let markup = XMLWriter.text(text) else { throw UploadWritingError(.characterForbidden) }
    return markup
  }

  private func attribute(_ text: String) throws(UploadWritingError) -> String {
    guard let markup = XMLWriter.attribute(text) else { throw UploadWritingError(.characterForbidden) }
    return markup
  }
}

extension UploadFileCode {
  /// The name that the vocabulary `CP-ISUploadFileResponse` gives the code; `nil` for a code that is not in it.
  fileprivate var displayName: String? {
    switch self {
    case .fileError: "File Level Error"
    case .allLoaded: "Successful File Upload"
    case .someLoaded: "Partial File Upload"
    case .noneLoaded: "Unsuccessful File Upload"
    case .demographicsUnavailable: "PDS Error - PDS Unavailable"
    case .versionUnsupported:
      "Spine ii rejected the request because this version of the CPIS Client is no longer supported"
    default: nil
    }
  }
}

extension UploadRecordCode {
  /// The name that the vocabulary `CP-ISUploadRecordResponse` gives the code, with its spelling; `nil` for a code that is
  /// not in it.
  fileprivate var displayName: String? {
    switch self {
    case .numberUnknown: "PDS Error - No Match Found for NHS Number"
    case .sensitive: "PDS Error - NHS Number Matched, but Sensitive Record"
    case .notVerified: "PDS Error - NHS Number not Verified"
    case .numberInvalid: "PDS Error - NHS Number Format Incorrect"
    case .superseded: "PDS Error - NHS Number Verified, but Superseded"
    case .loaded: "Successful Record Upload"
    case .other: "Unsucessful Record Upload"
    default: nil
    }
  }
}
