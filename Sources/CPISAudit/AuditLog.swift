#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
public import CPIS
internal import CPISDigests
package import CPISFiles

/// A tamper-evident log of checks: who checked when, where, and with what outcome.
///
/// Each record carries a hash over itself and the record before (hazard H15). It lies in a folder of its own with mode
/// 0700, in segments of bounded length, described in `Documentation/Formats/Audit.md`. A patient is written as a keyed
/// hash only. It says what the host told it; what the registry knows is the registry's.
///
/// ```swift
/// let audit = try await AuditLog.open(folder: "/var/lib/epr/cpis-audit", hasher: hasher)
/// let outcome = await service.check(patient, in: context)
/// try await audit.record(
///   AuditEntry(
///     time: Date(), patient: patient, context: context, accessID: outcome.access?.id, outcome: .init(outcome)))
/// ```
public final class AuditLog: Sendable {
  /// When a log goes on in a new segment. A segment that is complete can be archived, or removed once it has been kept
  /// for as long as it must be: the oldest first.
  public struct Rotation: Hashable, Sendable {
    /// Once a segment has this many bytes: 16 MiB, some 40,000 records. No segment has more than about 900 MiB.
    public var segmentBytes: Int = 16 << 20
    /// Once a segment is this old: 30 days. The age is checked when a record is written.
    public var segmentAge: Duration = .seconds(30 * 86_400)
    /// Makes the usual rotation.
    public init() {}
  }

  private typealias Commits = GroupCommit<Writer, Request, Result<AuditHead, AuditError>>

  private enum Request: Sendable {
    case append(AuditEntry, patientHash: [UInt8]?)
    case head
    case close
  }

  private let commits: Commits
  private let hasher: any PatientHasher

  /// What opening found in the last segment. Show it to whoever runs the system.
  public let findings: [AuditFinding]

  private init(_ writer: Writer, hasher: any PatientHasher) {
    findings = writer.findings
    self.hasher = hasher
    commits = Commits(writer, label: "cpis.audit") { writer, requests in writer.perform(requests) }
  }

  deinit { commits.finish { $0.close() } }

  /// Opens the log in a folder, and creates the folder if it does not exist; its parent must exist.
  ///
  /// The log opens even when its chain is broken, because checks must go on: run ``verify(folder:against:)`` from time
  /// to time, and show ``findings``.
  /// - Parameters:
  ///   - folder: its path. Nothing of a patient belongs in it.
  ///   - hasher: hashes patients' numbers with a key.
  ///   - rotation: when a new segment begins.
  ///   - clock: where time comes from.
  /// - Throws: ``AuditError``: `inUse`, `notFound` when there is no parent, `notTrusted`, `notPermitted`,
  ///   `earlierVersion`, `laterVersion`, `diskFull`, `diskFailed`.
  /// - Complexity: O(bytes in the last segment).
  public static func open(
    folder: String, hasher: some PatientHasher, rotation: Rotation = Rotation(),
    clock: some WallClock = SystemClock()
  ) async throws(AuditError) -> AuditLog {
    try await open(POSIXFileSystem(), folder: folder, hasher: hasher, rotation: rotation, clock: clock)
  }

  /// Opens the log on a disk of the caller's.
  package static func open(
    _ fileSystem: any FileSystem, folder: String, hasher: some PatientHasher, rotation: Rotation = Rotation(),
    clock: some WallClock = SystemClock()
  ) async throws(AuditError) -> AuditLog {
    AuditLog(
      try await offPool { () throws(AuditError) in
        try Writer(fileSystem, folder: folder, rotation: rotation, clock: clock)
      }, hasher: hasher)
  }

  /// Writes an entry: when it returns, the entry outlives a power cut. Callers at once share one sync.
  ///
  /// - Throws: ``AuditError``: `notHashed`, `notStorable`, `diskFull`, `diskFailed`, `notPermitted`, `notTrusted`;
  ///   nothing was written then. After `stopped` that is not known, and neither `stopped` nor `closed` ends by itself.
  public func record(_ entry: AuditEntry) async throws(AuditError) {
    var patientHash: [UInt8]?
    if let patient = entry.patient {
      do throws(SealerError) { patientHash = try hasher.hash(patient) } catch { throw AuditError(.notHashed) }
      guard let patientHash, (16...64).contains(patientHash.count) else { throw AuditError(.notHashed) }
    }
    _ = try await commits.submit(.append(entry, patientHash: patientHash)).get()
  }

