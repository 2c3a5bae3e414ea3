#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
internal import CPIS
internal import CPISDigests
internal import CPISFiles

/// How far a log has come: the hash that its records lead to, and how many there are.
///
/// A line is a hash, a space, a JSON object and a line feed. The hash is SHA-256 over the hash of the line before (32
/// zero bytes before the first) and the object's bytes as they stand, so that anybody can check it with the tools of
/// any system.
struct AuditChain: Hashable, Sendable {
  /// How many bytes a line has beside its object.
  static let lineOverhead = 66
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
    // What somebody puts into the folder must not make us count past the end, or back before there was time.
    guard count <= 1 << 62, Date(milliseconds: time).milliseconds == time, count > 0 || hash.allSatisfy({ $0 == 0 })
    else { return nil }
    self.count = count
    self.hash = Array(hash)
    begun = time
  }

  /// A chain of which nothing is known but how many records it has.
  init(count: UInt64) { self.count = count }
}

/// Reads a log: to go on with it, or to check every link.
struct AuditReplay: LogReplay {
  /// As the last whole line, or the last segment's start, states it.
  private(set) var chain = AuditChain()
  /// When the last segment was begun, in milliseconds since 1970.
  private(set) var segmentBegun: Int64 = 0
  /// How many records came before the last segment.
  private(set) var countBefore: UInt64 = 0
  /// The number of the first record; `nil` while nothing was read.
  private(set) var firstRecord: UInt64?
  /// The number of the first record whose link does not hold.
  private(set) var firstBroken: UInt64?
  /// Which of the heads that were kept elsewhere the chain has passed through.
  private var passed: Set<AuditHead> = []
  private let heads: [AuditHead]

  init(against heads: [AuditHead] = []) { self.heads = heads }

  /// The heads from before the first record that is there.
  var olderHeads: [AuditHead] { heads.filter { $0.count + 1 < firstRecord ?? 1 } }

  /// The heads that were kept, can be compared, and that the chain does not lead through.
  var differingHeads: [AuditHead] {
    let older = Set(olderHeads)
    return heads.filter { !older.contains($0) && !passed.contains($0) }
  }

  func canBegin(with start: LogFrame) -> Bool {
    var begun: Int64 = 0
    return start.parts == 0 && AuditChain(segmentStart: start.payload, begun: &begun) != nil
  }

  mutating func take(_ frame: LogFrame) -> Bool {
    switch frame.kind {
    case .start:
      guard frame.parts == 0, let stated = AuditChain(segmentStart: frame.payload, begun: &segmentBegun) else {
        return false
      }
      begin(stated)
      // The first segment's start is all that is known of what came before it.
      if stated != chain || frame.isAfterDamage { noteBroken() }
      chain = stated
      countBefore = stated.count
      notePassing()
      return true
    case .record:
      guard frame.payload.last == UInt8(ascii: "\n") else { return false }
      let lines = frame.payload.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      if firstRecord == nil, let number = lines.first.flatMap({ Self.number(in: $0) }) {
        // The start before it could not be read: that much is known, and not what it leads on from.
        begin(AuditChain(count: number - 1))
      }
      if frame.isAfterDamage { noteBroken() }
      for line in lines { take(line) }
      return true
    case .part: return false
    }
  }

  /// Begins with what the first frame that is there says of those before.
  private mutating func begin(_ stated: AuditChain) {
    guard firstRecord == nil else { return }
    chain = stated
    firstRecord = stated.count + 1
  }

  private mutating func take(_ line: ArraySlice<UInt8>) {
    let computed = chain.add(Array(line.dropFirst(65)))
    let number = Self.number(in: line)
    if !computed.dropLast().elementsEqual(line) || number != chain.count {
      noteBroken(at: chain.count)
      // Later links are judged by what this one states, so that one change is not taken for many, and no number is
      // given twice.
      chain.restate([UInt8](hexadecimal: line.prefix(64)), number)
    }
    notePassing()
  }

  /// The number that a line bears. Its name cannot stand within a text, where a quote is escaped.
  private static func number(in line: ArraySlice<UInt8>) -> UInt64? {
    let name = Array("\"number\":".utf8)
    guard let start = line.indices.first(where: { line[$0...].starts(with: name) }) else { return nil }
    let digits = line[(start + name.count)...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard let number = UInt64(String(decoding: digits, as: UTF8.self)), (1...1 << 62).contains(number) else {
      return nil
    }
    return number
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
  /// Takes a line's own word for its hash, and for its number where that is higher.
  fileprivate mutating func restate(_ stated: [UInt8]?, _ number: UInt64?) {
    if let stated, stated.count == 32 { hash = stated }
    if let number { count = max(count, number) }
  }
}
