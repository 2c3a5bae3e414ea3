#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
internal import CPIS
internal import CPISFiles

/// What the payload of a frame says.
enum JournalRecord: Hashable, Sendable {
  /// A segment begins. In a fresh log the whole table follows, in so many frames.
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
}

extension OutboxItem {
  /// The longest id of a sealing key in bytes, as its length is written in one byte.
  static let longestKeyID = 255
  /// The most bytes that a record takes, in changes or in a table, parked or not, without its payload and its sealing
  /// key's id. An item that was taken must fit into the frame of a table later, so this is never too few.
  static let recordBytes = 96
}

extension OutboxChange {
  /// The most bytes that it takes in a frame.
  var recordBytes: Int {
    switch self {
    case .accepted(let item): item.recordBytes
    case .tried, .parked: 64
    case .delivered, .retried, .discarded: 18
    }
  }
}

extension OutboxItem {
  /// The most bytes that it takes in a frame.
  var recordBytes: Int { Self.recordBytes + payload.keyID.utf8.count + payload.bytes.count }
}

extension OutboxTable {
  /// The most bytes that a journal of this table alone takes for its items.
  var recordBytes: Int { payloadBytes + keyIDBytes + count * OutboxItem.recordBytes }
}

extension JournalRecord {
  /// The most bytes that a frame takes without its changes, or its items and keys.
  static let overhead = 64
}

// MARK: Bytes

/// What stands for "may come now" where an instant stands.
private let noInstant = Int64.min

extension JournalRecord {
  /// The payload of the record's frame.
  var payload: [UInt8] {
    var out = ByteWriter()
    switch self {
    case .segmentStart(_, let totals): return Self.segmentStart(totals)
    case .changes(let changes, let totals):
      out.put(totals)
      for change in changes { out.put(change) }
    case .table(let items, let delivered, let totals):
      out.put(totals)
      out.put(UInt32(items.count))
      for item in items { out.put(item) }
      for key in delivered { out.put(key) }
    }
    return out.bytes
  }

  /// What a segment's start holds of ours: the log itself says how many frames of a table follow.
  static func segmentStart(_ totals: OutboxCounters) -> [UInt8] {
    var out = ByteWriter()
    out.put(totals)
    return out.bytes
  }

  /// Reads what a frame holds; `nil` when it is not what its kind demands.
  init?(_ frame: LogFrame) {
    var reader = ByteReader(frame.payload)
    switch frame.kind {
    case .start:
      guard let totals = reader.totals(), reader.isAtEnd else { return nil }
      self = .segmentStart(tableFrames: frame.parts, totals: totals)
    case .record:
      guard let totals = reader.totals() else { return nil }
      var changes: [OutboxChange] = []
      while !reader.isAtEnd {
        guard let change = reader.change() else { return nil }
        changes.append(change)
      }
      self = .changes(changes, totals: totals)
    case .part:
      guard let totals = reader.totals(), let count: UInt32 = reader.number() else { return nil }
      var items: [OutboxItem] = []
      for _ in 0..<count {
        guard let item = reader.item() else { return nil }
        items.append(item)
      }
      var delivered: [OutboxItem.Key] = []
      while !reader.isAtEnd {
        guard let key = reader.key() else { return nil }
        delivered.append(key)
      }
      self = .table(items: items, delivered: delivered, totals: totals)
    }
  }
}

extension ByteWriter {
  fileprivate mutating func put(_ totals: OutboxCounters) {
    put(totals.accepted)
    put(totals.delivered)
    put(totals.discarded)
    put(totals.parked)
    put(totals.pending)
    put(totals.lost)
  }

  fileprivate mutating func put(_ key: OutboxItem.Key) {
    put(key.kind.rawValue)
    let id = key.id.uuid
    put([id.0, id.1, id.2, id.3, id.4, id.5, id.6, id.7])
    put([id.8, id.9, id.10, id.11, id.12, id.13, id.14, id.15])
  }

