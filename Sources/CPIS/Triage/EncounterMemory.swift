#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import NHSNumbers

/// What is remembered of encounters, so that registration, triage and ward are one declared access (hazard H14).
///
/// Bounded: the oldest encounters are forgotten first. A forgotten one is declared again, which errs towards telling.
struct EncounterMemory {
  /// An unscheduled encounter of one patient at one organisation.
  struct Key: Hashable {
    let patient: NHSNumber
    let organisation: ODSCode
    let encounter: EncounterID
  }

  /// What is remembered of one.
  struct Visit {
    /// The trace id under which the encounter is one access.
    let traceID: TraceID
    let firstCheck: Date
    /// Plans that the registry found, and when.
    var found: CachedAnswer?
    /// Whether registry or sink has the access.
    var isAuthorityTold = false
    /// Whether the safeguarding team was told.
    var isSafeguardingTold = false
  }

  private var visits: [Key: Visit] = [:]
  private let window: Duration
  private let limit: Int

  init(policy: TriagePolicy) {
    window = policy.encounterWindow
    limit = max(1, policy.encounterLimit)
  }

  /// The visit, opened now if it is new. A clock that jumped either way by more than the window opens a new one.
  mutating func visit(_ key: Key, traceID: TraceID, now: Date) -> Visit {
    if let visit = visits[key], abs(now.timeIntervalSince(visit.firstCheck)) <= window.seconds { return visit }
    if visits.count >= limit { forgetOldest(now: now) }
    let visit = Visit(traceID: traceID, firstCheck: now)
    visits[key] = visit
    return visit
  }

  /// Changes what is remembered of a visit, if it still is the one with a trace id.
  mutating func update(_ key: Key, _ traceID: TraceID, _ change: (inout Visit) -> Void) {
    guard var visit = visits[key], visit.traceID == traceID else { return }
    change(&visit)
    visits[key] = visit
  }

  /// Forgets visits outside the window, and at least a quarter, so that the cost of forgetting is spread.
  private mutating func forgetOldest(now: Date) {
    visits = visits.filter { abs(now.timeIntervalSince($0.value.firstCheck)) <= window.seconds }
    let room = limit - limit / 4
    guard visits.count >= room else { return }
    let oldestFirst = visits.sorted { $0.value.firstCheck < $1.value.firstCheck }
    for (key, _) in oldestFirst.prefix(visits.count - room + 1) { visits[key] = nil }
  }
}
