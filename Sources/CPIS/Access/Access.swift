#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
public import NHSNumbers

/// One person or system looks at one patient's record, for one organisation, in one setting, at one time.
///
/// A ``RegistryClient`` is asked with an access, and is told of it later when it could not be asked. The notice to the
/// local authority lists it, the audit records it, and every outcome of a check carries it, so that a host can log the
/// very identity under which the authority is told.
///
/// ``TriageService`` makes the access of each check. Within a visit of unscheduled care all checks of one patient are
/// one access: see ``VisitMemory``.
public struct Access: Hashable, Sendable, Identifiable {
  /// The identity of an access. The registry counts accesses with one identity once.
  public struct ID: Hashable, Sendable {
    /// The identity as a UUID, as the `TraceID` header of the national API carries it.
    public let uuid: UUID

    /// Makes an identity from a UUID.
    public init(_ uuid: UUID) { self.uuid = uuid }
  }

  /// Its identity, which holds nothing of the patient.
  public let id: ID
  /// Whose record is looked at.
  public let patient: NHSNumber
  /// Who looks, for whom, and where.
  public let context: AccessContext
  /// When. An access that is declared later keeps the time at which it happened.
  public let time: Date

  /// Makes an access. A host that only makes checks need not: the service does.
  ///
  /// - Parameters:
  ///   - id: its identity. Never use it for another access.
  ///   - patient: whose record is looked at.
  ///   - context: who looks, for whom, and where.
  ///   - time: when.
  public init(id: ID, patient: NHSNumber, context: AccessContext, time: Date) {
    self.id = id
    self.patient = patient
    self.context = context
    self.time = time
  }
}

extension Access: Redacting {}

extension Access.ID: CustomStringConvertible {
  /// The UUID.
  public var description: String { uuid.uuidString }
}
