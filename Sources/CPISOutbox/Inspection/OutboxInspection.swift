#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
package import CPISFiles

/// The state of an outbox's folder, for a person to read. It holds nothing of a patient.
public struct OutboxInspection: Hashable, Sendable {
  /// A segment of the journal.
  public struct Segment: Hashable, Sendable {
    /// The number of its first frame, by which it is named.
    public let number: UInt64
    /// Its length.
    public let bytes: Int
    /// Frames that could be read.
    public let frames: Int
  }

  /// An item to be delivered or parked.
  public struct Item: Hashable, Sendable {
    /// Its identity.
    public let key: OutboxItem.Key
    /// When it was accepted.
    public let acceptedAt: Date
    /// The tries so far.
    public let tries: OutboxItem.Tries
    /// Why and since when it is parked; `nil` while it is to be delivered.
    public let parking: OutboxItem.Parking?
    /// The bytes of its payload.
    public let payloadBytes: Int
    /// The key that it is sealed with; `nil` when it is not sealed.
    public let sealedWith: String?
  }

  /// The segments that count, oldest first.
  public let segments: [Segment]
  /// The items, in order of acceptance.
  public let items: [Item]
  /// What became of every item.
  public let counters: OutboxCounters
  /// How many delivered keys are remembered.
  public let rememberedDeliveries: Int
  /// Whether an outbox had the folder open; `nil` when that could not be found out.
  public let isInUse: Bool?
  /// What is to be known about the files, damage included.
  public let findings: [JournalFinding]

  /// What the inspection comes to, the worst first.
  public enum Verdict: Hashable, Sendable {
    /// Something is damaged now, or the counters do not balance. Opening the store mends what can be mended.
    case damaged
    /// The folder is not one that a store is opened in.
    case notTrusted
    /// All that is there holds, and quarantine files of earlier damage wait for a person. Look at them, offer again
    /// what is missing if you can, and remove them.
    case quarantined
    /// All that is there holds, and nothing waits for a person.
    case sound
  }

  /// What it comes to: about what is there now. What was lost once stays in ``OutboxCounters/lost``, and does not
  /// make a folder unsound for ever, or new damage would not stand out.
  public var verdict: Verdict {
    if findings.contains(where: \.isDamage) || !counters.areBalanced { return .damaged }
    if findings.contains(.notTrusted) { return .notTrusted }
    let waits = findings.contains { if case .quarantineFiles = $0 { true } else { false } }
    return waits ? .quarantined : .sound
  }

  /// Whether nothing is damaged, the counters balance, and nothing waits for a person.
  public var isSound: Bool { verdict == .sound }

  /// Reads a folder without changing it. The outbox may be open meanwhile: then it is the state of a moment, and an
  /// unfinished end is a write under way.
  ///
  /// - Throws: ``OutboxError``: `notFound` when there is no folder, `notAnOutbox` when there is no journal in it,
  ///   `notReadable`, `notTrusted`, `earlierVersion`, `laterVersion`, `diskFailed`. Damage is no error: it is among the
  ///   findings.
  public static func inspect(folder: String) throws(OutboxError) -> OutboxInspection {
    try inspect(POSIXFileSystem(), folder: folder)
  }

  /// Reads a folder on a disk of the caller's.
  package static func inspect(_ fileSystem: any FileSystem, folder: String) throws(OutboxError) -> OutboxInspection
  {
    var triesLeft = 3
    while true {
      do throws(LogError) {
        let inspection = try OutboxInspection(fileSystem, folder)
        if !inspection.segments.isEmpty { return inspection }
      } catch {
        let error = OutboxError(log: error)
        if error.code == .notWritable { throw OutboxError(.notReadable) }
        // An outbox at work may have replaced a segment since the folder was listed.
        triesLeft -= 1
        guard error.code == .notFound || error.code == .diskFailed, triesLeft > 0 else { throw error }
        continue
      }
      throw OutboxError(.notAnOutbox)
    }
  }

  private init(_ fileSystem: any FileSystem, _ path: String) throws(LogError) {
    var replay = JournalReplay(remembering: .max)
    let folder: Folder
    let isTrusted: Bool
    do throws(FileSystemError) {
      (folder, isTrusted) = try Folder.forInspection(fileSystem, path)
    } catch {
      throw .disk(error)
    }
    defer { folder.close() }
    let reader = try LogReader(
      folder, Journal.format, .sinceFreshStart, longestSegment: SegmentedLog.Limits().longestSegment, into: &replay)
    replay.end()
    isInUse = folder.isLocked
    segments = reader.segments.map { Segment(number: $0.number, bytes: $0.length, frames: $0.frames) }
    items = replay.table.items.map { item in
      Item(
        key: item.key, acceptedAt: item.acceptedAt, tries: item.tries, parking: item.parked,
        payloadBytes: item.payload.bytes.count,
        sealedWith: item.payload.keyID.isEmpty ? nil : item.payload.keyID)
    }
    counters = replay.table.counters
    rememberedDeliveries = replay.table.delivered.count
    findings =
      replay.merged(with: reader.findings) + (isTrusted ? [] : [.notTrusted])
  }
}
