#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
public import NHSNumbers

/// Who saw a child's record in unscheduled care, most recent first.
///
/// These are accesses to the service, not attendances: an attendance at which nobody checked is missing, and a
/// check may concern a patient who never came. At most the 25 most recent are known.
public struct AccessHistory: Hashable, Sendable {
  /// One access.
  public struct Entry: Hashable, Sendable, Redacting {
    /// When.
    public let time: Date
    /// The viewer's name.
    public let viewerName: String
    /// The viewer's job role; `nil` when the registry gives none.
    public let jobRole: String?
    /// The name of the viewer's organisation.
    public let organisationName: String

    /// Makes an entry. Controls and direction marks in its texts, which others wrote, become spaces; a blank job role is
    /// none.
    public init(time: Date, viewerName: String, jobRole: String?, organisationName: String) {
      self.time = time
      self.viewerName = viewerName.shown
      self.jobRole = jobRole.flatMap { $0.isBlank ? nil : $0.shown }
      self.organisationName = organisationName.shown
    }
  }

  /// The most entries a registry gives.
  public static let limit = 25

  /// Whose history it is: what the registry says, to be compared with what it was asked.
  public let patient: NHSNumber
  /// The accesses, most recent first; empty when the registry knows of none.
  public let entries: [Entry]
  /// Whether the registry's whole answer could be read.
  public let completeness: Completeness

  /// Makes a history; entries are put in order, and those beyond ``limit`` are dropped.
  public init(patient: NHSNumber, entries: [Entry], completeness: Completeness) {
    self.patient = patient
    self.entries = Array(entries.sorted { $0.time > $1.time }.prefix(Self.limit))
    self.completeness = completeness
  }
}

extension AccessHistory: Redacting {}

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

/// Who saw the child's record before, or why that is not known. The enum is closed: there is no third outcome.
public enum AccessHistoryOutcome: Hashable, Sendable {
  /// The history as the registry gave it, and when. It may be empty, and it may be partial.
  case known(AccessHistory, asOf: Date)
  /// Nothing is known.
  case notChecked(NotChecked)
}

extension AccessHistoryOutcome: Redacting {}

extension AccessHistoryOutcome {
  /// The history at a glance, for a clinician to read.
  public var displayText: String {
    switch self {
    case .notChecked(let refusal):
      // A check may just have found a plan, so nothing is said of plans.
      return refusal.displayText(unknown: "It is not known who has seen the child's record.")
    case .known(let history, let time):
      let asOf = "As at \(UnitedKingdomTime.civilTime(at: time).displayText)."
      guard history.completeness == .complete else {
        return
          "\(history.summary(at: time).displayText)\nINCOMPLETE: a part of the history could not be read. \(asOf)"
      }
      return "\(history.summary(at: time).displayText) \(asOf)"
    }
  }
}
