#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import NHSNumbers

/// The trace ids under which accesses were made, so that no two accesses share one.
///
/// The registry counts accesses with one trace id once. A host that keeps one context for several patients, or for a
/// whole shift, would otherwise make all but the first of them disappear.
///
/// Bounded by two generations: a trace id is forgotten only when at least half the limit of others were used since it
/// was last seen.
struct UsedTraceIDs {
  private struct Use {
    let patient: NHSNumber
    let first: Date
  }

  private var recent: [TraceID: Use] = [:]
  private var older: [TraceID: Use] = [:]
  private let window: Duration
  private let generation: Int

  init(policy: TriagePolicy) {
    window = policy.encounterWindow
    generation = max(1, policy.encounterLimit / 2)
  }

  /// Takes note of a trace id; whether it may stand for an access now: it is new, or the same patient's access is sent
  /// again within the window.
  mutating func mayUse(_ traceID: TraceID, for patient: NHSNumber, now: Date) -> Bool {
    let known = recent[traceID] ?? older[traceID]
    recent[traceID] = known ?? Use(patient: patient, first: now)
    if recent.count > generation {
      older = recent
      recent = [:]
    }
    guard let known else { return true }
    return known.patient == patient && abs(now.timeIntervalSince(known.first)) <= window.seconds
  }
}
