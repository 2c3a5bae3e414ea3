import CPIS
import CPISXML

/// A record as lines of markup, as upload and acknowledgement both carry it.
///
/// Everything is checked against the schema before a line is written: what cannot be held throws.
struct RecordMarkup {
  private(set) var lines: [(depth: Int, markup: String)] = []

  init(_ record: UploadRecord) throws(UploadWritingError) {
    guard record.readingFault == nil else { throw UploadWritingError(.recordUnreadable, place: .record) }
    try Self.check(record.plans.count, atMost: 3, at: .record)
    try Self.check(record.subjects.count, atMost: 2, at: .record)
    for (index, plan) in record.plans.enumerated() { try add(plan, at: .plan(index + 1)) }
    for (index, subject) in record.subjects.enumerated() { try add(subject, at: .subject(index + 1)) }
  }

  private static func check(_ count: Int, atMost: Int, at place: UploadFault.Place) throws(UploadWritingError) {
    guard count > 0 else { throw UploadWritingError(.partMissing, place: place) }
    guard count <= atMost else { throw UploadWritingError(.tooManyParts, place: place) }
  }

  private mutating func add(_ plan: UploadRecord.SentPlan, at place: UploadFault.Place) throws(UploadWritingError) {
    guard let kind = plan.kind, let start = plan.start else { throw UploadWritingError(.partMissing, place: place) }
    guard plan.end != nil || kind != .unbornChildProtectionPlan else {
      throw UploadWritingError(.partMissing, place: place)
    }
    let template = kind.templateElement
    lines.append((0, "<pertinentInformation>"))
    lines.append((1, contentIDMarkup(template)))
    lines.append((1, "<\(template.rawValue)>"))
    try add("component", kind.dateElements.start, start, at: place)
    if let end = plan.end { try add("component1", kind.dateElements.end, end, at: place) }
    if let deleted = plan.deleted { try add("component2", kind.dateElements.deletion, deleted, at: place) }
    lines.append((1, "</\(template.rawValue)>"))
    lines.append((0, "</pertinentInformation>"))
  }

  private mutating func add(
    _ component: String, _ name: HL7Name, _ time: String, at place: UploadFault.Place
  ) throws(UploadWritingError) {
    guard isDateType1(time) else { throw UploadWritingError(.valueInvalid, place: place) }
    let date = "<\(name.rawValue)><value value=\"\(time)\"/></\(name.rawValue)>"
    lines.append((2, "<\(component)>\(date)</\(component)>"))
  }

  private mutating func add(
    _ subject: UploadRecord.Subject, at place: UploadFault.Place
  ) throws(UploadWritingError) {
    guard let role = subject.role, let birthDate = subject.birthDate, let given = subject.givenName,
      let family = subject.familyName, subject.nhsNumber != nil || subject.localID != nil
    else { throw UploadWritingError(.partMissing, place: place) }
    guard isTimestamp(birthDate), !given.isBlank, !family.isBlank else {
      throw UploadWritingError(.valueInvalid, place: place)
    }
    guard let givenText = XMLWriter.text(given), let familyText = XMLWriter.text(family) else {
      throw UploadWritingError(.characterForbidden, place: place)
    }
    let birth = "<birthTime value=\"\(birthDate)\"/>"
    let name = "<name><given>\(givenText)</given><family>\(familyText)</family></name>"
    let number = try identifier(Identifiers.nhsNumber, subject.nhsNumber, at: place)
    let identifiers =
      number
      + (try identifier(Identifiers.localID, subject.localID, assigner: subject.localIDAssigner, at: place))
    let template = role.templateElement
    lines.append((0, "<subject>"))
    lines.append((1, contentIDMarkup(template)))
    lines.append((1, "<\(template.rawValue)>"))
    switch role {
    case .child:
      lines += identifiers.map { (2, $0) }
      lines.append((2, "<childPerson>\(birth)\(name)</childPerson>"))
    case .motherOfUnbornChild:
      lines.append((2, "<parentMotherPerson>"))
      lines.append((3, birth + name))
      lines.append((3, "<playedMother>\(identifiers.joined())</playedMother>"))
      lines.append((2, "</parentMotherPerson>"))
    }
    lines.append((1, "</\(template.rawValue)>"))
    lines.append((0, "</subject>"))
  }

  private func identifier(
    _ root: String, _ value: String?, assigner: String? = nil, at place: UploadFault.Place
  ) throws(UploadWritingError) -> [String] {
    guard let value else { return [] }
    guard !value.isBlank else { throw UploadWritingError(.valueInvalid, place: place) }
    guard let text = XMLWriter.attribute(value) else {
      throw UploadWritingError(.characterForbidden, place: place)
    }
    guard let assigner else { return ["<id root=\"\(root)\" extension=\"\(text)\"/>"] }
    guard let name = XMLWriter.attribute(assigner) else {
      throw UploadWritingError(.characterForbidden, place: place)
    }
    return ["<id root=\"\(root)\" extension=\"\(text)\" assigningAuthorityName=\"\(name)\"/>"]
  }

  private func contentIDMarkup(_ template: HL7Name) -> String {
    "<npfitlc:contentId root=\"\(Identifiers.template)\" extension=\"\(template.contentID)\"/>"
  }
}

/// Whether a text is of the schema's `TS.NHS.DateType1`: a minute of the years 1900 to 2099, in which every month
/// may have 31 days.
private func isDateType1(_ text: String) -> Bool {
  let digits = text.utf8.map { Int($0) - 0x30 }
  guard digits.count == 12, digits.allSatisfy({ (0...9).contains($0) }) else { return false }
  func pair(_ place: Int) -> Int { digits[place] * 10 + digits[place + 1] }
  return (19...20).contains(pair(0)) && (1...12).contains(pair(4)) && (1...31).contains(pair(6))
    && (0...23).contains(pair(8)) && (0...59).contains(pair(10))
}

/// Whether a text is of the schema's `ts`: up to 8 digits, or 9 to 14 with a zone if there is one, fractions of a
/// second after 14.
private func isTimestamp(_ text: String) -> Bool {
  let bytes = Array(text.utf8)
  func digits(_ slice: ArraySlice<UInt8>) -> Bool { slice.allSatisfy { (0x30...0x39).contains($0) } }
  let zoneStart = bytes.firstIndex { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }
  let time = bytes[..<(zoneStart ?? bytes.count)]
  if let zoneStart {
    let zone = bytes[(zoneStart + 1)...]
    guard (1...4).contains(zone.count), digits(zone), time.count >= 9 else { return false }
  }
  if let point = time.firstIndex(of: UInt8(ascii: ".")) {
    return point == 14 && digits(time[..<point]) && time.count > 15 && digits(time[(point + 1)...])
  }
  return (1...14).contains(time.count) && digits(time)
}
