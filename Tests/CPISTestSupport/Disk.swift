/// What a disk holds: what programs see, and what of it would survive a power cut.
package struct Disk: Hashable, Sendable {
  /// A change to a file's bytes.
  package enum DataChange: Hashable, Sendable {
    case write(offset: Int, [UInt8])
    case truncate(Int)

    package func apply(to bytes: inout [UInt8]) {
      switch self {
      case .write(let offset, let new):
        if bytes.count < offset + new.count {
          bytes += [UInt8](repeating: 0, count: offset + new.count - bytes.count)
        }
        bytes.replaceSubrange(offset..<offset + new.count, with: new)
      case .truncate(let length):
        if length < bytes.count { bytes.removeLast(bytes.count - length) }
      }
    }
  }

  /// A change to a folder's names.
  package enum NameChange: Hashable, Sendable {
    case create(String, inode: Int)
    case rename(String, String, inode: Int)
    case remove(String)

    package func apply(to names: inout [String: Int]) {
      switch self {
      case .create(let path, let inode): names[path] = inode
      case .rename(let path, let newPath, let inode):
        // Entries point to files: a rename that survives alone still names the file that it was made for.
        if names[path] == inode { names[path] = nil }
        names[newPath] = inode
      case .remove(let path): names[path] = nil
      }
    }
  }

  package struct Inode: Hashable, Sendable {
    package var bytes: [UInt8] = []
    package var durable: [UInt8] = []
    package var unsynced: [DataChange] = []
  }

  package private(set) var inodes: [Int: Inode] = [:]
  package private(set) var names: [String: Int] = [:]
  package private(set) var durableNames: [String: Int] = [:]
  package private(set) var unsyncedNames: [NameChange] = []
  package private(set) var folder: String?
  package private(set) var folderIsDurable = false

  package init() {}

  /// A disk on which these files, and nothing else, are durable.
  package init(folder: String?, files: [String: [UInt8]]) {
    self.folder = folder
    folderIsDurable = folder != nil
    for (number, (path, bytes)) in files.sorted(by: { $0.key < $1.key }).enumerated() {
      inodes[number] = Inode(bytes: bytes, durable: bytes)
      names[path] = number
    }
    durableNames = names
  }

  /// What programs see.
  package var files: [String: [UInt8]] { names.mapValues { bytes($0) } }

  package func bytes(_ inode: Int?) -> [UInt8] { inode.flatMap { inodes[$0]?.bytes } ?? [] }

  package mutating func makeFolder(_ path: String) { folder = path }

  /// Removes the folder, which is empty.
  package mutating func removeFolder() {
    folder = nil
    folderIsDurable = false
  }

  package mutating func create(_ path: String) {
    let inode = (inodes.keys.max() ?? -1) + 1
    inodes[inode] = Inode()
    change(.create(path, inode: inode))
  }

  package mutating func change(_ change: NameChange) {
    change.apply(to: &names)
    unsyncedNames.append(change)
  }

  package mutating func change(_ change: DataChange, of inode: Int?) {
    guard let inode else { return }
    change.apply(to: &inodes[inode, default: Inode()].bytes)
    inodes[inode]?.unsynced.append(change)
  }

  package mutating func sync(_ inode: Int?) {
    guard let inode, var file = inodes[inode] else { return }
    for change in file.unsynced { change.apply(to: &file.durable) }
    file.unsynced = []
    inodes[inode] = file
  }

  /// What a system may do when it cannot write: programs go on seeing the bytes, and no later sync writes them.
  package mutating func dropUnsynced(_ inode: Int?) {
    guard let inode else { return }
    inodes[inode]?.unsynced = []
  }

  package mutating func syncFolder(_ path: String) {
    if path == folder {
      durableNames = names
      unsyncedNames = []
    } else {
      folderIsDurable = true
    }
  }
}