  fileprivate mutating func put(_ tries: OutboxItem.Tries) {
    put(tries.count)
    put(tries.faults)
    put(tries.nextNotBefore?.milliseconds ?? noInstant)
  }

  fileprivate mutating func put(_ parking: OutboxItem.Parking) {
    put(parking.since.milliseconds)
    putShort(parking.reason.rawValue)
  }

  fileprivate mutating func put(_ item: OutboxItem) {
    put(item.key)
    put(item.acceptedAt.milliseconds)
    put(item.tries)
    if let parking = item.parked {
      put(UInt8(1))
      put(parking)
    } else {
      put(UInt8(0))
    }
    putShort(item.payload.keyID)
    put(UInt32(item.payload.bytes.count))
    put(item.payload.bytes)
  }

  fileprivate mutating func put(_ change: OutboxChange) {
    put(change.kind.rawValue)
    switch change {
    case .accepted(let item): put(item)
    case .tried(let key, let tries):
      put(key)
      put(tries)
    case .parked(let key, let parking):
      put(key)
      put(parking)
    case .delivered(let key), .retried(let key), .discarded(let key): put(key)
    }
  }
}

extension ByteReader {
  fileprivate mutating func totals() -> OutboxCounters? {
    guard let accepted: UInt64 = number(), let delivered: UInt64 = number(), let discarded: UInt64 = number(),
      let parked: UInt64 = number(), let pending: UInt64 = number(), let lost: UInt64 = number()
    else { return nil }
    var totals = OutboxCounters()
    totals.accepted = accepted
    totals.delivered = delivered
    totals.discarded = discarded
    totals.parked = parked
    totals.pending = pending
    totals.lost = lost
    return totals
  }

  fileprivate mutating func key() -> OutboxItem.Key? {
    guard let code: UInt8 = number(), let kind = OutboxItem.Kind(rawValue: code), let bytes = take(16) else {
      return nil
    }
    let b = Array(bytes)
    let id = UUID(
      uuid: (
        b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]
      ))
    return OutboxItem.Key(kind: kind, id: id)
  }

  fileprivate mutating func tries() -> OutboxItem.Tries? {
    guard let count: UInt32 = number(), let faults: UInt32 = number(), let next: Int64 = number() else {
      return nil
    }
    return OutboxItem.Tries(
      count: count, faults: faults, nextNotBefore: next == noInstant ? nil : Date(milliseconds: next))
  }

  fileprivate mutating func parking() -> OutboxItem.Parking? {
    guard let since: Int64 = number(), let reason = shortText() else { return nil }
    return OutboxItem.Parking(reason: DeliveryError.Code(rawValue: reason), since: Date(milliseconds: since))
  }

  fileprivate mutating func item() -> OutboxItem? {
    guard let key = key(), let acceptedAt: Int64 = number(), let tries = tries(), let isParked: UInt8 = number()
    else { return nil }
    var parked: OutboxItem.Parking?
    if isParked != 0 {
      guard let parking = parking() else { return nil }
      parked = parking
    }
    guard let keyID = shortText(), let length: UInt32 = number(), let bytes = take(Int(length)) else { return nil }
    return OutboxItem(
      key: key, acceptedAt: Date(milliseconds: acceptedAt),
      payload: OutboxItem.Payload(keyID: keyID, bytes: Array(bytes)), tries: tries, parked: parked)
  }

  fileprivate mutating func change() -> OutboxChange? {
    guard let code: UInt8 = number(), let kind = OutboxChange.Kind(rawValue: code) else { return nil }
    switch kind {
    case .accepted: return item().map(OutboxChange.accepted)
    case .tried:
      guard let key = key(), let tries = tries() else { return nil }
      return .tried(key, tries)
    case .delivered: return key().map(OutboxChange.delivered)
    case .parked:
      guard let key = key(), let parking = parking() else { return nil }
      return .parked(key, parking)
    case .retried: return key().map(OutboxChange.retried)
    case .discarded: return key().map(OutboxChange.discarded)
    }
  }
}
