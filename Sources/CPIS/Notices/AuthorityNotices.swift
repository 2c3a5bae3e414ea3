#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
public import NHSNumbers

/// Tells a local authority who saw the records of its children in a time window (`REPC_MT000004GB01`).
///
/// It carries no clinical content, no reason and no address. One without accesses is legal.
public struct AccessToServiceNotification: Hashable, Sendable {
  /// One access to one child's record.
  public struct Entry: Hashable, Sendable, Redacting {
    /// The identity of the access.
    public let id: Access.ID
    /// When.
    public let time: Date
    /// Who.
    public let author: Author
    /// In whose name.
    public let organisation: Organisation
    /// Whose record.
    public let patient: NHSNumber
    /// The authority's own id for the child; `nil` when it gave none.
    public let localID: String?

    /// Makes an entry.
    public init(
      id: Access.ID, time: Date, author: Author, organisation: Organisation, patient: NHSNumber, localID: String?
    ) {
      self.id = id
      self.time = time
      self.author = author
      self.organisation = organisation
      self.patient = patient
      self.localID = localID
    }
  }

  /// The accesses to records that came with one upload.
  public struct FileGroup: Hashable, Sendable, Redacting {
    /// The upload's file id.
    public let fileID: UploadFileID
    /// The accesses, oldest first.
    public let accesses: [Entry]

    /// Makes a group.
    public init(fileID: UploadFileID, accesses: [Entry]) {
      self.fileID = fileID
      self.accesses = accesses
    }
  }

  /// Its identity.
  public let id: UUID
  /// When it was made.
  public let creationTime: Date
  /// The authority it goes to.
  public let recipient: LocalAuthority
  /// The accesses, by upload, lowest file id first.
  public let groups: [FileGroup]

  /// Makes a notification.
  public init(id: UUID, creationTime: Date, recipient: LocalAuthority, groups: [FileGroup]) {
    self.id = id
    self.creationTime = creationTime
    self.recipient = recipient
    self.groups = groups
  }

  /// How many accesses it tells of.
  public var total: Int { groups.reduce(0) { $0 + $1.accesses.count } }
}

extension AccessToServiceNotification: Redacting {}

/// Tells a local authority that a number it uploaded is no longer in use (`REPC_MT000005GB01`).
public struct InactiveNumberNotice: Hashable, Sendable {
  /// Its identity.
  public let id: UUID
  /// When it was made.
  public let creationTime: Date
  /// The authority it goes to.
  public let recipient: LocalAuthority
  /// The number that is no longer in use.
  public let oldNumber: NHSNumber
  /// The numbers that replace it; empty after an adoption or an invalidation.
  public let replacements: [NHSNumber]
  /// The upload that carried the old number.
  public let fileID: UploadFileID

  /// Makes a notice.
  public init(
    id: UUID, creationTime: Date, recipient: LocalAuthority, oldNumber: NHSNumber, replacements: [NHSNumber],
    fileID: UploadFileID
  ) {
    self.id = id
    self.creationTime = creationTime
    self.recipient = recipient
    self.oldNumber = oldNumber
    self.replacements = replacements
    self.fileID = fileID
  }
}

extension InactiveNumberNotice: Redacting {}
