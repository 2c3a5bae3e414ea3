public import CPIS

extension AccessLogEntry.Outcome {
  /// What became of a check. An answer from an earlier check of the same visit counts as one from a cache.
  public init(_ outcome: TriageOutcome) {
    switch outcome {
    case .plansRecorded(let found): self = .plansRecorded(.init(found.origin.source))
    case .noPlanRecorded(let answer): self = .noPlanRecorded(.init(answer.origin.source))
    case .notChecked(let refusal): self = .notChecked(reason: refusal.reason.word)
    }
  }
}

extension AccessLogEntry.Source {
  fileprivate init(_ source: AnswerOrigin.Source) {
    self =
      switch source {
      case .registry: .registry
      case .freshCache, .cacheWhileRegistryDown, .earlierInEncounter: .cache
      }
  }
}

extension NotChecked.Reason {
  /// The word for it in a log. Written out: logs outlive the names of cases.
  fileprivate var word: String {
    switch self {
    case .noNumber: "noNumber"
    case .invalidNumber: "invalidNumber"
    case .placeholderNumber: "placeholderNumber"
    case .notTraced: "notTraced"
    case .roleMissing: "roleMissing"
    case .roleContradictsSetting: "roleContradictsSetting"
    case .notAuthorised: "notAuthorised"
    case .requestRejected: "requestRejected"
    case .registryUnavailable: "registryUnavailable"
    case .registryTooSlow: "registryTooSlow"
    case .answerUnusable: "answerUnusable"
    case .cancelled: "cancelled"
    }
  }
}
