#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
package import CPISFiles
internal import NHSNumbers

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
    /// The id of the key that it is sealed with, as it stands in the file; `nil` when it is not sealed.
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
  /// What its owner should know about the files, including damage.
  public let findings: [JournalFinding]

  /// The verdict of an inspection, the worst first.
  @nonexhaustive
  public enum Verdict: Hashable, Sendable {
    /// Something is damaged now, or the counters do not balance. Opening the store mends what can be mended.
    case damaged
    /// The folder is not one that a store is opened in.
    case notTrusted
    /// All that is there is sound, but quarantine files of earlier damage wait for a person. Look at them, offer again
    /// what is missing if you can, and remove them.
    case quarantined
    /// All that is there is sound, but notices are parked: they will not be delivered until a person decides.
    case parked
    /// All that is there is sound, and nothing waits for a person.
    case sound
  }

  /// The verdict on what is there now. Earlier losses stay in ``OutboxCounters/lost`` and do not make a folder unsound
  /// for ever: otherwise new damage would not stand out.
  public var verdict: Verdict {
    if findings.contains(where: \.isDamage) || !counters.areBalanced { return .damaged }
    if findings.contains(where: { if case .notTrusted = $0 { true } else { false } }) { return .notTrusted }
    if findings.contains(where: { if case .quarantineFiles = $0 { true } else { false } }) { return .quarantined }
    return parkedItems.isEmpty ? .sound : .parked
  }

  /// The items that are not tried until a person retries or discards them.
  public var parkedItems: [Item] { items.filter { $0.parking != nil } }

  /// Whether nobody seems to deliver: of all that is to be delivered nothing was ever tried, and the oldest has waited
  /// for five minutes and more at an instant. The host does not run its outbox, or a receiver does not answer at all, or
  /// it is working through a long backlog: what arrives at the first try leaves no try behind. Only the host itself
  /// knows for certain: ``Outbox/deliveryState``.
  public func nobodyDelivers(at now: Date) -> Bool {
    let pending = items.filter { $0.parking == nil }
    guard let oldest = pending.map(\.acceptedAt).min(), now.timeIntervalSince(oldest) >= 300 else { return false }
    return pending.allSatisfy { $0.tries.count == 0 }
  }

  /// Whether nothing is damaged, the counters balance, the folder is trusted, and nothing is set aside. Parked notices do
  /// not make a folder unsound, and still need somebody who decides: see ``verdict``.
  public var isSound: Bool { verdict == .sound || verdict == .parked }

  /// Reads a folder without changing it. An outbox may have it open: then this is the state of a moment, and an
  /// unfinished end is a write under way.
  ///
  /// - Throws: ``OutboxError``: `notFound` when there is no folder, `notAnOutbox` when there is no journal in it,
  ///   `notReadable`, `notTrusted`, `earlierVersion`, `laterVersion`, `diskFailed`. Damage is not an error: it is among
  ///   the findings.
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
    let distrust: FolderDistrust?
    do throws(FileSystemError) {
      (folder, distrust) = try Folder.forInspection(fileSystem, path)
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
      replay.merged(with: reader.findings)
      + ((distrust ?? folder.distrust(of: reader.ownNames)).map { [.notTrusted(DistrustCause($0))] } ?? [])
  }
}

// MARK: Text

