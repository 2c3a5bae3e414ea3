import CPIS
import CPISAudit
import CPISDigests
import CPISFiles
import CPISTestSupport
import Foundation
import NHSNumbers
import Testing

@Suite("An audit log that was tampered with")
struct AuditTamperingTests {
  private func world(_ count: Int, segmentBytes: Int = 16 << 20) async throws -> (World, [AuditHead]) {
    let world = World(segmentBytes: segmentBytes)
    return (world, try await world.record(0..<count))
  }

  private func verify(_ files: [String: [UInt8]], against heads: [AuditHead] = []) async throws -> AuditVerification
  {
    try await World(Disk(folder: World.folder, files: files)).verify(against: heads)
  }

  @Test("Any single bit that is changed is noticed")
  func everyBit() async throws {
    let (world, heads) = try await world(3, segmentBytes: 700)
    let files = world.fileSystem.disk.files
    for path in world.segments {
      let whole = try #require(files[path])
      // Every bit of a header and the start of a line; of the rest one in each byte.
      for bit in 0..<whole.count * 8 where bit < 150 * 8 || bit % 8 == bit / 8 % 8 {
        var changed = whole
        changed[bit / 8] ^= 1 << UInt8(bit % 8)
        let verification = try await verify(files.merging([path: changed]) { $1 }, against: [heads[2]])
        #expect(!verification.isSound, "bit \(bit) of \(path)")
      }
    }
  }

  /// A frame around a payload, as somebody with the format's description would write it.
  private func frame(_ kind: UInt8, _ sequence: UInt64, _ previous: UInt64, _ payload: [UInt8]) -> ([UInt8], UInt64)
  {
    forgedFrame("CPAU", version: 1, kind, sequence, previous, payload)
  }

  private func log(_ lines: [[UInt8]]) -> [String: [UInt8]] {
    var (bytes, checksum) = frame(1, 1, 0, [UInt8](repeating: 0, count: 52))
    for (index, line) in lines.enumerated() {
      let (next, nextChecksum) = frame(2, UInt64(index + 2), checksum, line + [UInt8(ascii: "\n")])
      bytes += next
      checksum = nextChecksum
    }
    return [World.folder + "/audit-0000000000000001": bytes]
  }

  @Test("With every checksum made anew, a record changed, removed, put in or exchanged is named")
  func edits() async throws {
    let (world, heads) = try await world(5)
    func edited(_ edit: (inout [[UInt8]]) -> Void) async throws -> AuditVerification.Verdict {
      var lines = world.lines
      edit(&lines)
      return try await verify(log(lines)).verdict
    }
    #expect(try await edited { _ in } == .intact(heads[4]))
    #expect(try await edited { $0.remove(at: 2) } == .broken(record: 3))
    #expect(try await edited { $0.insert($0[0], at: 2) } == .broken(record: 3))
    #expect(try await edited { $0.swapAt(1, 3) } == .broken(record: 2))
    #expect(try await edited { $0[3][80] ^= 1 } == .broken(record: 4))
    #expect(try await edited { $0[3] = Array($0[3].prefix(30)) } == .broken(record: 4))
  }

  @Test("A log that was cut short or written anew is found out by a head kept elsewhere, and only by it")
  func cutShort() async throws {
    let (world, heads) = try await world(5)
    let cut = log(Array(world.lines.prefix(3)))
    #expect(try await verify(cut).verdict == .intact(heads[2]))
    #expect(try await verify(cut, against: [heads[1], heads[4]]).verdict == .headDiffers(heads[2]))
    #expect(try await verify(cut, against: [heads[0], heads[2]]).verdict == .intact(heads[2]))
  }

  @Test("A segment that is taken away from the middle is noticed, and so is a start that states another chain")
  func segments() async throws {
    let (world, heads) = try await world(4, segmentBytes: 1)
    var files = world.fileSystem.disk.files
    #expect(world.segments.count == 4)
    files[world.segments[1]] = nil
    #expect(try await verify(files).verdict == .broken(record: 2))
    files[world.segments[0]] = nil
    let rest = try await verify(files, against: [heads[2]])
    #expect(rest.verdict == .intact(heads[3]) && rest.firstRecord == 3)
    let older = try await verify(files, against: [heads[0], heads[2]])
    #expect(older.verdict == .intact(heads[3]) && older.olderHeads == [heads[0]])
  }

