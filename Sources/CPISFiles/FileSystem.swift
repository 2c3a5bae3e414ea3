/// The disk: every call that reads or changes it goes through here, and every one may fail.
///
/// The calls mean what the system's calls mean, no more: a write may be short, any call may be interrupted, and nothing
/// is durable before ``sync(_:)-(FileID)`` for a file's bytes, and ``sync(_:)-(FolderID)`` for its name. ``Folder``
/// makes them whole.
/// Files are named within a folder that is held open, so that a path that comes to mean another folder changes nothing.
/// ``POSIXFileSystem`` is the machine's disk; in tests a recording file system stands in for it.
package protocol FileSystem: Sendable {
  /// Makes a folder that only its owner may enter (0700); one that is there already is left as it is.
  ///
  /// - Returns: whether it was made.
  func makeFolder(_ path: String) throws(FileSystemError) -> Bool
  /// Removes an empty folder.
  func removeFolder(_ path: String) throws(FileSystemError)
  /// Opens a folder.
  func openFolder(_ path: String, _ access: FolderAccess) throws(FileSystemError) -> FolderID
  /// Closes a folder.
  func close(_ folder: FolderID)
  /// What the folder is now.
  func status(_ folder: FolderID) throws(FileSystemError) -> FileStatus
  /// What a path leads to now; a link in its last place stands for itself.
  func status(ofPath path: String) throws(FileSystemError) -> FileStatus
  /// A path that means the same after the process has changed its working folder.
  func absolute(_ path: String) throws(FileSystemError) -> String
  /// The names in a folder, in no order.
  func list(_ folder: FolderID) throws(FileSystemError) -> [String]
  /// Makes names created, renamed and removed in a folder durable.
  func sync(_ folder: FolderID) throws(FileSystemError)
  /// Gives a file another name in place of whatever has it. Whole or not at all.
  func rename(_ name: String, to newName: String, in folder: FolderID) throws(FileSystemError)
  /// Removes a file.
  func remove(_ name: String, in folder: FolderID) throws(FileSystemError)

  /// Opens a regular file. Never follows a link, never waits for a pipe, and never passes the file on to a child
  /// process.
  func open(_ name: String, in folder: FolderID, _ access: FileAccess) throws(FileSystemError) -> FileID
  /// Closes a file, and gives up its lock.
  func close(_ file: FileID)
  /// Takes the file's lock for as long as it is open.
  ///
  /// - Returns: `false` when another opening of the file holds it.
  func lock(_ file: FileID) throws(FileSystemError) -> Bool
  /// Whether another opening of the file holds its lock. It only asks: it never keeps anybody from taking it.
  func isLocked(_ file: FileID) throws(FileSystemError) -> Bool
  /// What the file is now.
  func status(_ file: FileID) throws(FileSystemError) -> FileStatus
  /// What a name in a folder stands for now; a link stands for itself.
  func status(of name: String, in folder: FolderID) throws(FileSystemError) -> FileStatus
  /// Reads up to `count` bytes; fewer near the end, none at the end, and maybe fewer elsewhere.
  func read(_ file: FileID, at offset: Int, count: Int) throws(FileSystemError) -> [UInt8]
  /// Maps the first `count` bytes to be read as they lie, which must be at least one.
  func map(_ file: FileID, count: Int) throws(FileSystemError) -> MappedBytes
  /// Writes bytes, maybe fewer than given.
  ///
  /// - Returns: how many.
  func write(_ file: FileID, _ bytes: ArraySlice<UInt8>, at offset: Int) throws(FileSystemError) -> Int
  /// Cuts the file to a length.
  func truncate(_ file: FileID, to length: Int) throws(FileSystemError)
  /// Makes the file's bytes and length durable. After it has failed nothing is known about them.
  func sync(_ file: FileID) throws(FileSystemError)
}

/// An open file.
package struct FileID: Hashable, Sendable {
  /// The system's number for it.
  package let number: Int32
  /// Makes one.
  package init(_ number: Int32) { self.number = number }
}

/// An open folder.
package struct FolderID: Hashable, Sendable {
  /// The system's number for it.
  package let number: Int32
  /// Makes one.
  package init(_ number: Int32) { self.number = number }
}

