#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
public import CPIS
internal import CPISFiles

/// Why an outbox or its store could not do what it was asked. It holds no path, no payload and no foreign text.
public struct OutboxError: Error, Hashable, Sendable {
  /// The cause. Open: a store of a host's own may add its own.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The cause as a word.
    public let rawValue: String
    /// Makes a cause.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The host's limit on count, bytes or age is reached, or the store can hold no more: 768 MiB in a
    /// ``FileOutboxStore``, in which each item takes its payload, its sealing key's id and 96 bytes. Nothing was taken;
    /// deliver or discard first.
    public static let full = Code(rawValue: "full")
    /// This notice is longer than the limit for one, or these changes together are longer than the store can make at
    /// once: 16 MiB in a ``FileOutboxStore``. Or a sealing key's id is longer than 255 bytes. Nothing was taken.
    public static let tooLarge = Code(rawValue: "tooLarge")
    /// The disk has no room. Nothing was taken; try again when there is.
    public static let diskFull = Code(rawValue: "diskFull")
    /// The disk failed, and what was written was taken back. Nothing was taken; try again.
    public static let diskFailed = Code(rawValue: "diskFailed")
    /// The disk failed in a way after which nothing is known about what is on it. Whether the change was made is
    /// unknown, and every later one is refused. Or the folder was removed, or its lock or the journal's last file was
    /// removed, moved or replaced, or the folder itself was moved or replaced. Before you reopen it, make sure that it is
    /// there, as opening creates a missing folder.
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
    /// There is a folder, but no journal in it. Only an inspection says so: opening a store makes one.
    public static let notAnOutbox = Code(rawValue: "notAnOutbox")
    /// This user may not read the folder. Only an inspection says so; opening a store says ``notWritable``.
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
    /// A notice with the same kind and id is held, or was among the last delivered, and is about another patient or
    /// authority. Nothing was taken. Each notice needs an id of its own: a trace id is for one patient.
    public static let identityInUse = Code(rawValue: "identityInUse")
    /// The notice has no stored form: it holds an instant that is no number, or is longer than 16 MiB. It never will be
    /// taken.
    public static let notStorable = Code(rawValue: "notStorable")
    /// A notice with the same kind and id is held, and cannot be opened to see whether it is the same. Nothing was
    /// taken; offer it again once the sealer's key is there, or the one held is discarded.
    public static let notOpened = Code(rawValue: "notOpened")
    /// The store that was opened anew knows of fewer notices than were accepted before: its folder was moved, emptied or
    /// restored. What it does not hold is elsewhere or lost: call a person. Only an ``OutboxService`` tells of it, as
    /// an event; it goes on with what is there.
    public static let olderContents = Code(rawValue: "olderContents")
    /// A value of the ``OutboxPolicy`` breaks its rule: ``OutboxError/invalidValue`` says which. Correct the policy.
    public static let invalidPolicy = Code(rawValue: "invalidPolicy")
    /// Anything else.
    public static let other = Code(rawValue: "other")
  }

  /// The cause.
  public let code: Code
  /// Which value of the policy breaks which rule; `nil` for every cause except ``Code/invalidPolicy``.
  public let invalidValue: InvalidValue?

  /// Makes an error.
  public init(_ code: Code) {
    self.code = code
    invalidValue = nil
  }

  init(invalidPolicy value: InvalidValue) {
    code = .invalidPolicy
    invalidValue = value
  }
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

extension OutboxError.Code: PortErrorCode {
  package static let ours: Set<OutboxError.Code> = [
    .full, .tooLarge, .diskFull, .diskFailed, .stopped, .notWritable, .notTrusted, .inUse, .notFound,
    .notAnOutbox, .notReadable, .laterVersion, .earlierVersion, .closed, .unknownItem, .notSealed,
    .identityInUse, .notStorable, .notOpened, .olderContents, .invalidPolicy, .other,
  ]
}

extension OutboxError: CustomStringConvertible, LocalizedError {
  /// The cause, and the rule of the policy that is broken, if it is one.
  public var description: String { "outbox: \(code.loggable)" + (invalidValue.map { ": \($0)" } ?? "") }

  /// What ``description`` says, for `localizedDescription`.
  public var errorDescription: String? { description }
}

extension OutboxError {
  /// Whether the store does nothing more, and must be opened anew.
  var isFinal: Bool { code == .stopped || code == .closed }
}

extension SinkError {
  /// What an outbox's error means to the caller who offered it a notice.
  init(_ error: OutboxError) {
    switch error.code {
    case .full, .diskFull: self.init(.full)
    // Offering it again cannot help, and the caller must know that nobody will be told.
    case .tooLarge, .notStorable, .identityInUse: self.init(.rejected)
    default: self.init(.unavailable)
    }
  }
}
