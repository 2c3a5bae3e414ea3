public import NHSNumbers

/// What a check found: one of three things, and no path turns one into another.
///
/// Show ``displayText``, or the parts of each case; whatever else a host shows, a check that could not be made
/// must never look like "no plan" (hazard H1).
public enum TriageOutcome: Hashable, Sendable {
  /// At least one plan is recorded.
  case plansRecorded(PlansRecorded)
  /// No plan is recorded under this number. Not the same as "not at risk".
  case noPlanRecorded(NoPlanRecorded)
  /// Nothing is known, and why.
  case notChecked(NotChecked)
}

extension TriageOutcome: Redacting {}

extension TriageOutcome {
  /// The access made by this check, under whose identity the authority is told; `nil` when no patient was named.
  public var access: Access? {
    switch self {
    case .plansRecorded(let found): found.access
    case .noPlanRecorded(let answer): answer.access
    case .notChecked(let refusal): refusal.access
    }
  }

  /// The outcome for a clinician to read: complete, in plain words and UK time.
  public var displayText: String {
    switch self {
    case .plansRecorded(let found): found.displayText
    case .noPlanRecorded(let answer): answer.displayText
    case .notChecked(let refusal): refusal.displayText
    }
  }

  /// The outcome in a line, for a list or a banner.
  public var headline: String {
    switch self {
    case .plansRecorded(let found): found.headline
    case .noPlanRecorded(let answer): answer.headline
    case .notChecked(let refusal): refusal.headline
    }
  }
}
