import CPIS
import CPISXML

/// Puts a record together from its elements.
///
/// It tolerates any content and order, and never loses a fault: what the format does not allow becomes the record's
/// `UploadRecord.readingFault`, and what is missing stays `nil`.
struct RecordBuilder {
  private struct OpenElement {
    var element: RecordElement
    /// The children that occurred, a bit for each kind of element.
    var seen: UInt32 = 0
  }

  /// The plan that is being read.
  private struct PlanDraft {
    var contentID: String?
    var element: PlanKind?
    var start = DateDraft()
    var end = DateDraft()
    var deletion = DateDraft()
  }

  /// A date that is being read: each of its elements may say that it has no value.
  private struct DateDraft {
    var isNil = false
    var text: String?
  }

  /// The subject that is being read.
  private struct SubjectDraft {
    var contentID: String?
    var element: UploadRecord.SubjectRole?
    var subject = UploadRecord.Subject(
      role: nil, nhsNumber: nil, birthDate: nil, givenName: nil, familyName: nil)
    var hasLocalID = false
    var hasNHSNumber = false
  }

  private var open: [OpenElement] = []
  /// The record as far as it was read.
  private(set) var record = UploadRecord(plans: [], subjects: [])
  private var plan: PlanDraft?
  private var subject: SubjectDraft?
  private var text: XMLTextCollector
  private(set) var planLines: [Int] = []
  private(set) var subjectLines: [Int] = []
  /// How many elements are open within something that is not read.
  private var skipDepth = 0
  private var isAbandoned = false

  /// Starts at an element whose start tag was just read.
  init(_ root: RecordElement, _ content: XMLContent) {
    text = XMLTextCollector(limit: content.valueBytes)
    open.append(OpenElement(element: root))
    if content.isNil || content.has(.updateMode) { fail() }
  }

  /// Gives up the rest: the record is too large.
  mutating func abandon() {
    guard !isAbandoned else { return }
    record.readingFault = UploadFault(.unreadable, at: .record)
    isAbandoned = true
  }

  mutating func start(_ content: XMLContent, line: Int) {
    guard skipDepth == 0, !isAbandoned, let parent = open.last else {
      skipDepth += 1
      return
    }
    guard let element = parent.element.child(content.element, of: plan?.element) else {
      fail()
      skipDepth += 1
      return
    }
    let mark = UInt32(1) << element.rawValue
    if !element.isRepeatable, parent.seen & mark != 0 { fail() }
    open[open.count - 1].seen |= mark
    open.append(OpenElement(element: element))
    begin(element, content, line)
    if content.has(.updateMode) || (content.isNil && !element.isNillable) { fail() }
  }

  mutating func append(_ content: XMLContent) {
    guard skipDepth == 0, !isAbandoned, let element = open.last?.element else { return }
    switch element {
    case .given, .family: content.append(to: &text)
    // The schema lets names have text between their parts; it says nothing.
    case .name, .unknownTemplate: break
    default: if !content.textIsSpace { fail() }
    }
  }

  /// Ends the innermost element.
  ///
  /// - Returns: `true` when that was the record's own.
  mutating func end() -> Bool {
    if skipDepth > 0 {
      skipDepth -= 1
      return false
    }
    guard let closed = open.popLast() else { return true }
    if !isAbandoned { finish(closed.element) }
    return open.isEmpty
  }

  private mutating func begin(_ element: RecordElement, _ content: XMLContent, _ line: Int) {
    switch element {
    case .plan:
      plan = PlanDraft()
      planLines.append(line)
    case .subject:
      subject = SubjectDraft()
      subjectLines.append(line)
    case .planContentID:
      let contentID = contentID(content)
      plan?.contentID = contentID
    case .subjectContentID:
      let contentID = contentID(content)
      subject?.contentID = contentID
    case .information: plan?.element = content.element.hl7.flatMap(PlanKind.init(templateElement:))
    case .child: subject?.element = .child
    case .unbornChild: subject?.element = .motherOfUnbornChild
    case .startValue: readDate(\.start, content)
    case .endComponent, .endDate: noteNil(\.end, content)
    case .endValue: readDate(\.end, content)
    case .deletionComponent, .deletionDate: noteNil(\.deletion, content)
    case .deletionValue: readDate(\.deletion, content)
    case .identifier: readIdentifier(content)
    case .birthTime:
      let birthDate = keep(content.attribute(.value))
      subject?.subject.birthDate = birthDate
    case .given, .family:
      text.reset()
      // Names in another representation, such as Base64, would be shown as they are.
      if content.has(.representation), content.attribute(.representation) != .text("TXT") { fail() }
    default: break
    }
  }

