/// The trace ids under which accesses were made, so that no two accesses share one.
///
/// The registry counts accesses with one trace id once. A host that keeps one context for several patients, or for a
/// whole shift, would otherwise make all but the first of them disappear.
///
/// Bounded by two generations: a trace id is forgotten only when at least half the limit of others were used since it
/// was last seen.
struct UsedTraceIDs {
  private var recent: Set<TraceID> = []
  private var older: Set<TraceID> = []
  private let generation: Int

  init(limit: Int) { generation = max(1, limit / 2) }

  /// Takes note of a trace id; whether it was used before.
  mutating func use(_ traceID: TraceID) -> Bool {
    let isUsed = recent.contains(traceID) || older.contains(traceID)
    if recent.insert(traceID).inserted, recent.count > generation {
      older = recent
      recent = [traceID]
    }
    return isUsed
  }
}
