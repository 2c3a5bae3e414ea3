#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
public import NHSNumbers

/// One access, as it happened: told to the registry when it could not be part of the query itself.
///
/// A check answered from a cache or during an outage is declared later. Declaring carries the original author,
/// organisation, setting and time; the registry counts accesses with one trace id once, so that it can be sent
/// again after any doubt.
public struct AccessDeclaration: Hashable, Sendable, Codable {
  /// The declaration's own identity, by which a sink knows it again; `nil` for that of the access. Two declarations of
  /// one access may both be needed: the first is forgotten by a registry that holds no plan yet.
  private let ownID: UUID?
  /// Whose record was to be seen.
  public let patient: NHSNumber
  /// Who, for whom, where.
  public let context: AccessContext
  /// When it happened, which may be long before it is declared.
  public let time: Date

  /// The declaration's identity, by which a sink knows it again. The registry goes by the context's trace id.
  public var id: UUID { ownID ?? context.traceID.uuid }

  /// Makes a declaration.
  ///
  /// - Parameters:
  ///   - id: its identity, never used for another one; that of the access when `nil`. Give one wherever one context
  ///     may serve several patients.
  ///   - patient: whose record was to be seen.
  ///   - context: who, for whom, where.
  ///   - time: when it happened.
  public init(id: UUID? = nil, patient: NHSNumber, context: AccessContext, time: Date) {
    self.ownID = id
    self.patient = patient
    self.context = context
    self.time = time
  }
}

extension AccessDeclaration: Redacting {}
