#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Android)
  internal import Android
#endif
private import Dispatch

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

  package func status(ofPath path: String) throws(FileSystemError) -> FileStatus {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { throw failure(.status) }
    return FileStatus(status, for: userID)
  }

  package func absolute(_ path: String) throws(FileSystemError) -> String {
    guard path.utf8.first != UInt8(ascii: "/") else { return path }
    guard let current = unsafe getcwd(nil, 0) else { throw failure(.status) }
    defer { unsafe free(current) }
    return unsafe String(cString: current) + "/" + path
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
    guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
      guard errno == EWOULDBLOCK else { throw failure(.lock) }
      return false
    }
    #if !canImport(Darwin)
      // `flock` alone excludes. This lock beside it is for who only looks: on Linux nothing else can be asked about.
      var claim = Self.wholeFile
      _ = unsafe fcntl(file.number, Self.setOwnLock, &claim)
    #endif
    return true
  }

  package func isLocked(_ file: FileID) throws(FileSystemError) -> Bool {
    var claim = Self.wholeFile
    guard unsafe fcntl(file.number, F_GETLK, &claim) == 0 else { throw failure(.lock) }
    return claim.l_type != Int16(F_UNLCK)
  }

  private static var wholeFile: flock {
    var claim = flock()
    claim.l_type = Int16(F_WRLCK)
    claim.l_whence = Int16(SEEK_SET)
    return claim
  }

  #if !canImport(Darwin)
    /// `F_OFD_SETLK`, which the C library's module leaves out: a lock of the opening, not of the process.
    private static let setOwnLock: Int32 = 37
  #endif

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

// MARK: The streams of a command-line tool

/// Bytes that a tool reads from its caller's files and standard input, or writes for its caller, in order.
///
/// Unlike a ``FileSystem``, it takes what a caller names: a link, a pipe, a terminal. Every call reports; none traps.
package final class ByteStream: Sendable {
  private let number: Int32
  private let isOwned: Bool

  /// The stream that the process was given to read.
  package static let standardInput = ByteStream(STDIN_FILENO)
  /// The stream that the process was given for its results.
  package static let standardOutput = ByteStream(STDOUT_FILENO)
  /// The stream that the process was given for its complaints.
  package static let standardError = ByteStream(STDERR_FILENO)

  private init(_ number: Int32) {
    self.number = number
    isOwned = false
  }

  /// Opens what a path names, to be read. It is closed with the last reference to this value.
  package init(reading path: String) throws(StreamError) {
    var number: Int32
    repeat { number = unsafe open(path, O_RDONLY | O_CLOEXEC) } while number < 0 && errno == EINTR
    guard number >= 0 else { throw StreamError(errno) }
    self.number = number
    isOwned = true
  }

  deinit {
    if isOwned { POSIXFileSystem().close(FileID(number)) }
  }

  /// Whether a person sits at the other end.
  package var isTerminal: Bool { isatty(number) == 1 }

  /// Reads what is there, up to a number of bytes, and waits until something is.
  ///
  /// - Returns: the bytes; none at the end, and only there: whatever else ends the reading is thrown.
  package func read(upTo count: Int) throws(StreamError) -> [UInt8] {
    while true {
      var result = 0
      let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        unsafe result = systemRead(number, buffer.baseAddress, count)
        filled = max(result, 0)
      }
      if result >= 0 { return bytes }
      try waitOrThrow(errno, Int16(POLLIN))
    }
  }

  /// Writes all bytes.
  ///
  /// - Throws: ``StreamError``; how many were written is then unknown.
  package func write(_ bytes: [UInt8]) throws(StreamError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = unsafe rest.withUnsafeBytes { buffer in
        unsafe systemWrite(number, buffer.baseAddress, buffer.count)
      }
      if written >= 0 { rest = rest.dropFirst(written) } else { try waitOrThrow(errno, Int16(POLLOUT)) }
    }
  }

  /// Returns when the call is to be repeated. Another process may have made a stream that it shares with us one that
  /// does not wait.
  private func waitOrThrow(_ error: Int32, _ events: Int16) throws(StreamError) {
    guard error != EINTR else { return }
    guard error == EAGAIN || error == EWOULDBLOCK else { throw StreamError(error) }
    var descriptor = pollfd(fd: number, events: events, revents: 0)
    _ = unsafe poll(&descriptor, 1, -1)
  }
}

