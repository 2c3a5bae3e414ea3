#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// What the payload of a frame says.
enum JournalRecord: Hashable, Sendable {
  /// A segment begins; `tableFrames` frames with the whole table follow, and then all older segments are obsolete.
  /// 0 says that it goes on where the segment before it ended.
  case segmentStart(tableFrames: UInt32, totals: OutboxCounters)
  /// Changes that happen together, and the totals after them.
  case changes([OutboxChange], totals: OutboxCounters)
  /// A part of the table.
  case table(items: [OutboxItem], delivered: [OutboxItem.Key], totals: OutboxCounters)

  /// The totals as they stand after the record.
  var totals: OutboxCounters {
    switch self {
    case .segmentStart(_, let totals), .changes(_, let totals), .table(_, _, let totals): totals
    }
  }

  var frameKind: Frame.Kind {
    switch self {
    case .segmentStart: .segmentStart
    case .changes: .changes
    case .table: .table
    }
  }
}

extension OutboxItem {
  /// No longer id of a key is written, as its length is one byte.
  static let longestKeyID = 255
  /// The bytes of a record beside its payload and its key's id, in changes or in a table, parked or not: no fewer
  /// than it has, so that an item that was taken fits into the frame of a table later.
  static let recordBytes = 320
}

extension OutboxChange {
  /// How many bytes it takes in a frame, at most.
  var recordBytes: Int {
    switch self {
    case .accepted(let item): item.recordBytes
    case .tried, .parked: 64
    case .delivered, .retried, .discarded: 18
    }
  }
}

extension OutboxItem {
  /// How many bytes it takes in a frame, at most.
  var recordBytes: Int { Self.recordBytes + payload.keyID.utf8.count + payload.bytes.count }
}

extension JournalRecord {
  /// How many bytes a frame has beside its changes, or its items and keys: no fewer than it has.
  static let overhead = 64
}

extension Date {
  /// The instant to the millisecond, as the journal has it, so that what is in memory is what is on disk.
  init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }

  /// Milliseconds since 1970. An instant that is none, or beyond the year 9999, is taken to its nearest bound.
  var milliseconds: Int64 {
    let value = (timeIntervalSince1970 * 1000).rounded()
    guard value.isFinite else { return 0 }
    return Int64(min(max(value, -62_135_596_800_000), 253_402_300_799_000))
  }

  /// The same instant without what the journal does not keep.
  var toTheMillisecond: Date { Date(milliseconds: milliseconds) }
}
