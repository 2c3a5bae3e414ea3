#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
public import CPIS
internal import CPISJSON
public import NHSNumbers

/// One check, for the host's own audit: who, when, where, and with what outcome.
public struct AuditEntry: Hashable, Sendable {
  /// The outcome of a check.
  @nonexhaustive
  public enum Outcome: Hashable, Sendable {
    /// At least one plan was shown, from this source.
    case plansRecorded(Source)
    /// "No plan recorded under this number" was shown, from this source.
    case noPlanRecorded(Source)
    /// The check was not made. The reason is 1 to 40 ASCII letters; anything else is written as `other`, as it might
    /// hold a patient.
    case notChecked(reason: String)
  }

  /// Where an answer came from.
  @nonexhaustive
  public enum Source: Hashable, Sendable, CaseIterable {
    /// The registry, at that moment.
    case registry
    /// An answer kept from earlier.
    case cache
    /// A list that the trust holds.
    case localList
  }

  /// The time of the check.
  public let time: Date
  /// The patient whose record was checked; `nil` when there was no valid number. Only a keyed hash is written.
  public let patient: NHSNumber?
  /// The author, organisation and care setting.
  public let context: AccessContext
  /// The identity that the authority is told under; `nil` when no patient was named.
  public let accessID: Access.ID?
  /// The outcome of the check.
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

extension AuditEntry: Redacting {}

extension AuditEntry.Outcome {
  /// What became of a check. An answer from an earlier check of the same visit counts as one from a cache.
  public init(_ outcome: TriageOutcome) {
    switch outcome {
    case .plansRecorded(let found): self = .plansRecorded(.init(found.origin.source))
    case .noPlanRecorded(let answer): self = .noPlanRecorded(.init(answer.origin.source))
    case .notChecked(let refusal): self = .notChecked(reason: refusal.reason.code)
    }
  }
}

extension AuditEntry.Source {
  fileprivate init(_ source: AnswerOrigin.Source) {
    self =
      switch source {
      case .registry: .registry
      case .freshCache, .cacheWhileRegistryDown, .earlierInVisit: .cache
      }
  }
}

// MARK: The words that are written. A log outlives the names of cases.

extension AuditEntry {
  /// The entry as a JSON object, its names in alphabetical order; `nil` for a time outside the years 1 to 9999.
  func json(number: UInt64, patientHash: String?) -> [UInt8]? {
    guard let time = UTCTimestamp.text(time) else { return nil }
    return JSONWriter.object { json in
      if let accessID { json.add("access", accessID.description) }
      json.add("author", context.author.identifier)
      switch context.author {
      case .worker: json.add("authorKind", "worker")
      case .system: json.add("authorKind", "system")
      }
      json.add("number", number)
      json.add("organisation", context.organisation.code.text)
      json.add("outcome", outcome.word)
      if let patientHash { json.add("patient", patientHash) }
      if case .worker(let worker) = context.author { json.add("role", worker.roleProfileID) }
      json.add("setting", context.setting.name)
      if let source = outcome.source { json.add("source", source.word) }
      json.add("time", time)
    }
  }
}

extension AuditEntry.Outcome {
  fileprivate var word: String {
    switch self {
    case .plansRecorded: "plansRecorded"
    case .noPlanRecorded: "noPlanRecorded"
    case .notChecked(let reason): "notChecked:" + (Self.isWord(reason) ? reason : "other")
    }
  }

  fileprivate var source: AuditEntry.Source? {
    switch self {
    case .plansRecorded(let source), .noPlanRecorded(let source): source
    case .notChecked: nil
    }
  }

  private static func isWord(_ text: String) -> Bool {
    (1...40).contains(text.utf8.count)
      && text.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) }
  }
}

extension AuditEntry.Source {
  fileprivate var word: String {
    switch self {
    case .registry: "registry"
    case .cache: "cache"
    case .localList: "localList"
    }
  }
}
