#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import CPIS
import CPISXML

/// Reads the part of a file before its records. It is strict, because a mistake here would affect every record.
///
/// The order of the parts is not checked; that each is there exactly once is.
struct HeadBuilder {
  /// The elements of the head.
  enum Element {
    case root, creationTime, id, quantity, function, organisation, organisationID, name, telecom
    /// Inside a name or a telecom, where the schema allows parts that are not needed here.
    case detail
  }

  private(set) var creationTime: Date?
  private(set) var statedFileID: Stated<UploadFileID>?
  private(set) var statedRecordCount: Stated<Int>?
  private var code: ODSCode?
  private var name: String?
  private var telecomCount = 0
  private var telecoms: [UploadSender.Telecom] = []
  private var hasFunction = false
  private var hasOrganisation = false
  private var text: XMLTextCollector
  private let maySayUnreadable: Bool

  /// - Parameter maySayUnreadable: whether the message may state that the id or the count could not be read, as
  ///   acknowledgements do.
  init(limits: UploadLimits, maySayUnreadable: Bool) {
    text = XMLTextCollector(limit: limits.textBytes)
    self.maySayUnreadable = maySayUnreadable
  }

  /// The file's id; `nil` when it was not reached, or when we or the sender of the message could not read it.
  var fileID: UploadFileID? { statedFileID?.value }

  /// The count that the file declares; `nil` in the same cases as ``fileID``.
  var declaredRecordCount: Int? { statedRecordCount?.value }

  /// The authority, when all of it was read.
  var sender: UploadSender? {
    guard let code, let name, !telecoms.isEmpty else { return nil }
    return UploadSender(code: code, name: name, telecoms: telecoms)
  }

  /// The head, when all of it was read.
  var header: UploadHeader? {
    guard let creationTime, let fileID, let declaredRecordCount, let sender else { return nil }
    return UploadHeader(
      creationTime: creationTime, fileID: fileID, declaredRecordCount: declaredRecordCount, sender: sender)
  }

  /// The child of an element of the head; `nil` when it has none of that name.
  static func child(of parent: Element, _ name: XMLName) -> Element? {
    if parent == .name || parent == .telecom || parent == .detail { return .detail }
    guard name.namespace == .hl7 else { return nil }
    return switch (parent, name.hl7) {
    case (.root, .creationTime): .creationTime
    case (.root, .id): .id
    case (.root, .transmissionQuantity): .quantity
    case (.root, .communicationFunctionSnd), (.root, .communicationFunctionRcv): .function
    case (.function, .organisation): .organisation
    case (.organisation, .id): .organisationID
    case (.organisation, .name): .name
    case (.organisation, .telecom): .telecom
    default: nil
    }
  }

  mutating func start(_ element: Element, _ content: XMLContent) throws(HeadFault) {
    if element != .detail, content.isNil || content.has(.updateMode) { throw HeadFault(.valueUnreadable) }
    switch element {
    case .creationTime:
      guard let date = HL7Timestamp.date(try value(.value, content)), date.isCarriedByMessages else {
        throw HeadFault(.valueUnreadable)
      }
      try set(&creationTime, date)
    case .id: try set(&statedFileID, try stated(.extension, content) { UploadFileID($0) })
    case .quantity: try set(&statedRecordCount, try stated(.value, content, readCount))
    case .function: try once(&hasFunction)
    case .organisation: try once(&hasOrganisation)
    case .organisationID:
      let (root, text) = (try value(.root, content), try value(.extension, content))
      guard root == Identifiers.organisation || root == Identifiers.site, let code = try? ODSCode(text)
      else { throw HeadFault(.valueUnreadable) }
      try set(&self.code, code)
    case .telecom: try readTelecom(content)
    case .root, .name, .detail: break
    }
  }

  mutating func append(_ content: XMLContent, in element: Element) throws(HeadFault) {
    switch element {
    case .name, .detail: content.append(to: &text)
    default: guard content.textIsSpace else { throw HeadFault(.partUnexpected) }
    }
  }

  mutating func end(_ element: Element) throws(HeadFault) {
    switch element {
    case .name:
      guard let shown = text.shown else { throw HeadFault(.tooLarge) }
      try set(&name, shown)
      text.reset()
    case .telecom: text.reset()
    case .organisation: guard sender != nil else { throw HeadFault(.partMissing) }
    case .function: guard hasOrganisation else { throw HeadFault(.partMissing) }
    default: break
    }
  }

  private mutating func readTelecom(_ content: XMLContent) throws(HeadFault) {
    telecomCount += 1
    guard telecomCount <= 2 else { throw HeadFault(.partUnexpected) }
    let number = try value(.value, content)
    // A use is a set of codes: one phone may serve for both. Here each use is a phone of its own.
    let uses = try value(.use, content).split { $0.unicodeScalars.allSatisfy(\.properties.isWhitespace) }
    guard isTelephone(number), uses.allSatisfy({ telecomUses.contains(String($0)) }) else {
      throw HeadFault(.valueUnreadable)
    }
    if uses.isEmpty { telecoms.append(UploadSender.Telecom(use: nil, value: number)) }
    telecoms += uses.map { UploadSender.Telecom(use: String($0), value: number) }
  }