  @Test("A segment put in that claims to start the log afresh makes none of its records go")
  func forgedStart() async throws {
    let (world, heads) = try await world(3, segmentBytes: 1)
    let before = world.fileSystem.disk.files
    var payload = ByteWriter()
    payload.put(UInt32(1))
    payload.put([UInt8](repeating: 0, count: 48))
    let (start, _) = frame(1, 1_000, 0, payload.bytes)
    let name = World.folder + "/audit-00000000000003e8"
    let forged = World(Disk(folder: World.folder, files: before.merging([name: start]) { $1 }))
    let log = try await forged.open()
    #expect(log.findings.contains { $0.needsAttention })
    #expect(try await log.head() == heads[2])
    try await log.record(try sampleEntry(3))
    #expect(try await log.head().count == 4)
    await log.close()
    for (path, bytes) in before where path.contains("/audit-") {
      #expect(forged.fileSystem.disk.files[path] == bytes)
    }
    #expect(try await forged.verify(against: heads).isSound == false)
  }

  @Test(
    "A start that states more records than there can be, or a time that is none, is set aside",
    arguments: [(UInt64.max, 0), (1 << 62 + 1, 0), (0, Int64.min), (0, Int64.max)] as [(UInt64, Int64)])
  func absurdStart(count: UInt64, begun: Int64) async throws {
    var payload = ByteWriter()
    payload.put(UInt32(0))
    payload.put(count)
    payload.put([UInt8](repeating: 0, count: 32))
    payload.put(begun)
    let (start, _) = frame(1, 1, 0, payload.bytes)
    let files = [World.folder + "/audit-0000000000000001": start]
    #expect(try await verify(files).isSound == false)
    let world = World(Disk(folder: World.folder, files: files))
    let log = try await world.open()
    try await log.record(try sampleEntry(0))
    #expect(try await log.head().count == 1)
  }

  @Test("Where the first start cannot be read, records keep their numbers, and none is said to be taken away")
  func unreadableFirstStart() async throws {
    let (world, _) = try await world(4, segmentBytes: 1)
    var files = world.fileSystem.disk.files
    let paths = world.segments
    for place in 40..<60 { files[paths[0]]?[place] ^= 0x5A }
    let whole = try await verify(files)
    #expect(whole.verdict == .broken(record: 1) && whole.firstRecord == 1)
    files[paths[0]] = nil
    for place in 40..<60 { files[paths[1]]?[place] ^= 0x5A }
    let rest = try await verify(files)
    #expect(rest.verdict == .broken(record: 2) && rest.firstRecord == 2)
  }

  @Test("Bytes put in between two records are told at the record that follows them")
  func insertedBytes() async throws {
    let (world, heads) = try await world(5)
    let path = world.segments[0]
    let whole = try #require(world.fileSystem.disk.files[path])
    let starts = whole.indices.dropLast(4).filter { whole[$0...].starts(with: "CPAU".utf8) }
    let garbage = [UInt8](repeating: 7, count: 20)
    for (index, start) in starts.enumerated().dropFirst() {
      let verification = try await verify([path: whole[..<start] + garbage + whole[start...]])
      #expect(verification.verdict == .broken(record: UInt64(index)))
    }
    #expect(try await verify([path: whole]).verdict == .intact(heads[4]))
  }

  @Test("A start that states fewer records than its lines' numbers say is broken at the first of them")
  func loweredCount() async throws {
    let (world, _) = try await world(4)
    let lines = Array(world.lines.dropFirst(2))
    // The chain itself holds: only the numbers tell that something came before.
    var payload = ByteWriter()
    payload.put(UInt32(0))
    payload.put(UInt64(1))
    payload.put(try #require([UInt8](hexadecimal: world.lines[1].prefix(64))))
    payload.put(Int64(0))
    var (bytes, checksum) = frame(1, 1, 0, payload.bytes)
    for (index, line) in lines.enumerated() {
      let (next, nextChecksum) = frame(2, UInt64(index + 2), checksum, line + [UInt8(ascii: "\n")])
      bytes += next
      checksum = nextChecksum
    }
    #expect(try await verify([World.folder + "/audit-0000000000000001": bytes]).verdict == .broken(record: 2))
  }
}
