package import CPISFiles

extension NHSNumberIndex {
  /// Opens a snapshot file.
  ///
  /// The file is not trusted: it is used only after it has been checked, see ``SnapshotVerification``.
  /// A symbolic link is refused.
  ///
  /// - Parameters:
  ///   - path: where the file is.
  ///   - access: whether to map or to copy it. The documentation of ``SnapshotAccess`` says what each trusts.
  ///   - verification: how much to check.
  ///   - maximumByteCount: the largest file to open, so that nobody can make this process spend its memory or time on a
  ///     file of zeros. 256 MiB hold forty million numbers.
  /// - Throws: ``SnapshotError``. Nothing is known about any number then: build the index again.
  /// - Complexity: O(size of the file), at several gigabytes a second.
  public init(
    snapshotAt path: String, access: SnapshotAccess = .mapped,
    verification: SnapshotVerification = .structure, maximumByteCount: Int = 256 << 20
  ) throws(SnapshotError) {
    try self.init(
      POSIXFileSystem(), snapshotAt: path, access: access, verification: verification,
      maximumByteCount: maximumByteCount)
  }

  /// Opens a snapshot file on a disk of the caller's.
  package init(
    _ fileSystem: some FileSystem, snapshotAt path: String, access: SnapshotAccess = .mapped,
    verification: SnapshotVerification = .structure, maximumByteCount: Int = 256 << 20
  ) throws(SnapshotError) {
    let (parent, name) = Folder.split(path)
    let result: Result<(MappedBytes, Int), SnapshotError>
    do throws(FileSystemError) {
      let folder = try Folder(fileSystem, parent, .search)
      defer { folder.close() }
      let file = try folder.open(name, .read)
      defer { folder.close(file) }
      result = try Self.bytes(of: file, in: folder, access, atMost: maximumByteCount)
    } catch {
      throw SnapshotError(error)
    }
    let (bytes, size) = try result.get()
    self = try unsafe NHSNumberIndex(adopting: bytes.base, byteCount: size, verification, release: bytes.release)
  }

  /// A file's bytes in memory, if it may be opened. Its header must agree with its size before memory is spent on it.
  private static func bytes(
    of file: HeldFile, in folder: Folder, _ access: SnapshotAccess, atMost maximumByteCount: Int
  ) throws(FileSystemError) -> Result<(MappedBytes, Int), SnapshotError> {
    let status = try folder.status(file)
    guard access == .copied || status.isSafeFromOthers else { return .failure(SnapshotError(.writableByOthers)) }
    guard status.size <= maximumByteCount else { return .failure(SnapshotError(.tooLarge)) }
    guard let head = try folder.read(file, exactly: SnapshotHeader.byteCount) else {
      return .failure(SnapshotError(.wrongSize))
    }
    let header: SnapshotHeader
    do throws(SnapshotError) { header = try SnapshotHeader(bytes: head) } catch { return .failure(error) }
    let size = header.geometry.byteCount
    guard status.size == size else { return .failure(SnapshotError(.wrongSize)) }
    switch access {
    case .mapped: return .success((try folder.map(file, count: size), size))
    case .copied:
      let base = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
      let copy = unsafe MappedBytes(base) { base in unsafe base.deallocate() }
      do throws(FileSystemError) {
        if try unsafe folder.read(file, into: UnsafeMutableRawBufferPointer(start: base, count: size)) {
          return .success((copy, size))
        }
      } catch {
        unsafe copy.release(base)
        throw error
      }
      unsafe copy.release(base)
      return .failure(SnapshotError(.wrongSize))
    }
  }

