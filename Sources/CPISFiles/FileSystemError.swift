/// Why a call to the disk failed. It names the call and the condition, never a path.
package struct FileSystemError: Error, Hashable, Sendable {
  /// The calls that can fail.
  package enum Operation: String, Hashable, Sendable, CaseIterable {
    case open, read, write, map, status, truncate, sync, lock, rename, remove, list, makeFolder, removeFolder,
      openFolder,
      syncFolder
  }

  /// What the system said, as far as we act on it.
  package enum Condition: Hashable, Sendable {
    /// A signal came first; the same call again is right (`EINTR`).
    case interrupted
    /// No room, or a quota is used up (`ENOSPC`, `EDQUOT`).
    case diskFull
    /// The device failed (`EIO`).
    case deviceFailed
    /// The file system or folder does not let us write (`EROFS`, `EACCES`, `EPERM`).
    case notPermitted
    /// There is no such file (`ENOENT`).
    case notFound
    /// There is one already (`EEXIST`).
    case exists
    /// A symbolic link, something else in the place of a folder or a file, access for others, another owner, a file
    /// that is no longer under its name, or one longer than we ever write: not ours to trust.
    case notTrusted
    /// Anything else.
    case other
  }

  /// The call.
  package let operation: Operation
  /// The condition.
  package let condition: Condition
  /// The system's own number for it (`errno`); `nil` when it was we who refused.
  package let systemError: Int32?

  /// Makes an error.
  package init(_ operation: Operation, _ condition: Condition, systemError: Int32? = nil) {
    self.operation = operation
    self.condition = condition
    self.systemError = systemError
  }
}
