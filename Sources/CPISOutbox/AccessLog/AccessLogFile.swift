internal import CPISDigests

/// The access log's file, open for writing, for one owner at a time.
struct AccessLogFile: Sendable {
  static let name = "access-log"

  private let fileSystem: any FileSystem
  private let file: FileID
  private let lockFile: FileID
  private var length: Int
  private var state = State.open
  private(set) var count: UInt64
  private(set) var hash: [UInt8]
  private(set) var findings: [AccessLogFinding] = []

  private enum State { case open, stopped, closed }

  static func open(_ fileSystem: any FileSystem, folder: String) throws(OutboxError) -> AccessLogFile {
    let lockFile = try fileSystem.lockFolder(folder)
    do throws(FileSystemError) {
      return try AccessLogFile(fileSystem, folder: folder, lockFile: lockFile)
    } catch {
      fileSystem.close(lockFile)
      throw OutboxError(error)
    }
  }

  private init(_ fileSystem: any FileSystem, folder: String, lockFile: FileID) throws(FileSystemError) {
    self.fileSystem = fileSystem
    self.lockFile = lockFile
    let path = folder + "/" + Self.name
    let file: FileID
    do throws(FileSystemError) {
      file = try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.open(path, .update) }
    } catch {
      guard error.condition == .notFound else { throw error }
      file = try fileSystem.createWhole(Self.name, in: folder, [])
    }
    self.file = file
    do throws(FileSystemError) {
      let bytes = try fileSystem.readAll(file)
      let chain = AccessLogChain(bytes)
      (count, hash, length) = (chain.lines, chain.lastHash, chain.wholeLength)
      if let end = chain.endOfLastRecord(in: bytes) {
        // One turned bit in the last line feed must not cost a record that was acknowledged.
        try fileSystem.writeAll(file, [UInt8(ascii: "\n")], at: end)
        let restored = AccessLogChain(bytes[..<end] + [UInt8(ascii: "\n")])
        (count, hash, length) = (restored.lines, restored.lastHash, restored.wholeLength)
        findings = [.restored(record: count)]
      } else if length < bytes.count {
        let length = length
        try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.truncate(file, to: length) }
        findings = [.cutOff(bytes: bytes.count - length)]
      }
      try fileSystem.syncWhole(file)
      try fileSystem.syncNames(folder)
    } catch {
      fileSystem.close(file)
      throw error
    }
  }

  /// Adds entries with one sync: all or none.
  mutating func append(_ entries: [(entry: AccessLogEntry, patientHash: [UInt8]?)]) throws(OutboxError) {
    switch state {
    case .open: break
    case .stopped: throw OutboxError(.stopped)
    case .closed: throw OutboxError(.closed)
    }
    var (count, hash, lines) = (count, hash, [UInt8]())
    for (entry, patientHash) in entries {
      guard let json = AccessLogLine.json(entry, number: count + 1, patientHash: patientHash) else {
        throw OutboxError(.other)
      }
      hash = AccessLogLine.hash(after: hash, json)
      lines += hash.hexadecimalBytes + [UInt8(ascii: " ")] + json + [UInt8(ascii: "\n")]
      count += 1
    }
    do throws(OutboxError) {
      try fileSystem.appendDurably(file, lines, at: length)
    } catch {
      if error.code == .stopped { state = .stopped }
      throw error
    }
    (self.count, self.hash) = (count, hash)
    length += lines.count
  }

  mutating func close() {
    guard state != .closed else { return }
    state = .closed
    fileSystem.close(file)
    fileSystem.close(lockFile)
  }
}
