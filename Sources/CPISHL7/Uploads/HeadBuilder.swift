#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import CPIS
import CPISXML

/// The part of a file before its records, strict: this is where a mistake would concern every record.
///
/// Order among the parts is not checked; that they are all there, once each, is.
struct HeadBuilder {
  /// The elements of the head.
  enum Element {
    case root, creationTime, id, quantity, function, organisation, organisationID, name, telecom
    /// Inside a name or a telecom, where the schema allows parts that we do not need.
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

  /// The file's id; `nil` when it was not reached, or not readable here or where the message comes from.
  var fileID: UploadFileID? { statedFileID?.value }

  /// The count that the file declares; `nil` as for the id.
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
      guard let date = HL7Timestamp.date(try value(.value, content)) else { throw HeadFault(.valueUnreadable) }
      try set(&creationTime, date)
    case .id: try set(&statedFileID, try stated(.extension, content) { UploadFileID($0) })
    case .quantity: try set(&statedRecordCount, try stated(.value, content, readCount))
    case .function: try once(&hasFunction)
    case .organisation: try once(&hasOrganisation)
    case .organisationID:
      let root = try value(.root, content)
      guard root == Identifiers.organisation || root == Identifiers.site,
        let code = try? ODSCode(try value(.extension, content))
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
      guard let collapsed = text.collapsed else { throw HeadFault(.tooLarge) }
      try set(&name, collapsed)
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

/// What acknowledgements have in place of a file id or a record count that could not be read.
let unreadableOnTheWire = "-1"

/// Why the head of a file cannot be used.
struct HeadFault: Error {
  var code: UploadReadingError.Code
  init(_ code: UploadReadingError.Code) { self.code = code }
}

/// The uses of a phone that the schema knows.
let telecomUses: Set<String> = ["H", "HP", "HV", "WP", "AS", "EC", "PG", "MC"]

/// Whether a text is what the schema takes for a phone: `tel:`, an optional `+`, digits or none.
func isTelephone(_ text: String) -> Bool {
  guard text.utf8.starts(with: "tel:".utf8) else { return false }
  let number = text.utf8.dropFirst(4)
  return (number.first == UInt8(ascii: "+") ? number.dropFirst() : number)
    .allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
}