  /// The log's end. Keep it elsewhere now and then.
  ///
  /// - Throws: ``AuditError``: `closed`.
  public func head() async throws(AuditError) -> AuditHead { try await commits.submit(.head).get() }

  /// Closes the log and gives the folder up. Later calls throw ``AuditError/Code/closed``.
  public func close() async { _ = await commits.submit(.close) }

  /// Checks every link of a log, open or not, and names the first that does not hold.
  ///
  /// - Parameters:
  ///   - folder: the folder of the log.
  ///   - heads: heads kept elsewhere, through each of which the log must pass; without one, a log that was cut short or
  ///     written anew cannot be found out. A head older than the first record present cannot be compared.
  /// - Throws: ``AuditError`` when the log cannot be read: `notFound`, `notAnAuditLog`, `notPermitted`, `notTrusted`, `earlierVersion`,
  ///   `laterVersion`, `diskFailed`. A broken chain is no error.
  /// - Complexity: O(bytes in the log), of which one segment is in memory at a time.
  public static func verify(
    folder: String, against heads: [AuditHead] = []
  ) async throws(AuditError) -> AuditVerification {
    try await verify(POSIXFileSystem(), folder: folder, against: heads)
  }

  /// Checks a log on a disk of the caller's.
  package static func verify(
    _ fileSystem: any FileSystem, folder: String, against heads: [AuditHead] = []
  ) async throws(AuditError) -> AuditVerification {
    try await offPool { () throws(AuditError) in try AuditVerification(fileSystem, folder, against: heads) }
  }
}

// MARK: Writing

extension AuditLog {
  /// The log's files, open for writing, for one owner at a time.
  private struct Writer: Sendable {
    private var log: SegmentedLog
    private var chain: AuditChain
    private var segmentBegun: Int64
    /// How many records came before the segment.
    private var countBefore: UInt64
    private let rotation: Rotation
    private let clock: any WallClock
    let findings: [AuditFinding]

    init(
      _ fileSystem: any FileSystem, folder: String, rotation: Rotation, clock: any WallClock
    ) throws(AuditError) {
      var limits = SegmentedLog.Limits()
      // A segment that grew longer than any may be would take no more.
      limits.segmentBytes = min(rotation.segmentBytes, 900 << 20)
      var replay = AuditReplay()
      do throws(LogError) {
        log = try SegmentedLog(fileSystem, folder: folder, AuditChain.format, .lastSegment, limits, into: &replay)
      } catch {
        throw AuditError(log: error)
      }
      chain = replay.chain
      segmentBegun = replay.segmentBegun
      countBefore = replay.countBefore
      self.rotation = rotation
      self.clock = clock
      findings = log.findings.map(AuditFinding.init)
      do throws(LogError) {
        guard log.namesOfOthers.allSatisfy({ $0 != AuditVerification.earlierName }) else {
          throw LogError.earlierVersion
        }
        let (now, count) = (clock.now.milliseconds, log.segmentCount)
        try log.resume(chain.segmentStart(begun: now))
        if log.segmentCount > count { (segmentBegun, countBefore) = (now, chain.count) }
      } catch {
        log.close()
        throw AuditError(log: error)
      }
    }

    mutating func close() { log.close() }

    /// Does requests in order. Entries that come one after another share one record of the log, and its sync.
    mutating func perform(_ requests: [Request]) -> [Result<AuditHead, AuditError>] {
      var replies: [Result<AuditHead, AuditError>] = []
      var entries: [(entry: AuditEntry, patientHash: [UInt8]?)] = []
      for request in requests {
        if case .append(let entry, let patientHash) = request {
          entries.append((entry, patientHash))
          continue
        }
        replies += append(entries)
        entries = []
        switch request {
        case .append: break
        case .head:
          replies.append(log.refusal == LogError.closed ? .failure(AuditError(.closed)) : .success(chain.head))
        case .close:
          log.close()
          replies.append(.success(chain.head))
        }
      }
      return replies + append(entries)
    }

