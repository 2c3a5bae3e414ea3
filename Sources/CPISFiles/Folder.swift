/// A folder that is held open, with calls that are whole: all of the bytes or an error, whatever signals come.
///
/// It is a handle: whoever opens it closes it, once.
package struct Folder: Sendable {
  /// The disk that it is on.
  package let fileSystem: any FileSystem
  private let id: FolderID
  /// Where it was found, for a folder that is ours alone; `nil` for any other.
  private let ownPath: String?

  /// The name of the file whose lock stands for the folder.
  package static let lockName = "lock"
  /// The name of a file that is not finished.
  package static let temporaryName = "unfinished"

  /// Opens a folder by its path.
  ///
  /// - Throws: for ``FolderAccess/own`` `notTrusted` for a link, also when a slash follows it, and for what is no
  ///   folder.
  package init(_ fileSystem: any FileSystem, _ path: String, _ access: FolderAccess = .own) throws(FileSystemError)
  {
    try self.init(fileSystem, path, access, ownPath: nil)
  }

  private init(
    _ fileSystem: any FileSystem, _ path: String, _ access: FolderAccess, ownPath: String?
  ) throws(FileSystemError) {
    self.fileSystem = fileSystem
    self.ownPath = ownPath
    // A slash at the end would have a link followed.
    let path = access == .own ? Self.withoutSlashes(path) : path
    id = try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.openFolder(path, access) }
  }

  /// Closes it.
  package func close() { fileSystem.close(id) }

  /// A path without slashes, and references of a folder to itself, at its end.
  private static func withoutSlashes(_ path: String) -> String {
    var bytes = Array(path.utf8)[...]
    while bytes.count > 1, bytes.last == UInt8(ascii: "/") || bytes.suffix(2).elementsEqual("/.".utf8) {
      bytes.removeLast()
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The folder that holds a folder, and the name in it; by bytes, as to a `Character` a slash with a combining mark
  /// after it is no slash.
  package static func split(_ path: String) -> (parent: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
    return (slash == path.startIndex ? "/" : String(path[..<slash]), String(path[path.utf8.index(after: slash)...]))
  }
}

// MARK: Folders to look at

extension Folder {
  /// Opens a folder to look at, not to write to: also one that we would not keep files of ours in.
  ///
  /// - Returns: the folder, and why it is not trusted; `nil` when it is ours alone, and not reached through a link in the
  ///   path's last place. Tell the reader.
  /// - Throws: `notFound` when there is no folder, or a link leads nowhere; `notTrusted` for what is no folder.
  package static func forInspection(
    _ fileSystem: any FileSystem, _ path: String
  ) throws(FileSystemError) -> (folder: Folder, distrust: FolderDistrust?) {
    let folder: Folder
    do throws(FileSystemError) {
      folder = try Folder(fileSystem, path)
    } catch {
      guard error.condition == .notTrusted else { throw error }
      return (try Folder(fileSystem, path, .names), .link)
    }
    do throws(FileSystemError) {
      return (folder, FolderDistrust(try folder.status))
    } catch {
      folder.close()
      throw error
    }
  }
}

/// Why a folder is not one that we keep files of ours in.
package enum FolderDistrust: Hashable, Sendable, CaseIterable {
  /// It was reached through a link.
  case link
  /// It is another user's.
  case anotherUsers
  /// Others than its owner may enter, list or change it.
  case openToOthers
  /// It was removed while it was open.
  case removed
  /// A file of ours in it is another user's, or others may read or change it.
  case files

  /// The reason for which a folder is not trusted; `nil` when it is ours alone.
  fileprivate init?(_ status: FileStatus) {
    if status.isOursAlone { return nil }
    self = !status.isLinked ? .removed : status.owner != .thisUser ? .anotherUsers : .openToOthers
  }
}

extension FolderDistrust: CustomStringConvertible {
  /// The reason in a sentence, and what follows from it.
  package var description: String {
    let reason =
      switch self {
      case .link: "the folder is a link"
      case .anotherUsers: "the folder is another user's"
      case .openToOthers: "the folder is open to others"
      case .removed: "the folder is no longer there"
      case .files: "a file in the folder is another user's, or open to others"
      }
    return "\(reason): it will be refused when opened"
  }
}

extension Folder {
  /// Why files in a folder that is trusted would be refused; `nil` when they are ours alone, or no longer there.
  package func distrust(of names: [String]) -> FolderDistrust? {
    let isEachPrivate = names.allSatisfy { name in
      let status = try? fileSystem.uninterrupted { () throws(FileSystemError) in
        try fileSystem.status(of: name, in: id)
      }
      return status?.isPrivate ?? true
    }
    return isEachPrivate ? nil : .files
  }
}

// MARK: Folders that are ours alone

extension Folder {
  /// Opens a folder that is ours alone, which is made when it is not there; the folder that holds it must be.
  ///
  /// - Throws: `notTrusted` when it is a link, another user's, or open to others.
  package static func ours(_ fileSystem: any FileSystem, _ path: String) throws(FileSystemError) -> Folder {
    let path = withoutSlashes(
      try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.absolute(path) })
    let isNew = try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.makeFolder(path) }
    do throws(FileSystemError) {
      let folder = try Folder(fileSystem, path, .own, ownPath: path)
      do throws(FileSystemError) {
        guard try folder.status.isOursAlone else { throw FileSystemError(.openFolder, .notTrusted) }
        try folder.syncOwnName(path, isNew: isNew)
      } catch {
        folder.close()
        throw error
      }
      return folder
    } catch {
      // Left there, it would be taken for somebody else's, and durable, by the next try.
      if isNew { try? fileSystem.removeFolder(path) }
      throw error
    }
  }

  /// Makes the folder's own name durable: it may just have been made, also by a process that was killed before this.
  private func syncOwnName(_ path: String, isNew: Bool) throws(FileSystemError) {
    let parent: Folder
    do throws(FileSystemError) {
      parent = try Folder(fileSystem, Self.split(path).parent, .names)
    } catch {
      // Who may not read the parent is given a folder in it by somebody else.
      guard error.condition == .notPermitted, !isNew else { throw error }
      return
    }
    defer { parent.close() }
    try parent.syncNames()
  }

  /// What the folder is now.
  package var status: FileStatus {
    get throws(FileSystemError) {
      try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.status(id) }
    }
  }

  /// Whether a folder of ours is still what its path leads to: neither removed, nor moved, nor replaced. Who opened the
  /// path anew would find what is in it.
  package var isInPlace: Bool {
    get throws(FileSystemError) {
      guard let ownPath else { return false }
      do throws(FileSystemError) {
        let found = try fileSystem.uninterrupted { () throws(FileSystemError) in
          try fileSystem.status(ofPath: ownPath)
        }
        return try found.identity == status.identity
      } catch {
        guard error.condition == .notFound || error.condition == .notTrusted else { throw error }
        return false
      }
    }
  }

  /// Takes the folder's lock.
  ///
  /// - Returns: the lock's file, to be closed at the end; `nil` when another has it.
  package func lock() throws(FileSystemError) -> HeldFile? {
    // Who removes the file while we take its lock leaves us with one that means nothing.
    for _ in 0..<3 {
      let file = try open(Self.lockName, .createOrUpdate)
      do throws(FileSystemError) {
        guard try lock(file) else {
          close(file)
          return nil
        }
        if try isInPlace(file) { return file }
      } catch {
        close(file)
        throw error
      }
      close(file)
    }
    throw FileSystemError(.lock, .notTrusted)
  }

  /// Whether somebody has the folder's lock, for who only looks: nothing is made, and nobody is kept from the lock.
  ///
  /// - Returns: `nil` when it could not be found out.
  package var isLocked: Bool? {
    do throws(FileSystemError) {
      let file = try open(Self.lockName, .read)
      defer { close(file) }
      return try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.isLocked(file.id) }
    } catch {
      return error.condition == .notFound ? false : nil
    }
  }

  private func lock(_ file: HeldFile) throws(FileSystemError) -> Bool {
    try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.lock(file.id) }
  }
}

