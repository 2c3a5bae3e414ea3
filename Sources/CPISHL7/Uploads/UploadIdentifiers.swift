import CPIS

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
