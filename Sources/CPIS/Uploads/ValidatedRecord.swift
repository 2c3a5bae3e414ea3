public import NHSNumbers

/// A record of an upload that passed every check that needs no demographics service.
public struct ValidatedRecord: Hashable, Sendable {
  /// One plan of the record, and what is to become of it.
  public struct Change: Hashable, Sendable {
    /// The kind of plan.
    public let kind: PlanKind
    /// Its start, which with kind and authority identifies it.
    public let start: CivilTime
    /// Its end; `nil` while open.
    public let end: CivilTime?
    /// Whether it is withdrawn as an upload error.
    public let isWithdrawn: Bool
  }

  /// Who the record is about, as sent: for the demographic match.
  public struct Person: Hashable, Sendable {
    /// The number that the plans are held under.
    public let number: NHSNumber
    /// The authority's own id: of two subjects the first's, or the second's where the first has none [D]; `nil` when
    /// it gave none, or a blank one.
    public let localID: String?
    /// The birth date.
    public let birthDay: CivilDay
    /// Given names, separated by spaces.
    public let givenName: String
    /// Family name.
    public let familyName: String
  }

  /// Who the record is about. Two subjects of one record are one girl, with one number, birth date and name: what
  /// demographics say of this person holds for both.
  public let person: Person
  /// The plans: one to three.
  public let changes: [Change]
}

extension ValidatedRecord: Redacting {}
extension ValidatedRecord.Change: Redacting {}
extension ValidatedRecord.Person: Redacting {}

extension UploadRecord {
  /// Checks the record by itself: everything that needs neither other records nor the demographics service.
  ///
  /// - Parameters:
  ///   - day: today, in UK civil days; decides who is 18.
  ///   - creationDay: the UK civil day on which the file of the record was made, after which nobody in it was born;
  ///     `nil` for a record that is checked before it is sent: its file is made today.
  /// - Throws: the first ``UploadFault``, in the order number, subjects, plans.
  /// - Complexity: O(1); a record has at most three plans and two subjects.
  public func validated(
    on day: CivilDay, fileMadeOn creationDay: CivilDay? = nil
  ) throws(UploadFault) -> ValidatedRecord {
    if let readingFault { throw readingFault }
    let person = try validatedPerson(fileMadeOn: creationDay ?? day)
    guard (1...3).contains(plans.count) else { throw UploadFault(.planCount, at: .record) }
    let isAdult = day >= person.birthDay.birthday(age: 18)
    var changes: [ValidatedRecord.Change] = []
    for (index, plan) in plans.enumerated() {
      let place = UploadFault.Place.plan(index + 1)
      let change = try plan.validated(at: place)
      let role: SubjectRole = change.kind == .unbornChildProtectionPlan ? .motherOfUnbornChild : .child
      guard subjects.contains(where: { $0.role == role }) else { throw UploadFault(.subjectMissing, at: place) }
      guard !(isAdult && change.kind.endsAtEighteen) else { throw UploadFault(.eighteenOrOver, at: place) }
      changes.append(change)
    }
    return ValidatedRecord(person: person, changes: changes)
  }

  private func validatedPerson(fileMadeOn creationDay: CivilDay) throws(UploadFault) -> ValidatedRecord.Person {
    guard (1...2).contains(subjects.count), Set(subjects.map(\.role)).count == subjects.count else {
      throw UploadFault(.subjectCount, at: .record)
    }
    let person = try subjects[0].validated(at: .subject(1), fileMadeOn: creationDay)
    guard subjects.count == 2 else { return person }
    let second = try subjects[1].validated(at: .subject(2), fileMadeOn: creationDay)
    guard second.number == person.number else { throw UploadFault(.subjectsDiffer, at: .subject(2)) }
    // Only the first is held against demographics. The second must be no other person, or a plan would be held
    // under the number of somebody whom the record does not describe.
    guard second.birthDay == person.birthDay, person.isNamed(like: second) else {
      throw UploadFault(.demographicsDiffer, at: .subject(2))
    }
    return ValidatedRecord.Person(
      number: person.number, localID: person.localID ?? second.localID, birthDay: person.birthDay,
      givenName: person.givenName, familyName: person.familyName)
  }
}

