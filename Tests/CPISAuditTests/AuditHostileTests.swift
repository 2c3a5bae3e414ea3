import CPIS
import CPISAudit
import CPISDigests
import CPISFiles
import CPISTestSupport
import Foundation
import NHSNumbers
import Testing

/// A frame in parts, as somebody with the format's description would take it apart.
private struct Piece {
  var kind: UInt8
  var sequence: UInt64
  var previous: UInt64
  var payload: [UInt8]

  func bytes() -> ([UInt8], UInt64) {
    forgedFrame("CPAU", version: 1, kind, sequence, previous, payload)
  }

  static func all(_ bytes: [UInt8]) -> [Piece] {
    var (rest, pieces) = (bytes[...], [Piece]())
    while rest.count >= 36 {
      var reader = ByteReader(rest.dropFirst(5).prefix(31))
      let kind: UInt8 = reader.number() ?? 0
      _ = reader.take(2)
      let length: UInt32 = reader.number() ?? 0
      let sequence: UInt64 = reader.number() ?? 0
      let previous: UInt64 = reader.number() ?? 0
      pieces.append(
        Piece(
          kind: kind, sequence: sequence, previous: previous, payload: Array(rest.dropFirst(36).prefix(Int(length)))
        ))
      rest = rest.dropFirst(36 + Int(length))
    }
    return pieces
  }
}

@Suite("Attempts to break the audit log")
struct AuditHostileTests {
  @Test("A log written anew that begins after every kept head must not be called sound against them")
  func beginsAfterEveryHead() async throws {
    let world = World()
    let heads = try await world.record(0..<5)
    // A wholly forged log: a start that claims 6 records and any hash.
    var payload = ByteWriter()
    payload.put(UInt32(0))
    payload.put(UInt64(6))
    payload.put([UInt8](repeating: 0xAB, count: 32))
    payload.put(Int64(0))
    let (bytes, _) = Piece(kind: 1, sequence: 1, previous: 0, payload: payload.bytes).bytes()
    let forged = World(Disk(folder: World.folder, files: [World.folder + "/audit-0000000000000001": bytes]))
    _ = try await forged.record(0..<1)
    let verification = try await forged.verify(against: heads)
    #expect(!verification.isSound)
  }

