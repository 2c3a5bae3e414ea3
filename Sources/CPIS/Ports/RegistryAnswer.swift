public import NHSNumbers

/// What a registry says is recorded under a number.
public struct RegistryAnswer: Hashable, Sendable {
  /// The two things that a registry can say.
  public enum Finding: Hashable, Sendable, Redacting {
    /// At least one plan is recorded. Partial when some of the answer could not be read: there may be more.
    case plans(RecordedPlans, Completeness)

    /// No plan is recorded **under this number**; never "not at risk". A reply that could not be read whole is
    /// no such answer: throw ``RegistryError/Code/unusableAnswer``.
    case noPlanUnderThisNumber
  }

  /// The number the registry answered about, as the reply says: the service compares it with what it asked (H3).
  public let patient: NHSNumber

  /// What is recorded.
  public let finding: Finding

  /// The last day on which the answer may be shown, when the registry knows more than the plans' own dates say:
  /// the day before an 18th birthday. `nil` when it says nothing.
  public let validThrough: CivilDay?

  /// Makes an answer.
  public init(patient: NHSNumber, finding: Finding, validThrough: CivilDay? = nil) {
    self.patient = patient
    self.finding = finding
    self.validThrough = validThrough
  }
}

extension RegistryAnswer {
  /// Whether the whole of it could be read.
  var isComplete: Bool {
    if case .plans(_, .partial) = finding { return false }
    return true
  }
}

extension RegistryAnswer: Redacting {}
