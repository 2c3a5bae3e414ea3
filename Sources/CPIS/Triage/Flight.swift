#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import NHSNumbers

/// One check under way, and all who wait for it.
final class Flight: Sendable {
  let patient: NHSNumber
  /// The context of whoever came first, with the trace id under which the encounter is one access.
  let context: AccessContext
  /// The trace id that whoever came first asked with.
  let askedAs: TraceID
  /// When it began.
  let start: Date
  /// The encounter it belongs to; `nil` in scheduled care, or when the host named none.
  let visit: EncounterMemory.Key?
  /// Whether the registry found a plan in an earlier check of the encounter, and so declared it; and whether the
  /// safeguarding team was told.
  let isAuthorityTold: Bool
  let isSafeguardingTold: Bool
  let settlement = Settlement<TriageOutcome>()

  init(
    patient: NHSNumber, context: AccessContext, askedAs: TraceID, start: Date, visit: EncounterMemory.Key? = nil,
    isAuthorityTold: Bool = false, isSafeguardingTold: Bool = false
  ) {
    self.patient = patient
    self.context = context
    self.askedAs = askedAs
    self.start = start
    self.visit = visit
    self.isAuthorityTold = isAuthorityTold
    self.isSafeguardingTold = isSafeguardingTold
  }

  var isUnscheduled: Bool { context.setting.care == .unscheduled }

  /// Whether a check would be the same access as this one: the same unscheduled encounter, whoever of the staff
  /// asks; or the same author in the same place and, in unscheduled care, with the same context. Others are accesses
  /// of their own, and are declared as such.
  func isSameAccess(as other: AccessContext) -> Bool {
    guard context.organisation.code == other.organisation.code,
      context.setting.care == other.setting.care,
      context.encounter == other.encounter
    else { return false }
    if isUnscheduled {
      if context.encounter != nil { return true }
      if askedAs != other.traceID { return false }
    }
    return context.setting == other.setting && context.author == other.author
  }
}
