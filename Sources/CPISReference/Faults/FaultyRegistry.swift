public import CPIS
public import NHSNumbers

/// A registry client that goes wrong as its script says.
public final class FaultyRegistry: RegistryClient, FaultyPort, Redacting {
  /// The operations of a registry client.
  @nonexhaustive
  public enum Operation: Hashable, Sendable, CaseIterable {
    /// A query.
    case plans
    /// A declaration.
    case declare
    /// A reading of the history.
    case accessHistory
  }

  private let base: any RegistryClient
  /// Counts the calls, and makes them go wrong.
  public let player: FaultPlayer<Operation, RegistryError, NonsenseAnswer>

  /// Wraps a registry client in faults.
  ///
  /// - Parameters:
  ///   - base: the client that does the work unless the script says otherwise.
  ///   - script: which calls go wrong; by default, none.
  ///   - clock: the clock that slow answers wait on.
  public init(_ base: any RegistryClient, script: Script = Script(), clock: any WallClock) {
    self.base = base
    self.player = FaultPlayer(script, clock: clock)
  }

  /// Asks the client that it wraps, or goes wrong.
  public func plans(for access: Access) async throws(RegistryError) -> RegistryAnswer {
    try await player.run(.plans) { () async throws(RegistryError) in
      try await base.plans(for: access)
    } distort: { nonsense, answer throws(RegistryError) in
      try nonsense.distort(answer)
    }
  }

  /// Declares to the client that it wraps, or goes wrong. A declaration has no answer, so nonsense lets it through.
  public func declare(_ access: Access) async throws(RegistryError) {
    try await player.run(.declare) { () async throws(RegistryError) in
      try await base.declare(access)
    } distort: { _, _ throws(RegistryError) in
    }
  }

  /// Asks the client that it wraps, or goes wrong.
  public func accessHistory(for access: Access) async throws(RegistryError) -> AccessHistory {
    try await player.run(.accessHistory) { () async throws(RegistryError) in
      try await base.accessHistory(for: access)
    } distort: { nonsense, history throws(RegistryError) in
      nonsense.distort(history)
    }
  }

  /// What the client that it wraps says, unless the script has a fault of a query: one that fails rules nobody out.
  public func rulesOut(_ patient: NHSNumber) -> Bool { !player.hasFault(of: .plans) && base.rulesOut(patient) }

  /// What the client that it wraps says, unless the script has a fault: some faults wait.
  public var answersInPlace: Bool { base.answersInPlace && hasNoFault }
}

/// An answer of a registry that cannot be trusted, or only in part.
@nonexhaustive
public enum NonsenseAnswer: Hashable, Sendable, CaseIterable {
  /// What was found, under a number that was not asked about.
  case wrongPatient
  /// That no plan is recorded, for another patient.
  case noneForAnotherPatient
  /// Plans of another child, under that child's number.
  case plansOfAnotherChild
  /// Plans of which some could not be read. When no plan was found, that the answer could not be read.
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

  fileprivate func distort(_ history: AccessHistory) -> AccessHistory {
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
  /// The next valid number; the last of the test range is followed by its first.
  var neighbour: NHSNumber {
    var payload = self.payload
    while true {
      payload = payload >= 999_999_999 ? 999_000_000 : payload + 1
      if let number = NHSNumber(payload: payload) { return number }
    }
  }
}
