#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Says when to remove what has expired: at the first use in each hour. Last days end on the hour, so that nothing
/// outlives its own.
struct HourlySweep {
  private var lastHour: Double?

  /// Whether this is the first use in its hour. A clock that says nothing sensible counts as another hour.
  mutating func isDue(at now: Date) -> Bool {
    let hour = (now.timeIntervalSince1970 / 3600).rounded(.down)
    defer { lastHour = hour }
    return hour != lastHour
  }
}
