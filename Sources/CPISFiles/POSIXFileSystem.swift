#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Android)
  internal import Android
#endif

/// The disk of the machine. The only file of the package with calls to the platform's disk: `unsafe` here marks C
/// pointers, each of which lives no longer than its call, but for mapped bytes, which whoever asked for them releases.
package struct POSIXFileSystem: FileSystem {
  /// Asked for once: each acknowledged write looks whose the folder is.
  private let userID = geteuid()

  /// Makes the disk of the machine, for the process's user.
  package init() {}

  package func makeFolder(_ path: String) throws(FileSystemError) -> Bool {
    if unsafe mkdir(path, 0o700) == 0 { return true }
    guard errno == EEXIST else { throw failure(.makeFolder) }
    return false
  }

  package func removeFolder(_ path: String) throws(FileSystemError) {
    guard unsafe rmdir(path) == 0 else { throw failure(.removeFolder) }
  }

  package func openFolder(_ path: String, _ access: FolderAccess) throws(FileSystemError) -> FolderID {
    #if canImport(Darwin)
      let search = O_SEARCH
    #else
      // O_PATH, which the C library's module leaves out; the same number on every processor that Swift runs on.
      let search: Int32 = 0o10_000_000
    #endif
    let purpose: Int32 =
      switch access {
      case .own: O_RDONLY | O_NOFOLLOW
      case .names: O_RDONLY
      case .search: search
      }
    let folder = unsafe openat(AT_FDCWD, path, purpose | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw failure(.openFolder) }
    return FolderID(folder)
  }

  package func close(_ folder: FolderID) { closeDescriptor(folder.number) }

  package func status(_ folder: FolderID) throws(FileSystemError) -> FileStatus {
    try status(ofOpen: folder.number)
  }

  package func list(_ folder: FolderID) throws(FileSystemError) -> [String] {
    // An opening of its own: the place that a listing has come to belongs to the opening.
    let listed = unsafe openat(folder.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard listed >= 0 else { throw failure(.list) }
    guard let stream = unsafe fdopendir(listed) else {
      let failure = failure(.list)
      closeDescriptor(listed)
      throw failure
    }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(stream) else {
        guard errno == 0 else { throw failure(.list) }
        return names
      }
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
  }

  package func sync(_ folder: FolderID) throws(FileSystemError) {
    guard durable(folder.number) else { throw failure(.syncFolder) }
  }

  package func rename(_ name: String, to newName: String, in folder: FolderID) throws(FileSystemError) {
    guard unsafe renameat(folder.number, name, folder.number, newName) == 0 else { throw failure(.rename) }
  }

  package func remove(_ name: String, in folder: FolderID) throws(FileSystemError) {
    guard unsafe unlinkat(folder.number, name, 0) == 0 else { throw failure(.remove) }
  }

  package func open(_ name: String, in folder: FolderID, _ access: FileAccess) throws(FileSystemError) -> FileID {
    let purpose: Int32 =
      switch access {
      case .read: O_RDONLY
      case .update: O_RDWR
      case .create: O_RDWR | O_CREAT | O_EXCL
      case .createOrUpdate: O_RDWR | O_CREAT
      }
    // O_NONBLOCK: a pipe put in a file's place must not hold us; on a file it means nothing.
    let file = unsafe openat(folder.number, name, purpose | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, mode_t(0o600))
    guard file >= 0 else { throw failure(.open) }
    var status = stat()
    guard unsafe fstat(file, &status) == 0 else {
      let failure = failure(.open)
      closeDescriptor(file)
      throw failure
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      closeDescriptor(file)
      throw FileSystemError(.open, .notTrusted)
    }
    return FileID(file)
  }

  package func close(_ file: FileID) { closeDescriptor(file.number) }

  private func closeDescriptor(_ number: Int32) {
    // Never repeated: on Linux the file is closed even when a signal came first, and the number may be another's.
    #if canImport(Darwin)
      _ = Darwin.close(number)
    #elseif canImport(Glibc)
      _ = Glibc.close(number)
    #elseif canImport(Musl)
      _ = Musl.close(number)
    #elseif canImport(Android)
      _ = Android.close(number)
    #endif
  }

  package func lock(_ file: FileID) throws(FileSystemError) -> Bool {
    // Who only looks whether a folder is in use holds its lock for a moment; an owner must not be refused for that.
    for _ in 0..<20 {
      if flock(file.number, LOCK_EX | LOCK_NB) == 0 { return true }
      guard errno == EWOULDBLOCK else { throw failure(.lock) }
      usleep(1_000)
    }
    return false
  }

  package func status(_ file: FileID) throws(FileSystemError) -> FileStatus { try status(ofOpen: file.number) }

  package func status(of name: String, in folder: FolderID) throws(FileSystemError) -> FileStatus {
    var status = stat()
    guard unsafe fstatat(folder.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { throw failure(.status) }
    return FileStatus(status, for: userID)
  }

  private func status(ofOpen number: Int32) throws(FileSystemError) -> FileStatus {
    var status = stat()
    guard unsafe fstat(number, &status) == 0 else { throw failure(.status) }
    return FileStatus(status, for: userID)
  }

  package func read(_ file: FileID, at offset: Int, count: Int) throws(FileSystemError) -> [UInt8] {
    var result = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      unsafe result = pread(file.number, buffer.baseAddress, count, off_t(offset))
      filled = max(result, 0)
    }
    guard result >= 0 else { throw failure(.read) }
    return bytes
  }

  package func map(_ file: FileID, count: Int) throws(FileSystemError) -> MappedBytes {
    guard let base = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, file.number, 0), unsafe base != MAP_FAILED
    else {
      throw failure(.map)
    }
    return unsafe MappedBytes(base) { base in unsafe _ = munmap(base, count) }
  }

  package func write(_ file: FileID, _ bytes: ArraySlice<UInt8>, at offset: Int) throws(FileSystemError) -> Int {
    let written = unsafe bytes.withUnsafeBytes { buffer in
      unsafe pwrite(file.number, buffer.baseAddress, buffer.count, off_t(offset))
    }
    guard written >= 0 else { throw failure(.write) }
    return written
  }

  package func truncate(_ file: FileID, to length: Int) throws(FileSystemError) {
    guard ftruncate(file.number, off_t(length)) == 0 else { throw failure(.truncate) }
  }

  package func sync(_ file: FileID) throws(FileSystemError) {
    guard durable(file.number) else { throw failure(.sync) }
  }

  private func durable(_ file: Int32) -> Bool {
    #if canImport(Darwin)
      // There fsync stops at the drive's own cache. Where a volume knows no such order, fsync is all there is.
      if fcntl(file, F_FULLFSYNC) == 0 { return true }
      guard errno == ENOTSUP || errno == EINVAL else { return false }
    #endif
    return fsync(file) == 0
  }

  private func failure(_ operation: FileSystemError.Operation) -> FileSystemError {
    let number = errno
    let condition: FileSystemError.Condition =
      switch number {
      case EINTR: .interrupted
      case ENOSPC, EDQUOT: .diskFull
      case EIO: .deviceFailed
      case EROFS, EACCES, EPERM: .notPermitted
      case ENOENT: .notFound
      case EEXIST: .exists
      case ELOOP, ENOTDIR, EISDIR, ENXIO: .notTrusted
      default: .other
      }
    return FileSystemError(operation, condition, systemError: number)
  }
}

extension FileStatus {
  fileprivate init(_ status: stat, for userID: uid_t) {
    let owner: Owner =
      switch status.st_uid {
      case userID: .thisUser
      case 0: .root
      default: .another
      }
    self.init(
      identity: Identity(
        device: UInt64(truncatingIfNeeded: status.st_dev), number: UInt64(truncatingIfNeeded: status.st_ino)),
      size: Int(status.st_size), owner: owner, permissions: UInt16(truncatingIfNeeded: status.st_mode & 0o777),
      isLinked: status.st_nlink > 0)
  }
}

#if THREAD_SANITIZER
  /// Lets another thread run: for ``SanitizedMutex``, as one file alone calls the C library.
  func yieldProcessor() { _ = sched_yield() }
#endif