  private mutating func finish(_ element: RecordElement) {
    switch element {
    case .plan: finishPlan()
    case .subject: finishSubject()
    case .endComponent: checkDate(\.end)
    case .deletionComponent: checkDate(\.deletion)
    case .given:
      guard let given = keepText() else { break }
      let names = subject?.subject.givenName.map { "\($0) \(given)" } ?? given
      // A record of nothing but given names would be copied over and over.
      if names.utf8.count > text.limit { fail() } else { subject?.subject.givenName = names }
    case .family:
      let family = keepText()
      subject?.subject.familyName = family
    default: break
    }
  }

  private mutating func finishPlan() {
    guard let plan else { return }
    // The element and the content id must name the same template; otherwise the kind is not known.
    let kind = plan.element.flatMap { kind in
      plan.contentID == kind.templateElement.contentID ? kind : nil
    }
    record.plans.append(
      UploadRecord.SentPlan(
        kind: kind, start: plan.start.text, end: plan.end.text,
        deleted: plan.deletion.text))
    self.plan = nil
  }

  private mutating func finishSubject() {
    guard var draft = subject else { return }
    draft.subject.role = draft.element.flatMap { role in
      draft.contentID == role.templateElement.contentID ? role : nil
    }
    record.subjects.append(draft.subject)
    subject = nil
  }

  private mutating func readDate(_ role: WritableKeyPath<PlanDraft, DateDraft>, _ content: XMLContent) {
    noteNil(role, content)
    let text = keep(content.attribute(.value))
    plan?[keyPath: role].text = text
    // A start that is missing is a fault with a reason of its own.
    if role != \.start { checkDate(role) }
  }

  private mutating func noteNil(_ role: WritableKeyPath<PlanDraft, DateDraft>, _ content: XMLContent) {
    if content.isNil { plan?[keyPath: role].isNil = true }
  }

  /// Refuses an end or delete date that both has a value and states that it has none, or does neither: the plan could be
  /// read as open or as closed.
  private mutating func checkDate(_ role: WritableKeyPath<PlanDraft, DateDraft>) {
    let date = plan?[keyPath: role] ?? DateDraft()
    if date.isNil == (date.text != nil) { fail() }
  }

  private mutating func readIdentifier(_ content: XMLContent) {
    guard var draft = subject else { return }
    let value = keep(content.attribute(.extension))
    switch content.attribute(.root) {
    case .text(Identifiers.nhsNumber):
      // Two numbers would leave open which child is meant.
      if draft.hasNHSNumber { fail() }
      draft.hasNHSNumber = true
      draft.subject.nhsNumber = value
    case .text(Identifiers.localID):
      if draft.hasLocalID || value == nil { fail() }
      draft.hasLocalID = true
      draft.subject.localID = value
      draft.subject.localIDAssigner = keep(content.attribute(.assigningAuthorityName))
    default: fail()
    }
    subject = draft
  }

  private func contentID(_ content: XMLContent) -> String? {
    guard content.attribute(.root) == .text(Identifiers.template) else { return nil }
    return content.attribute(.extension).value
  }

  private mutating func keep(_ attribute: XMLAttributeText) -> String? {
    if attribute == .tooLong { fail() }
    return attribute.value
  }

  private mutating func keepText() -> String? {
    if text.isTooLong { fail() }
    return text.collapsed
  }

  /// Records that the part that is being read does not follow the format. The first such fault is kept.
  private mutating func fail() {
    guard record.readingFault == nil else { return }
    let place: UploadFault.Place =
      if plan != nil { .plan(record.plans.count + 1) } else if subject != nil {
        .subject(record.subjects.count + 1)
      } else { .record }
    record.readingFault = UploadFault(.unreadable, at: place)
  }
}

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
  /// A plan or subject template that is not known: its content is not read.
  case unknownTemplate

  /// Whether a parent may have several of it.
  var isRepeatable: Bool {
    switch self {
    case .plan, .subject, .identifier, .given: true
    default: false
    }
  }

  /// Whether it may state that it has no value, which means the same as leaving it out.
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