  private func value(_ name: HL7Name, _ content: XMLContent) throws(HeadFault) -> String {
    switch content.attribute(name) {
    case .text(let text): return text
    case .absent: throw HeadFault(.partMissing)
    case .tooLong: throw HeadFault(.tooLarge)
    }
  }

  private func stated<Value>(
    _ name: HL7Name, _ content: XMLContent, _ read: (String) -> Value?
  ) throws(HeadFault) -> Stated<Value> {
    let text = XMLTextCollector.collapsed(try value(name, content))
    if maySayUnreadable, text == unreadableOnTheWire { return .unreadable }
    guard let value = read(text) else { throw HeadFault(.valueUnreadable) }
    return .value(value)
  }

  private func readCount(_ text: String) -> Int? { Int(text).flatMap { $0 >= 0 ? $0 : nil } }

  private func set<Value>(_ property: inout Value?, _ value: Value) throws(HeadFault) {
    guard property == nil else { throw HeadFault(.partUnexpected) }
    property = value
  }

  private func once(_ flag: inout Bool) throws(HeadFault) {
    guard !flag else { throw HeadFault(.partUnexpected) }
    flag = true
  }
}

/// What a message states in a part of its head.
enum Stated<Value: Sendable>: Sendable {
  case value(Value)
  /// That whoever wrote the message could not read it.
  case unreadable

  /// The value; `nil` when it could not be read.
  var value: Value? {
    if case .value(let value) = self { return value }
    return nil
  }
}

/// Writes the lines at the head of an upload or an acknowledgement.
struct HeadMarkup {
  /// Creation time, id and count; `nil` for what could not be read.
  static func opening(_ creationTime: Date, id: UploadFileID?, count: Int?) throws(UploadWritingError) -> [String] {
    guard creationTime.isCarriedByMessages, let time = HL7Timestamp.text(creationTime) else {
      throw UploadWritingError(.valueInvalid)
    }
    return [
      "<creationTime value=\"\(time)\"/>", "<id extension=\"\(id?.digits ?? unreadableOnTheWire)\"/>",
      "<transmissionQuantity value=\"\(count.map(String.init) ?? unreadableOnTheWire)\"/>",
    ]
  }

  /// The authority that sends an upload.
  ///
  /// - Throws: ``UploadWritingError`` when its name is blank, or its phones are not one or two: each use has an element of
  ///   its own, also where the numbers are the same, as Spine looks for each use by itself.
  static func sender(_ sender: UploadSender) throws(UploadWritingError) -> [(depth: Int, markup: String)] {
    guard !sender.name.isBlank else { throw UploadWritingError(.partMissing, place: .sender) }
    guard sender.telecoms.count <= 2 else { throw UploadWritingError(.tooManyParts, place: .sender) }
    return try authority(sender, in: .communicationFunctionSnd)
  }

  /// The authority that an acknowledgement goes to. What is wrong with its details must not keep it from being told: for
  /// a blank name its code is written, and of its phones the two for which the schema has room [D].
  static func recipient(_ recipient: UploadSender) throws(UploadWritingError) -> [(depth: Int, markup: String)] {
    var recipient = recipient
    if recipient.name.isBlank { recipient.name = recipient.code.text }
    recipient.telecoms = Array(recipient.telecoms.prefix(2))
    return try authority(recipient, in: .communicationFunctionRcv)
  }

  private static func authority(
    _ sender: UploadSender, in element: HL7Name
  ) throws(UploadWritingError) -> [(depth: Int, markup: String)] {
    guard let name = XMLWriter.text(sender.name.shown) else {
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
    return try telecoms.map { telecom throws(UploadWritingError) in
      guard telecom.use.map(telecomUses.contains) ?? true, isTelephone(telecom.value) else {
        throw UploadWritingError(.valueInvalid, place: .sender)
      }
      return "<telecom use=\"\(telecom.use ?? "")\" value=\"\(telecom.value)\"/>"
    }
  }
}

extension Date {
  /// Whether it is of the years that messages carry, 1900 to 2099 in UTC.
  fileprivate var isCarriedByMessages: Bool { -2_208_988_800..<4_102_444_800 ~= timeIntervalSince1970 }
}

extension XMLTextCollector {
  /// The text as it may be shown, with its white space collapsed; `nil` when it was too long.
  var shown: String? { text.map { Self.collapsed($0.shown) } }
}

/// Why the head of a file cannot be used.
struct HeadFault: Error {
  var code: UploadReadingError.Code
  init(_ code: UploadReadingError.Code) { self.code = code }
}

/// What an acknowledgement states instead of a file id or a record count that could not be read.
private let unreadableOnTheWire = "-1"

/// The uses of a phone that the schema knows.
private let telecomUses: Set<String> = ["H", "HP", "HV", "WP", "AS", "EC", "PG", "MC"]

/// Whether the schema takes a text for a phone number: `tel:`, an optional `+`, any number of digits.
private func isTelephone(_ text: String) -> Bool {
  guard text.utf8.starts(with: "tel:".utf8) else { return false }
  let number = text.utf8.dropFirst(4)
  return (number.first == UInt8(ascii: "+") ? number.dropFirst() : number)
    .allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
}