  @Test(
    "Records lost in the middle of the last segment: later ones keep their numbers, and no number is given twice")
  func numbersAfterDamage() async throws {
    let world = World()
    let heads = try await world.record(0..<6)
    let path = world.segments[0]
    var files = world.fileSystem.disk.files
    let pieces = Piece.all(try #require(files[path]))
    // Records 3 and 4 are frames 4 and 5.
    let kept = pieces.enumerated().map { index, piece -> [UInt8] in
      var bytes = piece.bytes().0
      if index == 3 || index == 4 { for place in 50..<80 { bytes[place] ^= 0x5A } }
      return bytes
    }
    files[path] = kept.flatMap(\.self)
    let damaged = World(Disk(folder: World.folder, files: files))
    let log = try await damaged.open()
    let head = try await log.head()
    try await log.record(try sampleEntry(6))
    let next = try await log.head()
    await log.close()
    let numbers = damaged.lines.map { String(decoding: $0, as: UTF8.self) }
      .compactMap { $0.firstMatch(of: /"number":(\d+)/).map { String($0.1) } }
    #expect(Set(numbers).count == numbers.count)
    #expect(head.count == 6)
    #expect(next.count == 7)
    // The damaged segment is archived and taken away, as the manual allows.
    var rest = damaged.fileSystem.disk.files.filter { !$0.key.contains("/quarantine-") }
    rest[path] = nil
    let after = try await World(Disk(folder: World.folder, files: rest)).verify(against: [heads[5], next])
    #expect(after.isSound)
  }

  @Test("An entry that was refused is not there after a power cut")
  func refusedEntry() async throws {
    let world = World()
    _ = try await world.record(0..<2)
    let log = try await world.open()
    let entry = try sampleEntry(2)
    world.fileSystem.plan { _, operation in operation == .write ? .failAfterwards(.deviceFailed) : nil }
    do { try await log.record(entry) } catch { #expect("\(error)" == "audit: diskFailed") }
    world.fileSystem.plan(nil)
    var believed = 0
    let crashes = world.fileSystem.disk.crashes(tears: { [1, $0 / 2, $0 - 1] })
    for crash in crashes {
      let again = World(crash.disk)
      let opened = try await again.open()
      if try await opened.head().count != 2 { believed += 1 }
      await opened.close()
    }
    #expect(believed == 0)
    await log.close()
  }

  @Test(
    "Whatever seeded damage is done, a log that is called sound has the lines that were written, and it goes on",
    arguments: 0..<6)
  func fuzz(seed: Int) async throws {
    var random = SeededGenerator(seed: UInt64(seed) &+ 77)
    let original = World(segmentBytes: 1500)
    let heads = try await original.record(0..<12)
    let before = original.fileSystem.disk.files
    let lines = original.lines
    var (rounds, sound, refused) = (0, 0, [String: Int]())
    for _ in 0..<150 {
      rounds += 1
      var files = before
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let paths = files.keys.filter { $0.contains("/audit-") }.sorted()
        guard let path = paths.randomElement(using: &random), var bytes = files[path] else { continue }
        switch Int.random(in: 0..<12, using: &random) {
        case 0..<6: bytes = damaged(bytes, using: &random)
        case 6: if let other = paths.randomElement(using: &random) { bytes = files[other] ?? [] }
        case 7: files[path] = nil; continue
        case 8:
          if !bytes.isEmpty {
            let a = Int.random(in: 0..<bytes.count, using: &random)
            let b = min(bytes.count, a + Int.random(in: 1...200, using: &random))
            for place in a..<b { bytes[place] = UInt8.random(in: 0...255, using: &random) }
          }
        default:
          // Frames edited, and every checksum of the segment made anew.
          var pieces = Piece.all(bytes)
          guard pieces.count > 1 else { continue }
          let a = Int.random(in: 0..<pieces.count, using: &random)
          let b = Int.random(in: 0..<pieces.count, using: &random)
          switch Int.random(in: 0..<6, using: &random) {
          case 0: pieces.swapAt(a, b)
          case 1: pieces.remove(at: a)
          case 2: pieces.insert(pieces[a], at: b)
          case 3: if !pieces[a].payload.isEmpty { pieces[a].payload[pieces[a].payload.count / 2] ^= 1 }
          case 4: pieces[a].sequence = [0, 1, 1 << 62, (1 << 62) - 1, .max].randomElement(using: &random) ?? 0
          default:
            pieces[a].payload =
              pieces[a].kind == 2 ? [10] : Array(pieces[a].payload.prefix(Int.random(in: 0...52, using: &random)))
          }
          let rechain = Bool.random(using: &random)
          var (out, last) = ([UInt8](), pieces[0].previous)
          var number = pieces[0].sequence
          for (index, var piece) in pieces.enumerated() {
            if rechain {
              if index > 0 { piece.previous = last }
              piece.sequence = number
              number &+= 1
            }
            let (encoded, checksum) = piece.bytes()
            out += encoded
            last = checksum
          }
          bytes = out
        }
        files[path] = bytes
      }
      let world = World(on: MemoryFileSystem(Disk(folder: World.folder, files: files)), segmentBytes: 1500)
      do {
        let verification = try await world.verify(against: [heads[11]])
        if verification.isSound {
          sound += 1
          let now = world.lines
          #expect(
            Array(now.suffix(min(now.count, lines.count))) == Array(lines.suffix(min(now.count, lines.count))),
            "sound, and other lines")
        }
      } catch let error as AuditError {
        refused[error.code.rawValue, default: 0] += 1
      }
      #expect(world.fileSystem.isAllClosedOnce)
      do {
        let log = try await world.open()
        let head = try await log.head()
        try await log.record(try sampleEntry(40))
        let next = try await log.head()
        #expect(next.count == head.count + 1)
        try await log.record(try sampleEntry(41))
        let end = try await log.head()
        await log.close()
        #expect(world.fileSystem.isAllClosedOnce)
        let again = try await world.open()
        let reopened = try await again.head()
        #expect(reopened == end, "seed \(seed) round \(rounds)")
        #expect(
          again.findings.allSatisfy { !$0.needsAttention || "\($0)".contains("quarantine") },
          "seed \(seed) round \(rounds): \(again.findings)")
        await again.close()
        let text = world.lines.map { String(decoding: $0, as: UTF8.self) }
        #expect(text.contains { $0.hasPrefix(next.hash) } && text.contains { $0.hasPrefix(end.hash) })
        _ = try await world.verify(against: [end])
      } catch let error as AuditError {
        refused["open " + error.code.rawValue, default: 0] += 1
      }
      #expect(world.fileSystem.isAllClosedOnce)
    }
  }
}
