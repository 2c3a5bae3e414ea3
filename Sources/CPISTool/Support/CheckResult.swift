import CPIS

/// An outcome together with how much of the uploads it rests on.
///
/// The registry knows only the records that were loaded. While one is missing, "no plan" may be wrong for exactly the
/// child asked about, so it must not look as if it were the whole truth.
struct CheckResult {
  let outcome: TriageOutcome
  let recordsNotLoaded: Int

  /// Whether an answer was given that a record may be missing from. Not checked is no answer.
  private var hasGap: Bool {
    if case .notChecked = outcome { return false }
    return recordsNotLoaded > 0
  }

  var headline: String { hasGap ? "INCOMPLETE: \(outcome.headline)" : outcome.headline }

  /// What to write: the gap before the finding, so that nobody reads "no plan" and stops.
  var displayText: String {
    guard hasGap else { return outcome.displayText }
    let missing = recordsNotLoaded.counted("record was", "records were")
    return "INCOMPLETE: \(missing) not loaded. A plan in \(recordsNotLoaded == 1 ? "it" : "them") "
      + "is not in this answer.\n\(outcome.displayText)"
  }

  var style: Console.Style {
    if case .noPlanRecorded = outcome, hasGap { return .caution }
    return outcome.style
  }

  var exitCode: ExitCode {
    if case .notChecked = outcome { return .notChecked }
    return hasGap ? .incomplete : .success
  }
}
