internal import CPIS
internal import CPISFiles

/// Why an outbox or its store could not do what it was asked. It holds no path, no payload and no foreign text.
public struct OutboxError: Error, Hashable, Sendable {
  /// The cause. Open: a store of a host's own may add its own.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The cause as a word.
    public let rawValue: String
    /// Makes a cause.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// A limit of the host's own on count, bytes or age is reached, or the store can hold no more: 512 MiB in a
    /// ``FileOutboxStore``. Nothing was taken; deliver or discard first.
    public static let full = Code(rawValue: "full")
    /// This one notice is longer than the limit for one, or these changes together than the store can make at once:
    /// 16 MiB in a ``FileOutboxStore``. Or a sealing key's id is longer than 255 bytes. Nothing was taken.
    public static let tooLarge = Code(rawValue: "tooLarge")
    /// The disk has no room. Nothing was taken; try again when there is.
    public static let diskFull = Code(rawValue: "diskFull")
    /// The disk failed, and what was written was taken back. Nothing was taken; try again.
    public static let diskFailed = Code(rawValue: "diskFailed")
    /// The disk failed in a way after which nothing is known about what is on it. Whether the change was made is
    /// unknown, and every later one is refused. Or the folder was removed, or its lock or the journal's last file was
    /// removed, moved or replaced. A folder that is moved as a whole is still written to: never rename it while it is
    /// open. Before you open it anew, make sure that it is still there, as opening creates a missing folder.
    public static let stopped = Code(rawValue: "stopped")
    /// The folder cannot be written: permissions, or a read-only disk.
    public static let notWritable = Code(rawValue: "notWritable")
    /// The folder is a link, another user's, or open to others; it must be this user's, with mode 0700. Or a link or
    /// something else stands in the place of a file, or a file is too long, or numbered too high, to be one of our
    /// journal files. While a store is open: the folder was opened to others. Close it to them, and try again.
    public static let notTrusted = Code(rawValue: "notTrusted")
    /// Another process, or another part of this one, has the folder open.
    public static let inUse = Code(rawValue: "inUse")
    /// There is no such folder.
    public static let notFound = Code(rawValue: "notFound")
    /// There is a folder, and no journal in it. Only an inspection says so: opening a store makes one.
    public static let notAnOutbox = Code(rawValue: "notAnOutbox")
    /// The folder may not be read. Only an inspection says so; who wants to write is told ``notWritable``.
    public static let notReadable = Code(rawValue: "notReadable")
    /// It was written by a later version. It is left as it is: use that version.
    public static let laterVersion = Code(rawValue: "laterVersion")
    /// It was written by an earlier version, in a form that is no longer read. It is left as it is: deliver what is
    /// in it with that version, or give this version another folder.
    public static let earlierVersion = Code(rawValue: "earlierVersion")
    /// It was closed.
    public static let closed = Code(rawValue: "closed")
    /// No such item is held, or it is not in the state that the change needs.
    public static let unknownItem = Code(rawValue: "unknownItem")
    /// The sealer did not seal. Nothing was taken.
    public static let notSealed = Code(rawValue: "notSealed")
    /// Anything else.
    public static let other = Code(rawValue: "other")
  }

  /// The cause.
  public let code: Code

  /// Makes an error.
  public init(_ code: Code) { self.code = code }
}

extension OutboxError {
  init(disk error: FileSystemError) {
    let code: Code =
      switch error.condition {
      case .diskFull: .diskFull
      case .notPermitted: .notWritable
      case .notTrusted: .notTrusted
      case .notFound: .notFound
      case .deviceFailed, .interrupted, .exists, .other: .diskFailed
      }
    self.init(code)
  }

  init(log error: LogError) {
    switch error {
    case .disk(let error): self.init(disk: error)
    case .stopped: self.init(.stopped)
    case .closed: self.init(.closed)
    case .inUse: self.init(.inUse)
    case .full: self.init(.full)
    case .earlierVersion: self.init(.earlierVersion)
    case .laterVersion: self.init(.laterVersion)
    }
  }
}

extension OutboxError: CustomStringConvertible {
  /// The cause.
  public var description: String { "outbox: \(code.rawValue)" }
}

extension SinkError {
  /// What an outbox's error means to whoever offered it a notice.
  init(_ error: OutboxError) {
    switch error.code {
    case .full, .diskFull: self.init(.full)
    case .tooLarge, .notStorable: self.init(.rejected)
    default: self.init(.unavailable)
    }
  }
}