    private mutating func append(
      _ entries: [(entry: AuditEntry, patientHash: [UInt8]?)]
    ) -> [Result<AuditHead, AuditError>] {
      var results: [Result<AuditHead, AuditError>] = []
      while results.count < entries.count { results += appendGroup(entries[results.count...]) }
      return results
    }

    /// Writes as many entries as fit into one frame, at least one, with one sync.
    private mutating func appendGroup(
      _ entries: ArraySlice<(entry: AuditEntry, patientHash: [UInt8]?)>
    ) -> [Result<AuditHead, AuditError>] {
      var (next, lines) = (chain, [UInt8]())
      var results: [Result<AuditHead, AuditError>] = []
      for (entry, patientHash) in entries {
        let json = entry.json(number: next.count + 1, patientHash: patientHash?.hexadecimal)
        guard let json, AuditChain.lineOverhead + json.count <= Frame.longestPayload else {
          results.append(.failure(AuditError(.notStorable)))
          continue
        }
        guard lines.count + AuditChain.lineOverhead + json.count <= Frame.longestPayload else { break }
        lines += next.add(json)
        results.append(.success(next.head))
      }
      guard !lines.isEmpty else { return results }
      do throws(LogError) {
        try startSegmentIfDue()
        try log.append(lines)
        chain = next
        return results
      } catch {
        let error = AuditError(log: error)
        return results.map { result in if case .success = result { .failure(error) } else { result } }
      }
    }

    private mutating func startSegmentIfDue() throws(LogError) {
      let now = clock.now.milliseconds
      let age = Double(now - segmentBegun) / 1000
      guard chain.count > countBefore, log.isSegmentFull || age >= rotation.segmentAge.seconds else { return }
      try log.startSegment(chain.segmentStart(begun: now))
      (segmentBegun, countBefore) = (now, chain.count)
    }
  }
}

// MARK: Checking

extension AuditVerification {
  /// The file in which earlier versions kept the log.
  fileprivate static let earlierName = "access-log"

  fileprivate init(_ fileSystem: any FileSystem, _ path: String, against heads: [AuditHead]) throws(AuditError) {
    let folder: Folder
    let distrust: FolderDistrust?
    do throws(FileSystemError) {
      (folder, distrust) = try Folder.forInspection(fileSystem, path)
    } catch {
      throw AuditError(disk: error)
    }
    defer { folder.close() }
    var (reader, replay) = try Self.read(folder, against: heads)
    if reader.namesOfOthers.contains(Self.earlierName) { throw AuditError(.earlierVersion) }
    guard !reader.segments.isEmpty else { throw AuditError(.notAnAuditLog) }
    // What cannot be read at the very end is followed by no link that would not hold.
    if reader.endsInDamage { replay.noteBroken() }
    let head = replay.chain.head
    if let record = replay.firstBroken {
      verdict = .broken(record: record)
    } else {
      verdict = replay.differingHeads.isEmpty ? .intact(head) : .headDiffers(head)
    }
    firstRecord = replay.firstRecord ?? 1
    olderHeads = replay.olderHeads
    differingHeads = replay.differingHeads
    // Whoever writes a log anew could begin it after every head.
    let isComparable = heads.isEmpty || olderHeads.count < heads.count
    findings =
      reader.findings.map(AuditFinding.init)
      + ((distrust ?? folder.distrust(of: reader.ownNames)).map { [.notTrusted($0)] } ?? [])
      + (isComparable ? [] : [.noHeadComparable])
  }

  /// Reads a log that may be at work.
  private static func read(
    _ folder: Folder, against heads: [AuditHead]
  ) throws(AuditError) -> (LogReader, AuditReplay) {
    for _ in 0..<3 {
      do throws(LogError) {
        var replay = AuditReplay(against: heads)
        let reader = try LogReader(
          folder, AuditChain.format, .everything, longestSegment: SegmentedLog.Limits().longestSegment,
          into: &replay)
        return (reader, replay)
      } catch {
        // An old segment may have been taken away since the folder was listed.
        guard case .disk(let cause) = error, cause.condition == .notFound else { throw AuditError(log: error) }
      }
    }
    throw AuditError(.diskFailed)
  }
}
