#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
public import CPIS
public import NHSNumbers

/// One check, for the host's own audit: who, when, where, and with what outcome.
public struct AccessLogEntry: Hashable, Sendable {
  /// The outcome of a check.
  public enum Outcome: Hashable, Sendable {
    /// At least one plan was shown, from this source.
    case plansRecorded(Source)
    /// "No plan recorded under this number" was shown, from this source.
    case noPlanRecorded(Source)
    /// The check was not made. The reason is a word of letters; any other text is written as `other`, as it might
    /// hold a patient.
    case notChecked(reason: String)
  }

  /// Where an answer came from.
  public enum Source: String, Hashable, Sendable, CaseIterable {
    /// The registry, at that moment.
    case registry
    /// An answer kept from earlier.
    case cache
    /// A list that the trust holds.
    case localList
  }

  /// When.
  public let time: Date
  /// Whose record; `nil` when there was no valid number. Only its keyed hash is written.
  public let patient: NHSNumber?
  /// Who, for whom, where.
  public let context: AccessContext
  /// The identity that the authority is told under; `nil` when no patient was named.
  public let accessID: Access.ID?
  /// With what outcome.
  public let outcome: Outcome

  /// Makes an entry.
  public init(
    time: Date, patient: NHSNumber?, context: AccessContext, accessID: Access.ID?, outcome: Outcome
  ) {
    self.time = time
    self.patient = patient
    self.context = context
    self.accessID = accessID
    self.outcome = outcome
  }
}

extension AccessLogEntry: Redacting {}