private func systemRead(_ number: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  #if canImport(Darwin)
    unsafe Darwin.read(number, buffer, count)
  #elseif canImport(Glibc)
    unsafe Glibc.read(number, buffer, count)
  #elseif canImport(Musl)
    unsafe Musl.read(number, buffer, count)
  #elseif canImport(Android)
    unsafe Android.read(number, buffer, count)
  #endif
}

private func systemWrite(_ number: Int32, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
  #if canImport(Darwin)
    unsafe Darwin.write(number, buffer, count)
  #elseif canImport(Glibc)
    unsafe Glibc.write(number, buffer, count)
  #elseif canImport(Musl)
    unsafe Musl.write(number, buffer, count)
  #elseif canImport(Android)
    unsafe Android.write(number, buffer, count)
  #endif
}

/// Why a stream could not be opened, read or written. It names no path.
package enum StreamError: Error, Hashable, Sendable {
  /// There is nothing of that name.
  case notFound
  /// This user may not.
  case notPermitted
  /// It is a folder.
  case folder
  /// Nobody reads it any more.
  case readerGone
  /// Anything else: a full disk, a closed descriptor, a device that failed.
  case failed

  fileprivate init(_ number: Int32) {
    self =
      switch number {
      case ENOENT, ENOTDIR, ENAMETOOLONG, ELOOP: .notFound
      case EACCES, EPERM: .notPermitted
      case EISDIR: .folder
      case EPIPE: .readerGone
      default: .failed
      }
  }
}

/// What the system does to a command-line tool on its own account.
package enum ProcessConduct {
  /// To be called first: a stream that cannot be written is reported by the call that writes, not by a signal, and no
  /// file that is opened later takes the place of a standard stream that the caller closed: what is meant for a person
  /// would go into it.
  package static func begin() {
    for signalNumber in [SIGPIPE, SIGXFSZ] { _ = signal(signalNumber, SIG_IGN) }
    for number in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(number, F_GETFD) < 0 {
      // Opened the wrong way round, so that its use still fails. The lowest free number is this one.
      _ = unsafe open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }

  /// Ends the process as when its reader has gone: by the signal, without a word.
  package static func endForGoneReader() -> Never { end(by: SIGPIPE) }

  /// Does something before a signal ends the process: Ctrl-C, a request to end, or a terminal that is closed. One that
  /// the caller had turned off stays off.
  ///
  /// - Returns: what keeps the arrangement, for as long as it is kept.
  package static func beforeEnding(_ perform: @escaping @Sendable () -> Void) -> Arrangement {
    var sources: [any DispatchSourceSignal] = []
    let queue = DispatchQueue(label: "cpis.ending")
    for signalNumber in [SIGINT, SIGTERM, SIGHUP] {
      var before = sigaction()
      guard unsafe sigaction(signalNumber, nil, &before) == 0, !isIgnored(before) else { continue }
      _ = signal(signalNumber, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: signalNumber, queue: queue)
      source.setEventHandler {
        perform()
        end(by: signalNumber)
      }
      source.activate()
      sources.append(source)
    }
    return Arrangement(sources)
  }

  /// What is done before a signal ends the process.
  package struct Arrangement {
    private let sources: [any DispatchSourceSignal]
    fileprivate init(_ sources: [any DispatchSourceSignal]) { self.sources = sources }
  }

  private static func isIgnored(_ action: sigaction) -> Bool {
    #if canImport(Darwin)
      let handler = unsafe action.__sigaction_u.__sa_handler
    #elseif canImport(Glibc)
      let handler = unsafe action.__sigaction_handler.sa_handler
    #else
      let handler = unsafe action.__sa_handler.sa_handler
    #endif
    return unsafe unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  private static func end(by signalNumber: Int32) -> Never {
    _ = signal(signalNumber, SIG_DFL)
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe sigaddset(&signals, signalNumber)
    unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    raise(signalNumber)
    _exit(128 + signalNumber)
  }
}

#if THREAD_SANITIZER
  /// Lets another thread run: for ``SanitizedMutex``, as one file alone calls the C library.
  func yieldProcessor() { _ = sched_yield() }
#endif
