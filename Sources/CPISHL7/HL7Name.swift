import CPIS
import CPISXML

/// The names of elements and attributes in the messages. Any other name is `nil`, so that nothing from a foreign document
/// reaches an error.
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
  case translation
  case qualifier
  case group
  case location

  // Attributes.
  case root
  case `extension`
  case assigningAuthorityName
  case codeSystem
  case use
  case nullFlavor
  case updateMode
  case displayName
  case representation
  case `nil`

  /// All names, by their numbers in the vocabulary.
  fileprivate static let all = allCases
}

/// The namespaces of the messages, in the order of the vocabulary.
enum HL7Namespace {
  /// Of the messages' own elements.
  static let hl7 = "urn:hl7-org:v3"
  /// Of the NHS's content ids.
  static let localisation = "NPFIT:HL7:Localisation"
  /// Of XML Schema's `nil`.
  static let instance = "http://www.w3.org/2001/XMLSchema-instance"

  /// The declarations at the root of what we write.
  static let declarations = #"xmlns="\#(hl7)" xmlns:npfitlc="\#(localisation)""#
}

extension XMLVocabulary {
  /// The vocabulary of the messages. The elements that a parent can have several of are counted.
  static let hl7: XMLVocabulary = {
    let counted: Set<HL7Name> = [
      .record, .pertinentInformation, .subject, .telecom, .message, .acknowledgementRecordDetail,
    ]
    return XMLVocabulary(
      namespaces: [HL7Namespace.hl7, HL7Namespace.localisation, HL7Namespace.instance],
      names: HL7Name.all.map(\.rawValue),
      counted: Set(HL7Name.all.indices.filter { counted.contains(HL7Name.all[$0]) }))
  }()
}

extension XMLNamespace {
  /// `urn:hl7-org:v3`.
  static var hl7: XMLNamespace { .known(0) }
  /// `NPFIT:HL7:Localisation`.
  static var localisation: XMLNamespace { .known(1) }
  /// That of XML Schema's `nil`.
  static var instance: XMLNamespace { .known(2) }
}

extension XMLName {
  /// The local part, when it is one of the messages' names; `nil` for every other.
  var hl7: HL7Name? { local.map { HL7Name.all[$0] } }

  /// Whether it is a name of the messages' own namespace.
  func isHL7(_ name: HL7Name) -> Bool { namespace == .hl7 && hl7 == name }
}

extension XMLReader {
  /// Starts a message.
  init(_ limits: UploadLimits) { self.init(.hl7, limits: limits.xml) }
}

extension XMLContent {
  /// An attribute of the current start tag, in no namespace.
  func attribute(_ name: HL7Name) -> XMLAttributeText {
    place(of: name, in: .none).map { text(of: attributes[$0]) } ?? .absent
  }

  /// Whether the current start tag has an attribute, in no namespace.
  func has(_ name: HL7Name) -> Bool { !attributes.isEmpty && place(of: name, in: .none) != nil }

  /// Whether the current start tag says that the element has no value: a null flavour, or nil in XML Schema.
  var isNil: Bool {
    // Most elements have no attributes.
    guard !attributes.isEmpty else { return false }
    if has(.nullFlavor) { return true }
    guard let place = place(of: .nil, in: .instance), let value = text(of: attributes[place]).value else {
      return false
    }
    return value == "true" || value == "1"
  }

  /// Where an attribute stands among those of the current start tag. There is one of a name at most.
  private func place(of name: HL7Name, in namespace: XMLNamespace) -> Int? {
    // As a span: the elements are looked at where they are, not copied.
    let attributes = attributes.span
    for place in attributes.indices where attributes[place].name.hl7 == name {
      if attributes[place].name.namespace == namespace { return place }
    }
    return nil
  }
}

extension PlanKind {
  /// The element that carries a plan of this kind.
  var templateElement: HL7Name {
    switch self {
    case .lookedAfterChild: .lacInformation
    case .childProtectionPlan: .cppInformation
    case .unbornChildProtectionPlan: .ucpInformation
    }
  }

  /// Start, end and delete date of a plan of this kind.
  var dateElements: (start: HL7Name, end: HL7Name, deletion: HL7Name) {
    switch self {
    case .lookedAfterChild: (.lACStartDate, .lACEndDate, .lACDeleteDate)
    case .childProtectionPlan: (.cPPStartDate, .cPPEndDate, .cPPDeleteDate)
    case .unbornChildProtectionPlan: (.uCPStartDate, .uCPEndDate, .uCPDeleteDate)
    }
  }

  /// The kind that a template carries; `nil` for any other element.
  init?(templateElement: HL7Name) {
    guard let kind = Self.allCases.first(where: { $0.templateElement == templateElement }) else { return nil }
    self = kind
  }
}

extension UploadRecord.SubjectRole {
  /// The element that carries a subject in this role.
  var templateElement: HL7Name { self == .child ? .child : .unbornChild }
}

extension HL7Name {
  /// The content id of a template, from the name of its element: `COCT_TP146101GB01#CPPInformation`.
  var contentID: String { Self.contentIDs[self] ?? rawValue }

  private static let contentIDs: [HL7Name: String] = {
    let templates = PlanKind.allCases.map(\.templateElement) + [.child, .unbornChild]
    return Dictionary(
      uniqueKeysWithValues: templates.map { name in
        (name, name.rawValue.split(separator: ".", maxSplits: 1).joined(separator: "#"))
      })
  }()
}

/// The identifiers that the messages use.
enum Identifiers {
  /// The NHS number.
  static let nhsNumber = "2.16.840.1.113883.2.1.4.1"
  /// An authority's own id for a child.
  static let localID = "2.16.840.1.113883.2.1.3.2.4.18.24"
  /// An organisation's code.
  static let organisation = "2.16.840.1.113883.2.1.3.2.4.19.1"
  /// A site's code.
  static let site = "2.16.840.1.113883.2.1.3.2.4.19.2"
  /// The template that follows.
  static let template = "2.16.840.1.113883.2.1.3.2.4.18.16"
  /// The outcome of a record.
  static let recordResponse = "2.16.840.1.113883.2.1.3.2.4.17.473"
}
