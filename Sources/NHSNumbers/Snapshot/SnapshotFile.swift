// The one file of this module that touches the platform's C library. Its calls are `unsafe` because they take
// pointers; each pointer's memory is owned by the function that passes it.
#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Android)
  import Android
#endif

extension NHSNumberIndex {
  /// Opens a snapshot file.
  ///
  /// The file is taken to be untrusted: it is used only after it was checked, see ``SnapshotVerification``.
  /// A symbolic link is refused.
  ///
  /// - Parameters:
  ///   - path: where the file is.
  ///   - access: whether to map or to copy it. The documentation of ``SnapshotAccess`` says what each trusts.
  ///   - verification: how much to check.
  ///   - maximumByteCount: the largest file to open, so that nobody makes this process spend its memory or its time on
  ///     a file of zeros. 256 MiB hold forty million numbers.
  /// - Throws: ``SnapshotError``. Nothing is known about any number then: build the index anew.
  /// - Complexity: O(size of the file), at several gigabytes a second.
  public init(
    snapshotAt path: String, access: SnapshotAccess = .mapped,
    verification: SnapshotVerification = .structure, maximumByteCount: Int = 256 << 20
  ) throws(SnapshotError) {
    // Without O_NONBLOCK, opening a pipe that somebody put here would wait for ever.
    let file = try FileDescriptor(
      unsafe open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK))
    let size = try file.checkedSize(forMapping: access == .mapped, atMost: maximumByteCount)
    switch access {
    case .mapped:
      guard let base = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, file.number, 0),
        unsafe base != MAP_FAILED
      else { throw .lastSystemError }
      self = try unsafe NHSNumberIndex(
        adopting: base, byteCount: size, verification, release: { base in unsafe _ = munmap(base, size) })
    case .copied:
      let base = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
      do throws(SnapshotError) {
        try unsafe file.read(into: base, size)
      } catch {
        unsafe base.deallocate()
        throw error
      }
      self = try unsafe NHSNumberIndex(
        adopting: base, byteCount: size, verification, release: { base in unsafe base.deallocate() })
    }
  }

  /// Writes a snapshot file, readable by its owner only (mode 0600).
  ///
  /// It is written beside its place, synchronised, and moved there: whoever opens the path at any time, even
  /// after a power failure, finds the old file or the new one, whole. Processes that have the old file mapped
  /// go on using it.
  ///
  /// - Parameter path: where to put it. Its folder must exist.
  /// - Throws: ``SnapshotError`` with the code `system`. The old file is then still there, unless the very
  ///   last step failed, synchronising the folder: then either may be found after a power failure.
  /// - Complexity: O(size of the file), and two synchronisations of the disk.
  public func writeSnapshot(to path: String) throws(SnapshotError) {
    // By bytes: to a `Character`, a slash with a combining mark after it is no slash.
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    let folderPath = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let name = slash.map { String(path[path.utf8.index(after: $0)...]) } ?? path
    // Everything happens relative to this one folder, even if its path comes to mean another meanwhile.
    let folder = try FileDescriptor(unsafe open(folderPath, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    // Without the name, which may be as long as names can be.
    let temporary = ".snapshot.\(String(UInt64.random(in: 0 ... .max), radix: 36)).tmp"
    let file = try FileDescriptor(
      unsafe openat(folder.number, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600))
    do throws(SnapshotError) {
      try withSnapshot { (piece) throws(SnapshotError) in try file.write(piece) }
      try file.synchronise()
      guard unsafe renameat(folder.number, temporary, folder.number, name) == 0 else {
        throw .lastSystemError
      }
    } catch {
      unsafe _ = unlinkat(folder.number, temporary, 0)
      throw error
    }
    try folder.synchronise()
  }
}

extension SnapshotError {
  fileprivate static var lastSystemError: SnapshotError { SnapshotError(.system, systemError: errno) }
}

/// An open file, closed when it goes out of scope.
private struct FileDescriptor: ~Copyable {
  let number: Int32

  init(_ number: Int32) throws(SnapshotError) {
    guard number >= 0 else { throw .lastSystemError }
    self.number = number
  }

  deinit { _ = close(number) }

  /// The size of a file that may be opened; what its header says must agree before memory is spent on it.
  func checkedSize(forMapping: Bool, atMost maximumByteCount: Int) throws(SnapshotError) -> Int {
    var status = stat()
    guard unsafe fstat(number, &status) == 0 else { throw .lastSystemError }
    guard status.st_mode & S_IFMT == S_IFREG else { throw SnapshotError(.notARegularFile) }
    if forMapping {
      let isOwned = status.st_uid == geteuid() || status.st_uid == 0
      guard isOwned, status.st_mode & 0o022 == 0 else { throw SnapshotError(.writableByOthers) }
    }
    guard status.st_size <= maximumByteCount else { throw SnapshotError(.tooLarge) }
    guard status.st_size >= SnapshotHeader.byteCount else { throw SnapshotError(.wrongSize) }
    var words = [UInt64](repeating: 0, count: SnapshotHeader.byteCount / 8)
    let result = unsafe words.withUnsafeMutableBytes { bytes in
      Result { () throws(SnapshotError) in
        guard let base = bytes.baseAddress else { throw SnapshotError(.wrongSize) }
        try unsafe read(into: base, bytes.count)
      }
    }
    try result.get()
    let header = try SnapshotHeader(words.map { UInt64(littleEndian: $0) })
    guard status.st_size == header.geometry.byteCount else { throw SnapshotError(.wrongSize) }
    return header.geometry.byteCount
  }

  /// Reads exactly so many bytes from the beginning.
  func read(into base: UnsafeMutableRawPointer, _ count: Int) throws(SnapshotError) {
    var done = 0
    while done < count {
      let got = unsafe pread(number, base + done, count - done, off_t(done))
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw .lastSystemError }
      guard got > 0 else { throw SnapshotError(.wrongSize) }
      done += got
    }
  }

  func write(_ piece: RawSpan) throws(SnapshotError) {
    let result = unsafe piece.withUnsafeBytes { bytes in
      Result { () throws(SnapshotError) in
        guard let base = bytes.baseAddress else { return }
        var done = 0
        while done < bytes.count {
          #if canImport(Darwin)
            let put = unsafe Darwin.write(number, base + done, bytes.count - done)
          #elseif canImport(Glibc)
            let put = unsafe Glibc.write(number, base + done, bytes.count - done)
          #elseif canImport(Musl)
            let put = unsafe Musl.write(number, base + done, bytes.count - done)
          #else
            let put = unsafe Android.write(number, base + done, bytes.count - done)
          #endif
          if put < 0 && errno == EINTR { continue }
          guard put >= 0 else { throw .lastSystemError }
          done += put
        }
      }
    }
    try result.get()
  }

  func synchronise() throws(SnapshotError) {
    #if canImport(Darwin)
      // fsync on Apple systems leaves data in the drive's own cache. Not every file system has the other.
      if fcntl(number, F_FULLFSYNC) == 0 { return }
    #endif
    guard fsync(number) == 0 else { throw .lastSystemError }
  }
}
