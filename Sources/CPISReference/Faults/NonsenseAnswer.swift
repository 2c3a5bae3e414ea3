internal import CPIS
internal import NHSNumbers

/// An answer of a registry that cannot be trusted, or not wholly.
public enum NonsenseAnswer: Hashable, Sendable, CaseIterable {
  /// What was found, under another number than the one asked.
  case wrongPatient
  /// That no plan is recorded, about another patient.
  case noneForAnotherPatient
  /// Plans of another child, and it says so.
  case plansOfAnotherChild
  /// Plans of which some could not be read. Where nothing was found, that the answer could not be read.
  case partial
  /// Every plan twice.
  case duplicatedPlans
}

extension NonsenseAnswer {
  func distort(_ answer: RegistryAnswer) throws(RegistryError) -> RegistryAnswer {
    let other = answer.patient.neighbour
    switch (self, answer.finding) {
    case (.wrongPatient, let finding): return RegistryAnswer(patient: other, finding: finding)
    case (.noneForAnotherPatient, _): return RegistryAnswer(patient: other, finding: .noPlanUnderThisNumber)
    case (.plansOfAnotherChild, _):
      return RegistryAnswer(patient: other, finding: .plans(try Self.otherPlans(), .complete))
    case (.partial, .plans(let plans, _)):
      return RegistryAnswer(
        patient: answer.patient, finding: .plans(plans, .partial(unreadableEntries: 1)),
        validThrough: answer.validThrough)
    case (.partial, .noPlanUnderThisNumber): throw RegistryError(.unusableAnswer)
    case (.duplicatedPlans, .plans(let plans, let completeness)):
      guard let doubled = RecordedPlans(Array(plans) + plans) else { return answer }
      return RegistryAnswer(
        patient: answer.patient, finding: .plans(doubled, completeness), validThrough: answer.validThrough)
    case (.duplicatedPlans, .noPlanUnderThisNumber): return answer
    }
  }

  func distort(_ history: AccessHistory) -> AccessHistory {
    switch self {
    case .wrongPatient, .plansOfAnotherChild:
      AccessHistory(
        patient: history.patient.neighbour, entries: history.entries, completeness: history.completeness)
    case .noneForAnotherPatient:
      AccessHistory(patient: history.patient.neighbour, entries: [], completeness: .complete)
    case .partial:
      AccessHistory(
        patient: history.patient, entries: history.entries, completeness: .partial(unreadableEntries: nil))
    case .duplicatedPlans:
      AccessHistory(
        patient: history.patient, entries: history.entries + history.entries, completeness: history.completeness)
    }
  }

  private static func otherPlans() throws(RegistryError) -> RecordedPlans {
    guard let code = try? ODSCode("999"), let phone = try? PhoneNumber("02079460999"),
      let plan = try? Plan(
        kind: .lookedAfterChild, start: CivilTime(startOf: CivilDay(daysSince1970: 18_000)), end: nil,
        authority: try LocalAuthority(
          code: code, name: "Elsewhere", emergencyDutyPhone: phone, officeHoursPhone: nil)),
      let plans = RecordedPlans([plan])
    else { throw RegistryError(.unusableAnswer) }
    return plans
  }
}

extension NHSNumber {
  /// Another valid number, the next one; the last of the test range is followed by its first.
  var neighbour: NHSNumber {
    var payload = self.payload
    while true {
      payload = payload >= 999_999_999 ? 999_000_000 : payload + 1
      if let number = NHSNumber(payload: payload) { return number }
    }
  }
}
