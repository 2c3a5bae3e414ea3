#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import CPIS
import CPISXML

/// The lines that head an upload or an acknowledgement.
struct HeadMarkup {
  /// Creation time, id and count; `nil` for what could not be read.
  static func opening(_ creationTime: Date, id: UploadFileID?, count: Int?) throws(UploadWritingError) -> [String] {
    guard let time = HL7Timestamp.text(creationTime) else { throw UploadWritingError(.valueInvalid) }
    return [
      "<creationTime value=\"\(time)\"/>", "<id extension=\"\(id?.digits ?? unreadableOnTheWire)\"/>",
      "<transmissionQuantity value=\"\(count.map(String.init) ?? unreadableOnTheWire)\"/>",
    ]
  }

  /// The authority, as the element of the given name holds it.
  static func authority(
    _ sender: UploadSender, in element: HL7Name
  ) throws(UploadWritingError) -> [(depth: Int, markup: String)] {
    guard let name = XMLWriter.text(sender.name) else {
      throw UploadWritingError(.characterForbidden, place: .sender)
    }
    return [
      (0, "<\(element.rawValue)>"), (1, "<organisation>"),
      (2, "<id root=\"\(Identifiers.organisation)\" extension=\"\(sender.code.text)\"/>"),
      (2, "<name>\(name)</name>"),
    ] + (try phones(sender.telecoms).map { (2, $0) })
      + [(1, "</organisation>"), (0, "</\(element.rawValue)>")]
  }

  private static func phones(_ telecoms: [UploadSender.Telecom]) throws(UploadWritingError) -> [String] {
    guard !telecoms.isEmpty else { throw UploadWritingError(.partMissing, place: .sender) }
    var phones = telecoms.map { (uses: [$0.use], value: $0.value) }
    if phones.count > 2 {
      // The schema has room for two phones, each of which may have several uses.
      phones = []
      for telecom in telecoms {
        if phones.last?.value == telecom.value {
          phones[phones.count - 1].uses.append(telecom.use)
        } else {
          phones.append(([telecom.use], telecom.value))
        }
      }
    }
    guard phones.count <= 2 else { throw UploadWritingError(.tooManyParts, place: .sender) }
    return try phones.map { phone throws(UploadWritingError) in
      let uses = phone.uses.compactMap(\.self)
      // A phone without a use stands by itself: beside another use, nothing would be left of it.
      let isKnown = phone.uses == [nil] || (uses.count == phone.uses.count && uses.allSatisfy(telecomUses.contains))
      guard isKnown, isTelephone(phone.value) else { throw UploadWritingError(.valueInvalid, place: .sender) }
      return "<telecom use=\"\(uses.joined(separator: " "))\" value=\"\(phone.value)\"/>"
    }
  }
}