  /// Writes a snapshot file, readable by its owner only (mode 0600).
  ///
  /// It is written under a temporary name in the same folder, synchronised, and renamed: whoever opens the path at any
  /// time, even after a power failure, finds the old file or the new one, whole. Processes that have the old file mapped
  /// go on using it.
  ///
  /// - Parameter path: where to put it. Its folder must exist.
  /// - Throws: ``SnapshotError`` with the code `system`. The old file is then still there, unless the very
  ///   last step failed, synchronising the folder: then either may be found after a power failure.
  /// - Complexity: O(size of the file), and two synchronisations of the disk.
  public func writeSnapshot(to path: String) throws(SnapshotError) {
    try writeSnapshot(to: path, on: POSIXFileSystem())
  }

  /// Writes a snapshot file on a disk of the caller's.
  package func writeSnapshot(to path: String, on fileSystem: some FileSystem) throws(SnapshotError) {
    let (parent, name) = Folder.split(path)
    do throws(FileSystemError) {
      // Everything happens relative to this one folder, even if its path comes to mean another in the meantime.
      let folder = try Folder(fileSystem, parent, .names)
      defer { folder.close() }
      // Without the name, which may be as long as names can be.
      let temporary = ".snapshot.\(String(UInt64.random(in: 0 ... .max), radix: 36)).tmp"
      let file = try folder.createWhole(name, by: temporary) { (file) throws(FileSystemError) in
        var offset = 0
        try withSnapshot { (piece) throws(FileSystemError) in
          for start in stride(from: 0, to: piece.byteCount, by: Self.portion) {
            let part = piece.extracting(start..<Swift.min(start + Self.portion, piece.byteCount))
            try folder.write(file, unsafe part.withUnsafeBytes { unsafe Array($0) }, at: offset)
            offset += part.byteCount
          }
        }
      }
      folder.close(file)
      try folder.syncNames()
    } catch {
      throw SnapshotError(error)
    }
  }

  /// How many bytes are read or written at once.
  fileprivate static var portion: Int { 1 << 20 }
}

extension Folder {
  /// Reads exactly so many bytes from a file's beginning; `nil` when it has fewer.
  fileprivate func read(_ file: HeldFile, exactly count: Int) throws(FileSystemError) -> [UInt8]? {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let part = try read(file, at: bytes.count, count: count - bytes.count)
      guard !part.isEmpty else { return nil }
      bytes += part
    }
    return bytes
  }

  /// Fills memory from a file's beginning.
  ///
  /// - Returns: `false` when the file has fewer bytes.
  fileprivate func read(
    _ file: HeldFile, into memory: UnsafeMutableRawBufferPointer
  ) throws(FileSystemError) -> Bool {
    var done = 0
    while done < memory.count {
      let part = try read(file, at: done, count: min(memory.count - done, NHSNumberIndex.portion))
      guard !part.isEmpty else { return false }
      unsafe UnsafeMutableRawBufferPointer(rebasing: memory[done...]).copyBytes(from: part)
      done += part.count
    }
    return true
  }
}

/// How a snapshot file is brought into memory.
@nonexhaustive
public enum SnapshotAccess: Hashable, Sendable {
  /// The file's pages are used where they are, shared with every process that opens it, and read when first needed.
  ///
  /// A mapping shows later changes to the file, and the process ends with `SIGBUS` if the file is cut short. Its owner
  /// can do either, and so can anyone who opened it for writing while they were allowed to. A file that belongs to
  /// another user (other than root), or that others may write to, is therefore refused. A file whose permissions were
  /// repaired is not refused, because it cannot be told from one that was never open to others: write such a file again
  /// instead. This library never changes a snapshot in place: it replaces the file, and mappings go on showing the old
  /// one. Do the same, and never copy over a snapshot in use.
  case mapped

  /// The file is read into private memory before it is checked. Whatever happens to it later has no effect.
  /// For files whose owner is not trusted, and for network file systems.
  case copied
}

extension SnapshotError {
  fileprivate init(_ error: FileSystemError) {
    // Without a number of the system's it is no regular file.
    let code: Code = error.systemError == nil && error.condition == .notTrusted ? .notARegularFile : .system
    self.init(code, systemError: error.systemError)
  }
}
