/// Why a call to the disk failed. It names the call and the condition, never a path.
package struct FileSystemError: Error, Hashable, Sendable {
  /// The calls that can fail.
  package enum Operation: String, Hashable, Sendable, CaseIterable {
    case open, close, read, write, size, truncate, sync, lock, rename, remove, list, makeFolder, syncFolder
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
    /// A symbolic link, a file in a folder's place, others' access, another owner, or a file longer than we ever
    /// write: not ours to trust.
    case notTrusted
    /// Any other error number.
    case other(Int32)
  }

  /// The call.
  package let operation: Operation
  /// The condition.
  package let condition: Condition

  /// Makes an error.
  package init(_ operation: Operation, _ condition: Condition) {
    self.operation = operation
    self.condition = condition
  }
}
