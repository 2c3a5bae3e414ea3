#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Android)
  internal import Android
#endif

/// The disk of the machine. The only file with calls to the platform: `unsafe` here marks C pointers, each of
/// which lives no longer than its call.
package struct POSIXFileSystem: FileSystem {
  /// Makes the disk of the machine.
  package init() {}

  package func makeFolder(_ path: String) throws(FileSystemError) {
    if unsafe mkdir(path, 0o700) == 0 { return }
    guard errno == EEXIST else { throw failure(.makeFolder) }
    try checkFolder(path)
  }

  package func checkFolder(_ path: String) throws(FileSystemError) {
    let folder = unsafe openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0 else { throw failure(.makeFolder) }
    defer { close(FileID(folder)) }
    var status = stat()
    guard unsafe fstat(folder, &status) == 0 else { throw failure(.makeFolder) }
    guard status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
      throw FileSystemError(.makeFolder, .notTrusted)
    }
  }

  package func list(_ folder: String) throws(FileSystemError) -> [String] {
    guard let stream = unsafe opendir(folder) else { throw failure(.list) }
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

  package func syncFolder(_ path: String) throws(FileSystemError) {
    let folder = unsafe openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0 else { throw failure(.syncFolder) }
    defer { close(FileID(folder)) }
    guard durable(folder) else { throw failure(.syncFolder) }
  }

  package func rename(_ path: String, to newPath: String) throws(FileSystemError) {
    guard unsafe renameat(AT_FDCWD, path, AT_FDCWD, newPath) == 0 else { throw failure(.rename) }
  }

  package func remove(_ path: String) throws(FileSystemError) {
    guard unsafe unlink(path) == 0 else { throw failure(.remove) }
  }

  package func open(_ path: String, _ access: FileAccess) throws(FileSystemError) -> FileID {
    let purpose: Int32 =
      switch access {
      case .read: O_RDONLY
      case .update: O_RDWR
      case .create: O_RDWR | O_CREAT | O_EXCL
      case .createOrUpdate: O_RDWR | O_CREAT
      }
    // O_NONBLOCK: a pipe put in a file's place must not hold us; on a file it means nothing.
    let file = unsafe openat(AT_FDCWD, path, purpose | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, mode_t(0o600))
    guard file >= 0 else { throw failure(.open) }
    var status = stat()
    guard unsafe fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(FileID(file))
      throw FileSystemError(.open, .notTrusted)
    }
    return FileID(file)
  }

  package func close(_ file: FileID) {
    // Never repeated: on Linux the file is closed even when a signal came first, and the number may be another's.
    #if canImport(Darwin)
      _ = Darwin.close(file.number)
    #elseif canImport(Glibc)
      _ = Glibc.close(file.number)
    #elseif canImport(Musl)
      _ = Musl.close(file.number)
    #elseif canImport(Android)
      _ = Android.close(file.number)
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

  package func size(_ file: FileID) throws(FileSystemError) -> Int {
    var status = stat()
    guard unsafe fstat(file.number, &status) == 0 else { throw failure(.size) }
    return Int(status.st_size)
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
    switch errno {
    case EINTR: FileSystemError(operation, .interrupted)
    case ENOSPC, EDQUOT: FileSystemError(operation, .diskFull)
    case EIO: FileSystemError(operation, .deviceFailed)
    case EROFS, EACCES, EPERM: FileSystemError(operation, .notPermitted)
    case ENOENT: FileSystemError(operation, .notFound)
    case EEXIST: FileSystemError(operation, .exists)
    case ELOOP, ENOTDIR, EISDIR: FileSystemError(operation, .notTrusted)
    case let number: FileSystemError(operation, .other(number))
    }
  }
}
