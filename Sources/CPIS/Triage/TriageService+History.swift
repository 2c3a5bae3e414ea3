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
      return refusal.displayText
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

extension TriageService {
  /// Asks who saw the child's record in unscheduled care, by the number as it was typed or came in a message.
  ///
  /// - Parameters:
  ///   - text: ten digits, or 3-3-4 with single spaces; `nil` or blank when there is none.
  ///   - context: who asks, for whom, where.
  public func accessHistory(for text: String?, in context: AccessContext) async -> AccessHistoryOutcome {
    switch Self.number(from: text) {
    case .success(let patient): return await accessHistory(for: patient, in: context)
    case .failure(let unusable):
      return .notChecked(NotChecked(reason: unusable.reason, triedAt: clock.now, authorityTold: .notDue))
    }
  }

  /// Asks who saw the child's record in unscheduled care. Asking neither logs nor notifies.
  ///
  /// The gate and the deadline are those of a check; nothing is kept.
  public func accessHistory(for patient: NHSNumber, in context: AccessContext) async -> AccessHistoryOutcome {
    func notChecked(_ reason: NotChecked.Reason) -> AccessHistoryOutcome {
      .notChecked(NotChecked(reason: reason, triedAt: clock.now, authorityTold: .notDue))
    }
    if let reason = Gate.refusal(patient, in: context) { return notChecked(reason) }
    let registry = registry
    let result = await clock.bounded(by: policy.deadline) { () async -> Result<AccessHistory, RegistryError> in
      do throws(RegistryError) {
        return .success(try await registry.accessHistory(for: patient, in: context))
      } catch {
        return .failure(error)
      }
    }
    switch result {
    case .success(let history) where history.patient == patient:
      return .known(history, asOf: clock.now)
    case .success:
      observe(.registryFailed(RegistryError(.unusableAnswer)), context)
      return notChecked(.answerUnusable)
    case .failure(let error):
      observe(.registryFailed(error), context)
      return notChecked(NotChecked.Reason(error))
    case nil:
      observe(.registryFailed(RegistryError(.timedOut)), context)
      return notChecked(.registryTooSlow)
    }
  }
}
