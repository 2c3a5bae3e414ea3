/// The names of elements and attributes in the messages that we read. Any other name is `nil`, so that nothing of
/// a foreign document finds its way into an error.
enum HL7Name: String, CaseIterable {
  // The file.
  case file = "File"
  case creationTime
  case id
  case transmissionQuantity
  case communicationFunctionSnd
  case organisation
  case name
  case telecom
  case record

  // A record.
  case cpisRecord = "CP-ISRecord"
  case pertinentInformation
  case contentId
  case lacInformation = "COCT_TP146100GB01.LACInformation"
  case cppInformation = "COCT_TP146101GB01.CPPInformation"
  case ucpInformation = "COCT_TP146102GB01.UCPInformation"
  case component
  case component1
  case component2
  case lACStartDate
  case lACEndDate
  case lACDeleteDate
  case cPPStartDate
  case cPPEndDate
  case cPPDeleteDate
  case uCPStartDate
  case uCPEndDate
  case uCPDeleteDate
  case value
  case subject
  case child = "COCT_TP145101GB01.Child"
  case unbornChild = "COCT_TP145100GB01.UnbornChild"
  case childPerson
  case parentMotherPerson
  case playedMother
  case birthTime
  case given
  case family

  // An acknowledgement.
  case fileResponse = "FileResponse"
  case acknowledgementFile
  case acknowledgementFileDetail
  case acknowledgementRecord
  case acknowledgementRecordDetail
  case communicationFunctionRcv
  case failedReturned = "failedReturnedCP-ISRecords"
  case successfulReturned = "successfulReturnedCP-ISRecords"
  case message
  case acknowledgementResponse = "cP-ISLAAcknowledgementResponse"
  case pertinentInformation1
  case invalidRecord = "invalidCP-ISRecord"
  case validRecord = "validCP-ISRecord"
  case code
  case originalText
  case location

  // Attributes.
  case root
  case `extension`
  case use
  case nullFlavor
  case updateMode
  case displayName
  case representation
  case `nil`

  init?(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    guard range.count < Self.byLength.count else { return nil }
    candidates: for (name, text) in Self.byLength[range.count] {
      // From the end: the names of a length mostly differ there.
      var offset = text.count - 1
      while offset >= 0 {
        guard bytes[range.lowerBound + offset] == text[offset] else { continue candidates }
        offset -= 1
      }
      self = name
      return
    }
    return nil
  }

  private static let byLength: [[(HL7Name, [UInt8])]] = {
    var table: [[(HL7Name, [UInt8])]] = []
    for name in allCases {
      let text = Array(name.rawValue.utf8)
      while table.count <= text.count { table.append([]) }
      table[text.count].append((name, text))
    }
    return table
  }()
}
