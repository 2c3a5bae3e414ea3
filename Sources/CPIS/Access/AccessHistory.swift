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

    /// Makes an entry.
    public init(time: Date, viewerName: String, jobRole: String?, organisationName: String) {
      self.time = time
      self.viewerName = viewerName
      self.jobRole = jobRole
      self.organisationName = organisationName
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
