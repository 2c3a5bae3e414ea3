#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
public import NHSNumbers

/// A check that could not be made: nothing is known, and in particular not that there is no plan.
public struct NotChecked: Hashable, Sendable {
  /// Why a check could not be made.
  @nonexhaustive
  public enum Reason: Hashable, Sendable {
    /// No number was given.
    case noNumber
    /// What was given is not an NHS number.
    case invalidNumber(NHSNumber.ParseError)
    /// The number has ten equal digits: it stands for "unknown".
    case placeholderNumber
    /// The number was not traced and verified.
    case notTraced
    /// Nothing says that the author may use CP-IS at all.
    case roleMissing
    /// The author's role is for the other kind of care than the setting gives.
    case roleContradictsSetting(CareSetting.Care)
    /// The registry does not let the author or organisation ask.
    case notAuthorised
    /// The registry found the request wrong.
    case requestRejected
    /// The registry could not be reached.
    case registryUnavailable
    /// The registry did not answer in time.
    case registryTooSlow
    /// The registry's answer could not be trusted.
    case answerUnusable
    /// The caller cancelled the check.
    case cancelled
  }

  /// Why.
  public let reason: Reason
  /// The access that was tried; `nil` when no patient was named, as there was no number, or no valid one.
  public let access: Access?
  /// When the check was tried.
  public let triedAt: Date
  /// Whether the local authority will still be told of an unscheduled visit.
  public let authorityTold: NotificationStatus

  /// Makes the outcome of a check, as the service does; for a host's own tests.
  public init(reason: Reason, access: Access?, triedAt: Date, authorityTold: NotificationStatus) {
    self.reason = reason
    self.access = access
    self.triedAt = triedAt
    self.authorityTold = authorityTold
  }
}

extension NotChecked: Redacting {}

extension NotChecked {
  /// The finding in a line.
  public var headline: String { "NOT CHECKED: \(reason.displayText)" }

  /// Whether the authority will be told, if a plan is recorded; `nil` when nothing is to be said.
  public var authorityText: String? {
    if authorityTold == .notDue { return nil }
    return TextBuilder.text(capacity: 100) {
      // The registry found a plan earlier; else it is not known whether there is one.
      $0.addAuthorityText(authorityTold, authorities: authorityTold == .alreadyTold ? 1 : nil)
    }
  }

  /// Why, what it does not mean, and what to do now, for a clinician to read.
  public var displayText: String { displayText(unknown: "It is not known whether a plan is recorded.") }

  /// The same with a sentence of the caller's on what is not known.
  func displayText(unknown: String) -> String {
    let tried = "Tried \(UnitedKingdomTime.civilTime(at: triedAt).displayText)."
    return ["\(headline). \(tried)", "\(unknown) \(reason.advice)", authorityText].compactMap(\.self)
      .joined(separator: "\n")
  }
}

extension NotChecked.Reason {
  /// The reason that a failure of the registry is to a clinician.
  init(_ error: RegistryError) {
    self =
      switch error.code {
      case .accessDenied: .notAuthorised
      case .requestRejected: .requestRejected
      case .timedOut: .registryTooSlow
      case .unusableAnswer: .answerUnusable
      default: .registryUnavailable
      }
  }

  /// The reason as a stable word, for logs and metrics.
  public var code: String {
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

  /// The reason in words.
  public var displayText: String {
    switch self {
    case .noNumber: "no NHS number"
    case .invalidNumber(let error): "not a valid NHS number (\(error.description))"
    case .placeholderNumber: "the NHS number is a placeholder"
    case .notTraced: "the NHS number has not been traced"
    case .roleMissing: "your role does not allow it"
    case .roleContradictsSetting(.unscheduled): "your role is for scheduled care only"
    case .roleContradictsSetting(.scheduled): "your role is for unscheduled care only"
    case .notAuthorised: "the registry does not allow your access"
    case .requestRejected: "the registry rejected the request"
    case .registryUnavailable: "the registry cannot be reached"
    case .registryTooSlow: "the registry did not answer in time"
    case .answerUnusable: "the registry's answer could not be used"
    case .cancelled: "the check was stopped before an answer came"
    }
  }

  /// What to do now.
  public var advice: String {
    let first =
      switch self {
      case .noNumber, .placeholderNumber, .notTraced: "Trace the patient's NHS number, then check again."
      case .invalidNumber: "See whether the number was typed correctly, or trace it, then check again."
      case .roleMissing, .roleContradictsSetting, .notAuthorised: "Ask a colleague whose role allows it to check."
      case .requestRejected: "Report it to your service desk."
      case .registryUnavailable, .registryTooSlow, .answerUnusable, .cancelled: "Check again in a few minutes."
      }
    return "\(first) If you have a concern, do not wait: ring children's social care."
  }
}
