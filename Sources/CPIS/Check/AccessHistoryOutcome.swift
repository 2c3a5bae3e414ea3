#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
public import NHSNumbers

/// Who saw the child's record before, or why that is not known.
public enum AccessHistoryOutcome: Hashable, Sendable {
  /// The history as the registry gave it, and when. It may be empty, and it may be partial.
  case known(AccessHistory, asOf: Date)
  /// Nothing is known.
  case notChecked(NotChecked)
}

extension AccessHistoryOutcome: Redacting {}

extension AccessHistoryOutcome {
  /// The history at a glance, for a clinician to read.
  public var displayText: String {
    switch self {
    case .notChecked(let refusal):
      // A check may just have found a plan, so nothing is said of plans.
      return refusal.displayText(unknown: "It is not known who has seen the child's record.")
    case .known(let history, let time):
      let asOf = "As at \(UnitedKingdomTime.civilTime(at: time).displayText)."
      guard history.completeness == .complete else {
        return
          "\(history.summary(at: time).displayText)\nINCOMPLETE: a part of the history could not be read. \(asOf)"
      }
      return "\(history.summary(at: time).displayText) \(asOf)"
    }
  }
}
