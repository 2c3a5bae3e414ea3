#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
internal import CPISDigests
internal import CPISFiles

/// How far a log has come: the hash that its records lead to, and how many there are.
///
/// A line is a hash, a space, a JSON object and a line feed. The hash is SHA-256 over the hash of the line before (32
/// zero bytes before the first) and the object's bytes as they stand, so that anybody can check it with the tools of
/// any system.
struct AuditChain: Hashable, Sendable {
  static let format = LogFormat(name: "audit", magic: "CPAU", version: 1)

  private(set) var count: UInt64 = 0
  private(set) var hash = [UInt8](repeating: 0, count: 32)

  init() {}

  var head: AuditHead { AuditHead(count: count, hash: hash.hexadecimal) }

  /// The line that comes next.
  mutating func add(_ json: [UInt8]) -> [UInt8] {
    hash = SHA256Digest(of: hash + json).bytes
    count += 1
    return hash.hexadecimalBytes + [UInt8(ascii: " ")] + json + [UInt8(ascii: "\n")]
  }

  // MARK: What a segment begins with

  /// The chain's place, and when the segment was begun, in milliseconds since 1970.
  func segmentStart(begun: Int64) -> [UInt8] {
    var out = ByteWriter()
    out.put(count)
    out.put(hash)
    out.put(begun)
    return out.bytes
  }

  init?(segmentStart: ArraySlice<UInt8>, begun: inout Int64) {
    var reader = ByteReader(segmentStart)
    guard let count: UInt64 = reader.number(), let hash = reader.take(32), let time: Int64 = reader.number(),
      reader.isAtEnd
    else { return nil }
    self.count = count
    self.hash = Array(hash)
    begun = time
  }
}

/// Reads a log: to go on with it, or to check every link.
struct AuditReplay: LogReplay {
  /// As the last whole line, or the last segment's start, states it.
  private(set) var chain = AuditChain()
  /// When the last segment was begun, in milliseconds since 1970.
  private(set) var segmentBegun: Int64 = 0
  /// How many records came before the last segment.
  private(set) var countBefore: UInt64 = 0
  /// The number of the first record.
  private(set) var firstRecord: UInt64?
  /// The number of the first record whose link does not hold.
  private(set) var firstBroken: UInt64?
  /// Which of the heads that were kept elsewhere the chain has passed through.
  private(set) var passed: Set<AuditHead> = []
  private let heads: Set<AuditHead>

  init(against heads: [AuditHead] = []) { self.heads = Set(heads) }

  /// Whether the chain leads through every head that was kept.
  var passesThroughHeads: Bool { passed == heads }

  mutating func take(_ frame: LogFrame) -> Bool {
    switch frame.kind {
    case .start:
      guard frame.parts == 0, let stated = AuditChain(segmentStart: frame.payload, begun: &segmentBegun) else {
        return false
      }
      // The first segment's start is all that is known of what came before it.
      if firstRecord == nil {
        firstRecord = stated.count + 1
      } else if stated != chain || frame.isAfterGap {
        noteBroken()
      }
      chain = stated
      countBefore = stated.count
      notePassing()
      return true
    case .record:
      if frame.isAfterGap { noteBroken() }
      return take(lines: frame.payload)
    case .part: return false
    }
  }

  private mutating func take(lines payload: ArraySlice<UInt8>) -> Bool {
    guard payload.last == UInt8(ascii: "\n") else { return false }
    for line in payload.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      let stated = line.prefix(64)
      let computed = chain.add(Array(line.dropFirst(65)))
      if !computed.dropLast().elementsEqual(line) {
        noteBroken(at: chain.count)
        // Later links are judged by what this one states, so that one change is not taken for many.
        chain.restate([UInt8](hexadecimal: stated))
      }
      notePassing()
    }
    return true
  }

  /// The next record's link does not hold.
  mutating func noteBroken() { noteBroken(at: chain.count + 1) }

  private mutating func noteBroken(at record: UInt64) { firstBroken = firstBroken ?? record }

  private mutating func notePassing() {
    guard !heads.isEmpty else { return }
    let head = chain.head
    if heads.contains(head) { passed.insert(head) }
  }
}

extension AuditChain {
  /// Takes a line's own word for its hash.
  fileprivate mutating func restate(_ stated: [UInt8]?) {
    if let stated, stated.count == 32 { hash = stated }
  }
}
