internal import CPIS
internal import CPISDigests

/// A tamper-evident log of checks: who checked when, where, and with what outcome.
///
/// Each record carries a hash over itself and the record before (hazard H15). It is a text file of one line a record,
/// described in `Documentation/Formats/Journal.md`, in a folder of its own with mode 0700. A patient is written as a keyed
/// hash only. It says what the host told it; what the registry knows is the registry's.
public final class AccessLog: Sendable {
  private enum Request: Sendable {
    case append(AccessLogEntry, [UInt8]?)
    case head
    case close
  }

  private typealias Reply = Result<AccessLogHead?, OutboxError>

  private let commits: GroupCommit<AccessLogFile, Request, Reply>
  private let hasher: any PatientHasher

  /// What opening found. Show it to whoever runs the system.
  public let findings: [AccessLogFinding]

  private init(_ file: AccessLogFile, hasher: any PatientHasher) {
    findings = file.findings
    self.hasher = hasher
    commits = GroupCommit(file, label: "cpis.access-log", perform: Self.perform)
  }

  deinit { commits.finish { $0.close() } }

  /// Opens the log in a folder, which is made when it is not there. An unfinished last line is cut off,
  /// unless it lacks nothing but its line feed.
  ///
  /// A broken chain does not keep it from opening, as checks go on: run ``verify(folder:against:)`` from time to time.
  /// - Throws: ``OutboxError``: `inUse`, `notTrusted`, `notWritable`, `diskFull`, `diskFailed`.
  public static func open(folder: String, hasher: some PatientHasher) async throws(OutboxError) -> AccessLog {
    try await open(POSIXFileSystem(), folder: folder, hasher: hasher)
  }

  /// Opens the log on a disk of the caller's.
  package static func open(
    _ fileSystem: any FileSystem, folder: String, hasher: some PatientHasher
  ) async throws(OutboxError) -> AccessLog {
    let result = await GroupCommit<AccessLogFile, Request, Reply>.offPool {
      () -> Result<AccessLogFile, OutboxError> in
      do throws(OutboxError) {
        return .success(try AccessLogFile.open(fileSystem, folder: folder))
      } catch {
        return .failure(error)
      }
    }
    return AccessLog(try result.get(), hasher: hasher)
  }

  /// Writes an entry: when it returns, the entry outlives a power cut. Callers at once share one sync.
  ///
  /// - Throws: ``OutboxError``; `notHashed` when the hasher did not hash, and nothing was written.
  public func record(_ entry: AccessLogEntry) async throws(OutboxError) {
    var patientHash: [UInt8]?
    if let patient = entry.patient {
      do throws(SealerError) { patientHash = try hasher.hash(patient) } catch { throw OutboxError(.notHashed) }
    }
    _ = try await commits.submit(.append(entry, patientHash)).get()
  }

  /// The log's end. Keep it elsewhere now and then.
  public func head() async throws(OutboxError) -> AccessLogHead {
    guard let head = try await commits.submit(.head).get() else { throw OutboxError(.other) }
    return head
  }

  /// Closes the log and gives the folder up. Later calls throw ``OutboxError/Code/closed``.
  public func close() async { _ = await commits.submit(.close) }

  /// Checks every link of a log, open or not, and names the first that does not hold.
  ///
  /// - Parameters:
  ///   - folder: the folder of the log.
  ///   - head: a head kept elsewhere, which the log must pass through; `nil` when none was kept.
  /// - Throws: ``OutboxError`` when the log cannot be read.
  /// - Complexity: O(bytes in the log).
  public static func verify(
    folder: String, against head: AccessLogHead? = nil
  ) async throws(OutboxError) -> AccessLogVerdict {
    try await verify(POSIXFileSystem(), folder: folder, against: head)
  }

  /// Checks a log on a disk of the caller's.
  package static func verify(
    _ fileSystem: any FileSystem, folder: String, against head: AccessLogHead? = nil
  ) async throws(OutboxError) -> AccessLogVerdict {
    let result = await GroupCommit<AccessLogFile, Request, Reply>.offPool { () -> Result<[UInt8], OutboxError> in
      do throws(FileSystemError) {
        return .success(try fileSystem.contents(folder + "/" + AccessLogFile.name))
      } catch {
        return .failure(OutboxError(error))
      }
    }
    let chain = AccessLogChain(try result.get(), hashAt: head?.count)
    if let record = chain.firstBroken { return .broken(record: record) }
    let end = AccessLogHead(count: chain.lines, hash: chain.lastHash.hexadecimal)
    if let head, chain.hashAtCount?.hexadecimal != head.hash { return .headDiffers(end) }
    return .intact(end)
  }

  private static func perform(_ file: inout AccessLogFile, _ requests: [Request]) -> [Reply] {
    var entries: [(entry: AccessLogEntry, patientHash: [UInt8]?)] = []
    var replies: [Reply] = []
    func commit() {
      guard !entries.isEmpty else { return }
      do throws(OutboxError) {
        try file.append(entries)
        replies += entries.map { _ in .success(nil) }
      } catch {
        replies += entries.map { _ in .failure(error) }
      }
      entries = []
    }
    for request in requests {
      switch request {
      case .append(let entry, let patientHash): entries.append((entry, patientHash))
      case .head:
        commit()
        replies.append(.success(AccessLogHead(count: file.count, hash: file.hash.hexadecimal)))
      case .close:
        commit()
        file.close()
        replies.append(.success(nil))
      }
    }
    commit()
    return replies
  }
}
