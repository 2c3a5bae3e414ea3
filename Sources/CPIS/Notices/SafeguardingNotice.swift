#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
public import NHSNumbers

/// Tells a trust's own safeguarding team that a patient with a plan was checked.
public struct SafeguardingNotice: Hashable, Sendable, Codable {
  /// Its identity.
  public let id: UUID
  /// Whose number the plans are recorded under. For an unborn child protection plan, the mother's.
  public let patient: NHSNumber
  /// The plans, each with its authority and phones.
  public let plans: RecordedPlans
  /// Whether all that the registry answered could be read.
  public let completeness: Completeness
  /// Who checked, for which organisation, where, in which encounter.
  public let context: AccessContext
  /// When.
  public let time: Date
  /// Whether an earlier check of the same encounter already gave a notice.
  public let isRepeat: Bool
  /// Where the plans come from, and how old they were when they were shown; `nil` when whoever made the notice did
  /// not say. Show it: plans from a cache may have changed since (hazard H2).
  public let origin: AnswerOrigin?

  /// Makes a notice.
  public init(
    id: UUID, patient: NHSNumber, plans: RecordedPlans, completeness: Completeness, context: AccessContext,
    time: Date, isRepeat: Bool, origin: AnswerOrigin? = nil
  ) {
    self.id = id
    self.patient = patient
    self.plans = plans
    self.completeness = completeness
    self.context = context
    self.time = time
    self.isRepeat = isRepeat
    self.origin = origin
  }
}

extension SafeguardingNotice: Redacting {}