// MARK: Files

/// A file that is held open in a folder, under the name that it was opened by.
package struct HeldFile: Sendable {
  fileprivate let id: FileID
  fileprivate let identity: FileStatus.Identity
  /// The name that it has, or had when it was last looked at.
  package fileprivate(set) var name: String
}

extension Folder {
  /// Opens a file.
  ///
  /// - Throws: in a folder of ours `notTrusted` for a file of another user, and for one that others may read or change.
  package func open(_ name: String, _ access: FileAccess) throws(FileSystemError) -> HeldFile {
    let id = try fileSystem.uninterrupted { () throws(FileSystemError) in
      try fileSystem.open(name, in: self.id, access)
    }
    do throws(FileSystemError) {
      let status = try status(id)
      // Others who could change it before could do so still.
      guard ownPath == nil || status.isPrivate else { throw FileSystemError(.open, .notTrusted) }
      return HeldFile(id: id, identity: status.identity, name: name)
    } catch {
      fileSystem.close(id)
      throw error
    }
  }

  /// Closes a file.
  package func close(_ file: HeldFile) { fileSystem.close(file.id) }

  /// What a file is now.
  package func status(_ file: HeldFile) throws(FileSystemError) -> FileStatus { try status(file.id) }

  private func status(_ file: FileID) throws(FileSystemError) -> FileStatus {
    try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.status(file) }
  }

  /// Whether a file is still what its name leads to: neither removed, nor moved, nor replaced.
  package func isInPlace(_ file: HeldFile) throws(FileSystemError) -> Bool {
    do throws(FileSystemError) {
      let status = try fileSystem.uninterrupted { () throws(FileSystemError) in
        try fileSystem.status(of: file.name, in: id)
      }
      return status.identity == file.identity
    } catch {
      guard error.condition == .notFound else { throw error }
      return false
    }
  }

  /// The names in the folder, in no order.
  package func list() throws(FileSystemError) -> [String] {
    try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.list(id) }
  }

  /// Reads the first bytes of a file; fewer when it has no more.
  package func beginning(of name: String, count: Int) throws(FileSystemError) -> [UInt8] {
    let file = try open(name, .read)
    defer { close(file) }
    var bytes: [UInt8] = []
    while bytes.count < count {
      let part = try read(file, at: bytes.count, count: count - bytes.count)
      if part.isEmpty { break }
      bytes += part
    }
    return bytes
  }

  /// Reads up to `count` bytes; none at the end, and maybe fewer elsewhere.
  package func read(_ file: HeldFile, at offset: Int, count: Int) throws(FileSystemError) -> [UInt8] {
    try fileSystem.uninterrupted { () throws(FileSystemError) in
      try fileSystem.read(file.id, at: offset, count: count)
    }
  }

  /// Maps the first bytes of a file.
  package func map(_ file: HeldFile, count: Int) throws(FileSystemError) -> MappedBytes {
    try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.map(file.id, count: count) }
  }

  /// Writes all of the bytes.
  package func write(_ file: HeldFile, _ bytes: [UInt8], at offset: Int) throws(FileSystemError) {
    var done = 0
    while done < bytes.count {
      let written = try fileSystem.uninterrupted { () throws(FileSystemError) in
        try fileSystem.write(file.id, bytes[done...], at: offset + done)
      }
      // A device that takes nothing and says nothing would hold us here for ever.
      guard written > 0 else { throw FileSystemError(.write, .deviceFailed) }
      done += written
    }
  }

  /// Cuts a file to a length.
  package func truncate(_ file: HeldFile, to length: Int) throws(FileSystemError) {
    try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.truncate(file.id, to: length) }
  }

  /// Makes a file's bytes durable.
  package func sync(_ file: HeldFile) throws(FileSystemError) {
    try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.sync(file.id) }
  }

  /// Makes the folder's names durable.
  package func syncNames() throws(FileSystemError) {
    try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.sync(id) }
  }

  /// Removes a file; one that is not there is removed already.
  package func remove(_ name: String) throws(FileSystemError) {
    do throws(FileSystemError) {
      try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.remove(name, in: id) }
    } catch {
      guard error.condition == .notFound else { throw error }
    }
  }

  /// Writes a file under a temporary name, makes it durable, and gives it its name in place of whatever has that: it is
  /// whole or not there. The name is durable after ``syncNames()``.
  ///
  /// - Parameters:
  ///   - temporary: the name until then. A leftover of it is replaced.
  ///   - write: writes it.
  /// - Returns: the file, open for update under its new name.
  package func createWhole(
    _ name: String, by temporary: String = temporaryName,
    _ write: (HeldFile) throws(FileSystemError) -> Void
  ) throws(FileSystemError) -> HeldFile {
    // A leftover of an interrupted try is in the way, and never of use.
    try remove(temporary)
    var file = try open(temporary, .create)
    do throws(FileSystemError) {
      try write(file)
      try sync(file)
      try fileSystem.uninterrupted { () throws(FileSystemError) in
        try fileSystem.rename(temporary, to: name, in: id)
      }
    } catch {
      close(file)
      // If this fails too, the leftover is removed by the next try.
      try? remove(temporary)
      throw error
    }
    file.name = name
    return file
  }
}
