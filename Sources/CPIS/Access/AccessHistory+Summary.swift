#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

extension AccessHistory {
  /// The history at a glance.
  public struct Summary: Hashable, Sendable {
    /// Accesses in the last 7 days of 24 hours.
    public let inSevenDays: Int
    /// Accesses in the last 30 days.
    public let inThirtyDays: Int
    /// Accesses in the last 365 days.
    public let inAYear: Int
    /// How many differently named organisations appear in the last 365 days.
    public let organisationsInAYear: Int
    /// Whether the counts may be too low: the history was cut at 25, or could not be read whole.
    public let mayBeMore: Bool

    /// The summary and its caveat, for a clinician to read.
    public var displayText: String {
      let orMore = mayBeMore ? " or more" : ""
      return """
        Checked in unscheduled care: \(inSevenDays)\(orMore) in 7 days, \(inThirtyDays)\(orMore) in 30 days, \
        \(inAYear)\(orMore) in 365 days, by \(organisationsInAYear)\(orMore) \
        \(organisationsInAYear == 1 && !mayBeMore ? "organisation" : "organisations"). \
        These are checks of the record, not attendances: visits without a check are not here.
        """
    }
  }

  /// Counts the entries up to an instant. Entries after it, from a clock ahead of ours, count as now.
  ///
  /// - Complexity: O(*n*), *n* at most 25.
  public func summary(at now: Date) -> Summary {
    func recent(_ days: Double) -> [Entry] {
      entries.filter { now.timeIntervalSince($0.time) <= days * 86_400 }
    }
    let year = recent(365)
    return Summary(
      inSevenDays: recent(7).count,
      inThirtyDays: recent(30).count,
      inAYear: year.count,
      organisationsInAYear: Set(year.map(\.organisationName)).count,
      mayBeMore: completeness != .complete || entries.count == Self.limit)
  }
}
