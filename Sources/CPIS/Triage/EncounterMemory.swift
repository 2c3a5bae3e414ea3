#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import NHSNumbers

/// What is remembered of encounters, so that registration, triage and ward are one declared access (hazard H14).
///
/// Bounded: the oldest encounters are forgotten first. A forgotten one is declared again, which errs towards telling.
/// What may no longer be used is dropped at the first use in each hour, so that plans do not stay in memory.
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
    /// Whether the registry found a plan, and so has the access. Nothing less counts: a declaration handed on may be
    /// lost with this process's memory, or reach the registry before the plan does.
    var isAuthorityTold = false
    /// Whether the sink has a notice for the safeguarding team.
    var isSafeguardingTold = false
  }

  private var visits: [Key: Visit] = [:]
  private var hourly = HourlySweep()
  private let window: Duration
  private let answersFor: Duration
  private let limit: Int

  init(policy: TriagePolicy) {
    window = policy.encounterWindow
    answersFor = policy.repeatsAnsweredFor
    limit = max(1, policy.encounterLimit)
  }

  /// The visit; `nil` when it is new, or the clock jumped either way by more than the window.
  mutating func visit(_ key: Key, now: Date) -> Visit? {
    sweep(now: now)
    return visits[key].flatMap { isInWindow($0, now) ? $0 : nil }
  }

  /// Opens a visit.
  mutating func open(_ key: Key, traceID: TraceID, now: Date) -> Visit {
    if visits.count >= limit { forgetOldest() }
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

  private func isInWindow(_ visit: Visit, _ now: Date) -> Bool {
    abs(now.timeIntervalSince(visit.firstCheck)) <= window.seconds
  }

  /// Once in each hour, forgets visits outside the window and plans that may no longer answer.
  private mutating func sweep(now: Date) {
    guard hourly.isDue(at: now) else { return }
    visits = visits.filter { isInWindow($0.value, now) }
    for (key, visit) in visits where visit.found.map({ !$0.isUsable(at: now, for: answersFor) }) ?? false {
      visits[key]?.found = nil
    }
  }

  /// Forgets a quarter, so that the cost of forgetting is spread.
  private mutating func forgetOldest() {
    let room = limit - limit / 4
    let oldestFirst = visits.sorted { $0.value.firstCheck < $1.value.firstCheck }
    for (key, _) in oldestFirst.prefix(visits.count - room + 1) { visits[key] = nil }
  }
}