extension ValidatedRecord.Person {
  /// Whether all names are the same but for case and white space [D].
  ///
  /// Stricter than the demographic match, so that whoever is named like the first subject matches when that does.
  fileprivate func isNamed(like other: Self) -> Bool {
    func words(_ name: String) -> [Substring] { name.lowercased().split(whereSeparator: \.isWhitespace) }
    return words(familyName) == words(other.familyName) && words(givenName) == words(other.givenName)
  }
}

extension UploadRecord.Subject {
  fileprivate func validated(
    at place: UploadFault.Place, fileMadeOn creationDay: CivilDay
  ) throws(UploadFault) -> ValidatedRecord.Person {
    guard let nhsNumber, !nhsNumber.isEmpty else { throw UploadFault(.nhsNumberMissing, at: place) }
    // Messages carry the ten digits only; a placeholder passes the check digit and is nobody's number.
    guard nhsNumber.utf8.count == 10, let number = try? NHSNumber(parsing: nhsNumber), !number.isPlaceholder
    else { throw UploadFault(.nhsNumberInvalid, at: place) }
    guard role != nil else { throw UploadFault(.subjectMissing, at: place) }
    guard let birthDate, !birthDate.isEmpty else { throw UploadFault(.birthDateMissing, at: place) }
    // The day as written: a time of birth or its zone moves it nowhere.
    guard birthDate.utf8.count == 8 || HL7Timestamp.date(birthDate) != nil,
      let birthDay = CivilDay(compact: birthDate.prefix(8))
    else {
      throw UploadFault(.dateUnreadable, at: place)
    }
    guard birthDay <= creationDay, birthDay.birthday(age: 120) >= creationDay, birthDay.isCarriedByMessages else {
      throw UploadFault(.birthDateImpossible, at: place)
    }
    guard let givenName, !givenName.isBlank else {
      throw UploadFault(.givenNameMissing, at: place)
    }
    guard let familyName, !familyName.isBlank else {
      throw UploadFault(.familyNameMissing, at: place)
    }
    return ValidatedRecord.Person(
      number: number, localID: localID.flatMap { $0.isBlank ? nil : $0 }, birthDay: birthDay, givenName: givenName,
      familyName: familyName)
  }
}

extension UploadRecord.SentPlan {
  fileprivate func validated(at place: UploadFault.Place) throws(UploadFault) -> ValidatedRecord.Change {
    guard let kind else { throw UploadFault(.planKindMissing, at: place) }
    guard let start, !start.isEmpty else { throw UploadFault(.planStartMissing, at: place) }
    let startTime = try Self.time(start, at: place)
    let endTime = try end.map { text throws(UploadFault) in try Self.time(text, at: place) }
    let deletedTime = try deleted.map { text throws(UploadFault) in try Self.time(text, at: place) }
    if let endTime {
      guard endTime >= startTime else { throw UploadFault(.planEndsBeforeStart, at: place) }
    } else if kind == .unbornChildProtectionPlan {
      throw UploadFault(.unbornPlanWithoutEnd, at: place)
    }
    return ValidatedRecord.Change(
      kind: kind, start: startTime, end: endTime, isWithdrawn: deletedTime != nil)
  }

  private static func time(_ text: String, at place: UploadFault.Place) throws(UploadFault) -> CivilTime {
    guard let time = CivilTime(compact: text) else { throw UploadFault(.dateUnreadable, at: place) }
    guard time.day.isCarriedByMessages else { throw UploadFault(.dateOutOfRange, at: place) }
    return time
  }
}

extension CivilDay {
  /// Whether the messages can carry it: the schema's dates are of the years 1900 to 2099.
  package var isCarriedByMessages: Bool { 1900...2099 ~= components.year }
}
