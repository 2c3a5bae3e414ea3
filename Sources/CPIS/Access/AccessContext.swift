#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
public import NHSNumbers

/// Whether a patient's number has been traced and verified with the Personal Demographics Service.
///
/// CP-IS may only be asked about a traced number (hazard H3); the caller says so, and there is no default.
public enum Tracing: Hashable, Sendable, CaseIterable, Codable {
  /// The number was traced, and its demographics match the patient.
  case verified
  /// The number was typed, carried over, or not confirmed.
  case notVerified
}

/// The identity of one access. The same access sent again carries the same id, and counts once.
public struct TraceID: Hashable, Sendable, Codable {
  /// The identity as a UUID, as the `TraceID` header of the national API carries it.
  public let uuid: UUID

  /// Makes a fresh identity.
  public init() { self.uuid = .fresh() }

  /// The identity with a known UUID.
  public init(_ uuid: UUID) { self.uuid = uuid }
}

/// A host's own identity of one encounter: the visit from registration to discharge.
///
/// Opaque to us and never sent to the registry. Hosts build it from their own keys, so it redacts.
public struct EncounterID: Hashable, Sendable, Codable, Redacting {
  /// The host's text.
  public let text: String

  /// Makes an encounter id.
  public init(_ text: String) { self.text = text }
}

/// Who checks, for which organisation, where, and on what footing.
///
/// What decides safety has no default: author, organisation, setting and tracing are always stated.
public struct AccessContext: Hashable, Sendable, Codable {
  /// Who checks.
  public var author: Author
  /// In whose name.
  public var organisation: Organisation
  /// Where the patient is seen, which decides whether the authority is told.
  public var setting: CareSetting
  /// Whether the number was traced.
  public var tracing: Tracing
  /// The visit, when the host knows it. Repeats within one visit are declared once.
  public var encounter: EncounterID?
  /// The identity of the access, under which the registry counts it once.
  ///
  /// One context may serve several patients, or a whole shift: ``TriageService`` uses this identity for the first
  /// patient checked with it, for whom the same context is the same access sent again for a day
  /// (``TriagePolicy/encounterWindow``), and draws a fresh one for every other access.
  public var traceID: TraceID

  /// Makes a context.
  ///
  /// - Parameters:
  ///   - author: who checks.
  ///   - organisation: in whose name.
  ///   - setting: where the patient is seen.
  ///   - tracing: whether the number was traced.
  ///   - encounter: the visit; without one, every context is an access of its own.
  ///   - traceID: a fresh identity unless given. Give the same one to send the same access again, after a crash, say.
  public init(
    author: Author, organisation: Organisation, setting: CareSetting, tracing: Tracing,
    encounter: EncounterID? = nil, traceID: TraceID = TraceID()
  ) {
    self.author = author
    self.organisation = organisation
    self.setting = setting
    self.tracing = tracing
    self.encounter = encounter
    self.traceID = traceID
  }
}

extension AccessContext: Redacting {}