/// What a folder is opened for.
package enum FolderAccess: Hashable, Sendable {
  /// To keep files of ours in it: a link in the path's last place is `notTrusted`.
  case own
  /// To make, list and sync names in it, wherever its path leads.
  case names
  /// To open files in it, wherever its path leads, and no more: who may not list a folder may still do that.
  case search
}

/// What a file is opened for.
package enum FileAccess: Hashable, Sendable {
  /// To read what is there.
  case read
  /// To read and write what is there.
  case update
  /// To write a file that is not there yet, for its owner alone (0600).
  case create
  /// To lock it: created if it does not exist (0600).
  case createOrUpdate
}

/// What a file or a folder is at a moment.
package struct FileStatus: Hashable, Sendable {
  /// Whose it is.
  package enum Owner: Hashable, Sendable { case thisUser, root, another }

  /// Which of all files on the machine it is, whatever its name.
  package struct Identity: Hashable, Sendable {
    private let device: UInt64
    private let number: UInt64
    /// Makes one, from the numbers of its device and of the file on it.
    package init(device: UInt64, number: UInt64) {
      self.device = device
      self.number = number
    }
  }

  /// Which file or folder it is.
  package var identity: Identity
  /// Its length in bytes; of a folder it means nothing.
  package var size: Int
  /// Whose it is.
  package var owner: Owner
  /// Who may do what with it: the lowest nine bits of its mode.
  package var permissions: UInt16
  /// Whether any name still leads to it.
  package var isLinked: Bool

  /// Whether nobody but this user may read, write or enter it.
  package var isPrivate: Bool { owner == .thisUser && permissions & 0o077 == 0 }
  /// Whether nobody but this user may read, write or enter it, and it is still there.
  package var isOursAlone: Bool { isPrivate && isLinked }
  /// Whether nobody but this user and root may change it.
  package var isSafeFromOthers: Bool { owner != .another && permissions & 0o022 == 0 }

  /// Makes one.
  package init(identity: Identity, size: Int, owner: Owner, permissions: UInt16, isLinked: Bool) {
    self.identity = identity
    self.size = size
    self.owner = owner
    self.permissions = permissions
    self.isLinked = isLinked
  }
}

/// Bytes of a file that are read as they lie, until ``release`` is called.
@safe
package struct MappedBytes: @unchecked Sendable {
  // Unchecked, because of the pointer: nobody writes through it.
  /// Where they begin, aligned to 64.
  package let base: UnsafeMutableRawPointer
  /// Gives them back. To be called once, with `base`, after their last use.
  package let release: @Sendable (UnsafeMutableRawPointer) -> Void

  /// Takes over memory.
  package init(_ base: UnsafeMutableRawPointer, release: @escaping @Sendable (UnsafeMutableRawPointer) -> Void) {
    unsafe self.base = base
    unsafe self.release = release
  }
}

extension FileSystem {
  /// Repeats a call for as long as signals interrupt it.
  package func uninterrupted<Value>(
    _ call: () throws(FileSystemError) -> Value
  ) throws(FileSystemError) -> Value {
    while true {
      do throws(FileSystemError) {
        return try call()
      } catch {
        guard error.condition == .interrupted else { throw error }
      }
    }
  }
}

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
    /// A signal interrupted the call; repeat it (`EINTR`).
    case interrupted
    /// The disk is full, or a quota is used up (`ENOSPC`, `EDQUOT`).
    case diskFull
    /// The device failed (`EIO`).
    case deviceFailed
    /// The file system or folder does not let us write (`EROFS`, `EACCES`, `EPERM`).
    case notPermitted
    /// There is no such file (`ENOENT`).
    case notFound
    /// There is one already (`EEXIST`).
    case exists
    /// Not to be trusted: a symbolic link, something other than the folder or file expected, a file that others may
    /// access or that another user owns, one that is no longer under its name, or one longer than any that we write.
    case notTrusted
    /// Anything else.
    case other
  }

  /// The call.
  package let operation: Operation
  /// The condition.
  package let condition: Condition
  /// The system's own number for it (`errno`); `nil` when this module refused and not the system.
  package let systemError: Int32?

  /// Makes an error.
  package init(_ operation: Operation, _ condition: Condition, systemError: Int32? = nil) {
    self.operation = operation
    self.condition = condition
    self.systemError = systemError
  }
}
