#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
internal import CPISFiles

/// Why an audit log could not do what it was asked. It holds no path and nothing of a patient.
public struct AuditError: Error, Hashable, Sendable {
  /// The cause. Open: more may be added.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The cause as a word.
    public let rawValue: String
    /// Makes a cause.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// It was closed.
    public static let closed = Code(rawValue: "closed")
    /// The patient could not be hashed, or to fewer than 16 or more than 64 bytes. Nothing was written.
    public static let notHashed = Code(rawValue: "notHashed")
    /// The entry cannot be written: its time lies outside the years 1 to 9999, or its texts are longer than 16 MiB.
    /// Nothing was written.
    public static let notStorable = Code(rawValue: "notStorable")
    /// The disk has no room. Nothing was written; try again when there is.
    public static let diskFull = Code(rawValue: "diskFull")
    /// The disk failed, and what was written was taken back. Nothing was written; try again.
    public static let diskFailed = Code(rawValue: "diskFailed")
    /// The disk failed in a way after which nothing is known about what is on it. Whether the entry was written is
    /// unknown, and every later one is refused. Or the folder was removed, or its lock or last segment was removed,
    /// moved or replaced. A folder that is moved as a whole is still written to: never rename it while it is open.
    /// Before you open it anew, make sure that it is still there, as opening creates a missing folder.
    public static let stopped = Code(rawValue: "stopped")
    /// Another process, or another part of this one, has the folder open.
    public static let inUse = Code(rawValue: "inUse")
    /// The folder cannot be written, or on verifying not be read, by this user.
    public static let notPermitted = Code(rawValue: "notPermitted")
    /// The folder is a link, another user's, or open to others; it must be this user's, with mode 0700. Or a link or
    /// something else stands in the place of a file, or a file is too long, or numbered too high, to be one of ours.
    /// While a log is open: the folder was opened to others. Close it to them, and try again.
    public static let notTrusted = Code(rawValue: "notTrusted")
    /// There is no such folder.
    public static let notFound = Code(rawValue: "notFound")
    /// There is a folder, but no audit log in it. Only verifying says so: opening a log makes one.
    public static let notAnAuditLog = Code(rawValue: "notAnAuditLog")
    /// An earlier version wrote what is in the folder, in a form that is no longer read. It is left as it is. Keep the
    /// folder, verify it with that version's tool, and give this version another folder.
    public static let earlierVersion = Code(rawValue: "earlierVersion")
    /// A later version wrote it. It is left as it is: use that version.
    public static let laterVersion = Code(rawValue: "laterVersion")
    /// Anything else.
    public static let other = Code(rawValue: "other")
  }

  /// The cause.
  public let code: Code

  /// Makes an error.
  public init(_ code: Code) { self.code = code }
}

extension AuditError: CustomStringConvertible {
  /// The cause.
  public var description: String { "audit: \(code.rawValue)" }
}

extension AuditError {
  init(log error: LogError) {
    switch error {
    case .full: self.init(.other)
    case .earlierVersion: self.init(.earlierVersion)
    case .laterVersion: self.init(.laterVersion)
    case .inUse: self.init(.inUse)
    case .closed: self.init(.closed)
    case .stopped: self.init(.stopped)
    case .disk(let error): self.init(disk: error)
    }
  }

  init(disk error: FileSystemError) {
    let code: Code =
      switch error.condition {
      case .notFound: .notFound
      case .notTrusted: .notTrusted
      case .notPermitted: .notPermitted
      case .diskFull: .diskFull
      case .deviceFailed, .interrupted, .exists, .other: .diskFailed
      }
    self.init(code)
  }
}

extension AuditError: LocalizedError {
  /// What `description` says.
  public var errorDescription: String? { description }
}
