extension Disk {
  /// What a power cut may leave.
  package struct Crash: Hashable, Sendable {
    package var disk: Disk
    /// Whether a file's bytes end in zeros that nobody wrote, or have such among them, as some file systems leave them.
    package var hasZeros = false
  }

  /// Everything that a power cut may leave: any of the unsynced changes to names, and of the unsynced changes to a
  /// file's bytes none, each prefix, each but one, and the last of each prefix torn at every byte, with the file
  /// ending there or in zeros.
  ///
  /// - Parameter tears: how many bytes of a change of a length are kept when it is torn; all lengths unless given.
  package func crashes(tears: (Int) -> [Int] = { Array(1..<max($0, 1)) }) -> [Crash] {
    guard folderIsDurable else {
      return [Crash(disk: Disk())] + (folder == nil ? [] : withFolderDurable.crashes(tears: tears))
    }
    var crashes: [Crash] = []
    for names in survivingNames {
      var variants: [(files: [String: [UInt8]], zero: Bool)] = [([:], false)]
      for (path, inode) in names.sorted(by: { $0.key < $1.key }) {
        guard let inode = inodes[inode] else { continue }
        let contents = Self.survivingBytes(inode, tears: tears)
        variants = variants.flatMap { variant in
          contents.map { content in
            (variant.files.merging([path: content.bytes]) { $1 }, variant.zero || content.zero)
          }
        }
      }
      crashes += variants.map { Crash(disk: Disk(folder: folder, files: $0.files), hasZeros: $0.zero) }
    }
    return crashes
  }

  /// One of the states that a power cut may leave, without making all of them.
  package func anyCrash(using random: inout some RandomNumberGenerator) -> Disk {
    guard folderIsDurable else {
      return folder == nil || Bool.random(using: &random) ? Disk() : withFolderDurable.anyCrash(using: &random)
    }
    var names = durableNames
    for change in unsyncedNames where Bool.random(using: &random) { change.apply(to: &names) }
    var files: [String: [UInt8]] = [:]
    for (path, inode) in names.sorted(by: { $0.key < $1.key }) {
      guard let inode = inodes[inode] else { continue }
      files[path] = Self.anyBytes(inode, using: &random)
    }
    return Disk(folder: folder, files: files)
  }

  private static func anyBytes(_ inode: Inode, using random: inout some RandomNumberGenerator) -> [UInt8] {
    var bytes = inode.durable
    let kept = Int.random(in: 0...inode.unsynced.count, using: &random)
    let left = Int.random(in: 0..<4, using: &random) == 0 ? (0..<kept).randomElement(using: &random) : nil
    for (place, change) in inode.unsynced.prefix(kept).enumerated() where place != left { change.apply(to: &bytes) }
    guard kept < inode.unsynced.count, Bool.random(using: &random),
      case .write(let offset, let new) = inode.unsynced[kept]
    else { return bytes }
    let torn = Int.random(in: 0...new.count, using: &random)
    DataChange.write(offset: offset, Array(new[..<torn])).apply(to: &bytes)
    if offset + torn == bytes.count, Bool.random(using: &random) {
      bytes += [UInt8](repeating: 0, count: new.count - torn)
    }
    return bytes
  }

  private var withFolderDurable: Disk {
    var disk = self
    disk.syncFolder("the parent")
    return disk
  }

  private var survivingNames: Set<[String: Int]> {
    var survivors: Set<[String: Int]> = []
    for choice in 0..<(1 << unsyncedNames.count) {
      var names = durableNames
      for (place, change) in unsyncedNames.enumerated() where choice & (1 << place) != 0 {
        change.apply(to: &names)
      }
      survivors.insert(names)
    }
    return survivors
  }

  private static func survivingBytes(_ inode: Inode, tears: (Int) -> [Int]) -> [(bytes: [UInt8], zero: Bool)] {
    var survivors: [(bytes: [UInt8], zero: Bool)] = [(inode.durable, false)]
    var before = inode.durable
    for (place, change) in inode.unsynced.enumerated() {
      if case .write(let offset, let new) = change {
        for kept in tears(new.count) {
          var short = before
          DataChange.write(offset: offset, Array(new[..<kept])).apply(to: &short)
          survivors.append((short, false))
          if offset >= before.count {
            survivors.append((short + [UInt8](repeating: 0, count: new.count - kept), true))
          }
        }
      }
      var without = before
      for later in inode.unsynced[(place + 1)...] { later.apply(to: &without) }
      if place + 1 < inode.unsynced.count { survivors.append((without, true)) }
      change.apply(to: &before)
      survivors.append((before, false))
    }
    return survivors
  }

  /// What a killed process leaves: programs see all that it did, and a power cut may still take what was not synced.
  package var afterKill: Disk { self }
}
