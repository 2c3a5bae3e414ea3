import CPIS
import CPISXML

/// The elements of a record, each by what it means in its place.
enum RecordElement: UInt8 {
  case record, content
  case plan, planContentID, information
  case startComponent, endComponent, deletionComponent
  case startDate, endDate, deletionDate
  case startValue, endValue, deletionValue
  case subject, subjectContentID, child, unbornChild
  case childPerson, motherPerson, playedMother
  case identifier, birthTime, name, given, family
  /// A plan or subject template that we do not know: what is in it is not read.
  case unknownTemplate

  /// Whether a parent may have several of it.
  var isRepeatable: Bool {
    switch self {
    case .plan, .subject, .identifier, .given: true
    default: false
    }
  }

  /// Whether it may say that it has no value, which then is as if it were left out.
  var isNillable: Bool {
    switch self {
    case .endComponent, .deletionComponent, .endDate, .deletionDate, .endValue, .deletionValue: true
    default: false
    }
  }

  /// The child of this element with a name; `nil` when the format has no such child.
  ///
  /// - Parameter kind: the kind of the plan that is being read.
  func child(_ name: XMLName, of kind: PlanKind?) -> RecordElement? {
    if name.namespace == .localisation, name.hl7 == .contentId {
      return self == .plan ? .planContentID : self == .subject ? .subjectContentID : nil
    }
    guard name.namespace == .hl7, let local = name.hl7 else {
      return self == .plan || self == .subject ? .unknownTemplate : nil
    }
    switch self {
    case .record: return local == .cpisRecord ? .content : nil
    case .content: return local == .pertinentInformation ? .plan : local == .subject ? .subject : nil
    case .plan: return PlanKind(templateElement: local) != nil ? .information : .unknownTemplate
    case .information: return component(local)
    case .startComponent: return local == kind?.dateElements.start ? .startDate : nil
    case .endComponent: return local == kind?.dateElements.end ? .endDate : nil
    case .deletionComponent: return local == kind?.dateElements.deletion ? .deletionDate : nil
    case .startDate: return local == .value ? .startValue : nil
    case .endDate: return local == .value ? .endValue : nil
    case .deletionDate: return local == .value ? .deletionValue : nil
    case .subject: return local == .child ? .child : local == .unbornChild ? .unbornChild : .unknownTemplate
    default: return childOfSubject(local)
    }
  }

  private func component(_ name: HL7Name) -> RecordElement? {
    switch name {
    case .component: .startComponent
    case .component1: .endComponent
    case .component2: .deletionComponent
    default: nil
    }
  }

  private func childOfSubject(_ name: HL7Name) -> RecordElement? {
    switch (self, name) {
    case (.child, .id), (.playedMother, .id): .identifier
    case (.child, .childPerson): .childPerson
    case (.unbornChild, .parentMotherPerson): .motherPerson
    case (.motherPerson, .playedMother): .playedMother
    case (.childPerson, .birthTime), (.motherPerson, .birthTime): .birthTime
    case (.childPerson, .name), (.motherPerson, .name): .name
    case (.name, .given): .given
    case (.name, .family): .family
    default: nil
    }
  }
}