extension OutboxInspection {
  /// The whole report, a line for each fact, at an instant: ages count to it. Items are shown by kind and id. Ten
  /// digits in a row in the id of a sealing key are shown as `#`, as they may be a patient's number.
  public func displayText(at now: Date) -> String {
    var lines = verdict == .parked ? [] : [verdict.displayText]
    lines += [parkedText, undeliveredText(at: now), "\(counters)"].compactMap(\.self)
    if counters.lost > 0 {
      lines.append(
        "Lost to damage, now or earlier: \(counters.lost). What was lost at the very end is not counted.")
    }
    if isInUse == true { lines.append("An outbox has the folder open: this is the state of a moment.") }
    lines.append(
      Self.count(segments.count, "segment", "segments", before: "Journal: ")
        + Self.count(segments.reduce(0) { $0 + $1.bytes }, "byte", "bytes", before: ", ")
        + Self.count(segments.reduce(0) { $0 + $1.frames }, "frame", "frames", before: ", ")
        + Self.count(rememberedDeliveries, "delivery", "deliveries", before: "; ") + " remembered")
    for kind in OutboxItem.Kind.allCases {
      let pending = items.filter { $0.key.kind == kind && $0.parking == nil }
      guard let oldest = pending.map(\.acceptedAt).min() else { continue }
      lines.append("Pending \(kind.code): \(pending.count), oldest waiting \(Self.age(oldest, now))")
    }
    for item in items {
      guard let parking = item.parking else { continue }
      lines.append(
        "Parked \(item.key): \(parking.reason.rawValue) \(Self.age(parking.since, now)) ago, "
          + Self.count(Int(item.tries.count), "try", "tries", before: "after "))
    }
    let keys = Set(items.compactMap(\.sealedWith).map(Self.harmless)).sorted()
    let unsealed = items.count { $0.sealedWith == nil }
    if !keys.isEmpty { lines.append("Sealed with: \(keys.joined(separator: ", "))") }
    if unsealed > 0 { lines.append("Not sealed: \(unsealed)") }
    lines += findings.map { ($0.isDamage ? "Damage: " : "Found: ") + $0.description }
    return lines.joined(separator: "\n")
  }

  /// How many notices are parked, and what that means; `nil` when none is.
  public var parkedText: String? {
    let count = parkedItems.count
    return switch count {
    case 0: nil
    case 1: "1 notice is PARKED: it will not be delivered until somebody retries or discards it."
    default: "\(count) notices are PARKED: they will not be delivered until somebody retries or discards them."
    }
  }

  /// That nobody seems to deliver, and what that means; `nil` when somebody does.
  public func undeliveredText(at now: Date) -> String? {
    guard nobodyDelivers(at: now) else { return nil }
    return "NOBODY DELIVERS, or long behind: nothing that waits was ever tried. Does the host run its outbox?"
  }

  /// The id of a sealing key as it may be shown. What stands in the file may be anything: it must not pass for a line
  /// of ours, and ten digits in a row, whatever separates them, may be a patient's number.
  private static func harmless(_ keyID: String) -> String {
    func plain(_ text: String) -> String {
      String(decoding: text.utf8.filter { (0x21...0x7E).contains($0) }, as: UTF8.self)
    }
    // Once more at the end: hiding a number decodes what is percent-encoded.
    return plain(NumberMask.masked(plain(keyID), joinedBy: 0))
  }

  private static func count(_ number: Int, _ one: String, _ many: String, before: String) -> String {
    "\(before)\(number) \(number == 1 ? one : many)"
  }

  private static func age(_ since: Date, _ now: Date) -> String {
    let minutes = Int((min(max(now.timeIntervalSince(since), 0), 1e10) / 60).rounded(.down))
    if minutes < 120 { return "\(minutes) min" }
    return minutes < 2880 ? "\(minutes / 60) h" : "\(minutes / 1440) days"
  }
}

extension OutboxInspection.Verdict {
  /// The verdict in a sentence.
  public var displayText: String {
    switch self {
    case .damaged: "NOT sound: see the findings."
    case .notTrusted: "NOT trusted: see the findings."
    case .quarantined: "Quarantined bytes need someone to look at them; all else holds."
    case .parked: "Notices are PARKED: they will not be delivered until somebody retries or discards them."
    case .sound: "Sound."
    }
  }

  /// The verdict as a stable word, for logs and programs.
  public var code: String {
    switch self {
    case .damaged: "damaged"
    case .notTrusted: "notTrusted"
    case .quarantined: "quarantined"
    case .parked: "parked"
    case .sound: "sound"
    }
  }
}
