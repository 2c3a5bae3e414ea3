#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
public import NHSNumbers

/// Tells a trust's own safeguarding team that a patient with a plan was checked.
public struct SafeguardingNotice: Hashable, Sendable {
  /// Its identity.
  public let id: UUID
  /// The access that found the plans: whose number they are recorded under (for an unborn child protection plan the
  /// mother's), who checked, for which organisation, where, when, and in which encounter.
  public let access: Access
  /// The plans, each with its authority and phones.
  public let plans: RecordedPlans
  /// Whether all that the registry answered could be read.
  public let completeness: Completeness
  /// Where the plans come from, and how old they were when they were shown. Show it: plans from a cache may have
  /// changed since (hazard H2).
  public let origin: AnswerOrigin
  /// Whether an earlier check of the same visit already gave a notice.
  public let isRepeat: Bool

  /// Makes a notice.
  public init(
    id: UUID, access: Access, plans: RecordedPlans, completeness: Completeness, origin: AnswerOrigin, isRepeat: Bool
  ) {
    self.id = id
    self.access = access
    self.plans = plans
    self.completeness = completeness
    self.origin = origin
    self.isRepeat = isRepeat
  }

  /// Whose number the plans are recorded under.
  public var patient: NHSNumber { access.patient }
}

extension SafeguardingNotice: Redacting {}
