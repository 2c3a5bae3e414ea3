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
  /// Whose record was to be seen.
  public let patient: NHSNumber
  /// Who, for whom, where.
  public let context: AccessContext
  /// When it happened, which may be long before it is declared.
  public let time: Date

  /// Makes a declaration.
  public init(patient: NHSNumber, context: AccessContext, time: Date) {
    self.patient = patient
    self.context = context
    self.time = time
  }
}

extension AccessDeclaration: Redacting {}
