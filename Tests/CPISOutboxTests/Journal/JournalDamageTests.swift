import CPISFiles
import CPISOutbox
import CPISTestSupport
import Foundation
import Testing

@Suite("Bytes turn on the disk")
struct JournalDamageTests {
  private static let folder = CrashHistory.folder

  /// The files of a journal after some steps, and what it holds.
  private func journal(
    _ steps: [JournalStep], small: Bool = false
  ) throws -> (files: [String: [UInt8]], model: JournalModel) {
    let history = try CrashHistory(steps, small: small)
    let model = steps.flatMap(\.lists).reduce(JournalModel()) { $0.applying($1) }
    return (history.finalDisk.files, model)
  }

  private func open(_ files: [String: [UInt8]]) throws -> (journal: Journal, fileSystem: MemoryFileSystem) {
    let fileSystem = MemoryFileSystem(Disk(folder: Self.folder, files: files))
    return (try Journal.open(fileSystem, folder: Self.folder, options: CrashHistory.options()), fileSystem)
  }

  @Test(
    "Any single bit of any frame is turned back: nothing is lost, and it is reported",
    arguments: [
      [.accept(1), .accept(2), .deliver(1), .accept(3)],
      [.accept(1, bytes: 90), .accept(2), .park(2), .compact, .deliver(1), .accept(3)],
    ] as [[JournalStep]])
  func everyBit(steps: [JournalStep]) throws {
    let (files, model) = try journal(steps, small: true)
    var bits = 0
    for (path, bytes) in files where path.contains("journal-") {
      for bit in 0..<bytes.count * 8 {
        bits += 1
        var damaged = bytes
        damaged[bit / 8] ^= 1 << UInt8(bit % 8)
        let (journal, fileSystem) = try open(files.merging([path: damaged]) { $1 })
        #expect(journal.contents == model.contents, "bit \(bit)")
        #expect(journal.findings.filter(\.isDamage).count == 1, "bit \(bit): \(journal.findings)")
        // It is healed on the disk, too; once a byte is enough for what no longer differs.
        guard bit % 8 == bit / 8 % 8 else { continue }
        let again = try Journal.open(MemoryFileSystem(fileSystem.disk), folder: Self.folder)
        #expect(again.contents == model.contents && !again.findings.tellOfDamage, "bit \(bit)")
      }
    }
    print("single-bit flips: \(bits), all repaired")
  }

  @Test("A damaged frame with good ones after it is set aside whole, counted as lost, and reported")
  func quarantine() throws {
    var (files, _) = try journal([.accept(1), .accept(2), .accept(3), .deliver(1)])
    let path = try #require(files.keys.first { $0.contains("journal-") })
    let bytes = try #require(files[path])
    let payload = sampleItem(2).payload.bytes
    let place = try #require((0..<bytes.count).first { bytes[$0...].starts(with: payload) })
    for offset in 0..<8 { files[path]?[place + offset] ^= 0x5A }
    let (journal, fileSystem) = try open(files)
    let contents = journal.contents
    #expect(contents.items.map(\.key) == [sampleItem(3).key])
    #expect(contents.counters.lost == 1 && contents.counters.areBalanced)
    #expect(contents.counters.accepted == 3 && contents.counters.delivered == 1)
    #expect(journal.findings.contains(.missing(from: 4, through: 4)), "\(journal.findings)")
    let kept = try #require(fileSystem.disk.files.first { $0.key.contains("quarantine-") })
    #expect(
      files[path].map { String(decoding: $0, as: UTF8.self).contains(String(decoding: kept.value, as: UTF8.self)) }
        == true)
    let again = try Journal.open(MemoryFileSystem(fileSystem.disk), folder: Self.folder)
    #expect(again.contents == contents)
    #expect(again.findings == [.quarantineFiles(1)])
  }

  @Test("Lost records that held a delivery lead to a second delivery, never to a lost item")
  func lostDelivery() throws {
    var (files, _) = try journal([.accept(1), .accept(2), .deliver(1), .accept(3)])
    let path = try #require(files.keys.first { $0.contains("journal-") })
    let whole = try #require(files[path])
    // The frame before the last, found by its magic.
    let starts = (0..<whole.count - 4).filter { whole[$0..<$0 + 4].elementsEqual("CPJF".utf8) }
    let start = starts[starts.count - 2]
    for offset in 40..<56 { files[path]?[start + offset] = 0xEE }
    let (journal, _) = try open(files)
    #expect(Set(journal.contents.items.map(\.key)) == Set([1, 2, 3].map { sampleItem($0).key }))
    #expect(journal.contents.counters.areBalanced)
    #expect(journal.contents.counters.lost == 0, "\(journal.contents.counters)")
  }

  @Test("Any random damage is survived: it opens, balances, and says so when an item is gone")
  func randomDamage() throws {
    let (files, model) = try journal(JournalCrashTests.everything)
    let path = try #require(files.keys.first { $0.contains("journal-") })
    for seed in UInt64(0)..<1_000 {
      var random = SeededGenerator(seed: seed)
      var bytes = try #require(files[path])
      for _ in 0..<Int.random(in: 2...6, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      guard bytes != files[path] else { continue }
      let (journal, fileSystem) = try open(files.merging([path: bytes]) { $1 })
      let found = journal.contents
      #expect(found.counters.areBalanced, "seed \(seed)")
      #expect(journal.findings.tellOfDamage, "seed \(seed)")
      // No phantom: what is found is what was offered.
      for item in found.items where !model.items.contains(item) {
        #expect(
          JournalCrashTests.everything.flatMap(\.lists).joined().contains { $0.key == item.key }, "seed \(seed)")
      }
      let again = try Journal.open(MemoryFileSystem(fileSystem.disk), folder: Self.folder)
      #expect(again.contents == found && !again.findings.tellOfDamage, "seed \(seed)")
    }
  }

  @Test("What a later version wrote is refused and left as it is")
  func laterVersion() throws {
    let (files, _) = try journal([.accept(1)])
    let path = try #require(files.keys.first { $0.contains("journal-") })
    var bytes = try #require(files[path])
    bytes[4] = 3
    let checksum = crc64(Array(bytes[..<28]) + bytes[36..<44 + 44])
    for place in 0..<8 { bytes[28 + place] = UInt8(truncatingIfNeeded: checksum >> UInt64(8 * place)) }
    let length = bytes[8..<12].reversed().reduce(0) { $0 << 8 | Int($1) }
    try #require(length == 52)
    let disk = Disk(folder: Self.folder, files: files.merging([path: bytes]) { $1 })
    let fileSystem = MemoryFileSystem(disk)
    #expect(throws: OutboxError(.laterVersion)) { _ = try Journal.open(fileSystem, folder: Self.folder) }
    #expect(fileSystem.disk.files == disk.files)
  }

  @Test("Counters that are not what the changes lead to are found at opening, though the frame itself is whole")
  func countersDiffer() throws {
    let (files, model) = try journal([.accept(1), .accept(2), .deliver(1)])
    let path = try #require(files.keys.first { $0.contains("journal-") })
    var bytes = try #require(files[path])
    let start = try #require((0..<bytes.count - 4).last { bytes[$0..<$0 + 4].elementsEqual("CPJF".utf8) })
    // The first of the totals: accepted.
    bytes[start + 36] += 1
    let checksum = crc64(Array(bytes[start..<start + 28]) + bytes[(start + 36)...])
    for place in 0..<8 { bytes[start + 28 + place] = UInt8(truncatingIfNeeded: checksum >> UInt64(8 * place)) }
    let (journal, fileSystem) = try open(files.merging([path: bytes]) { $1 })
    let sequence = bytes[start + 12..<start + 20].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    #expect(journal.findings == [.countersDiffer(sequence: sequence)])
    // The changes are believed, and the table that is written anew is whole.
    #expect(journal.contents == model.contents)
    let again = try Journal.open(MemoryFileSystem(fileSystem.disk), folder: Self.folder)
    #expect(again.contents == model.contents && again.findings == [])
  }

  @Test("A missing segment is noticed")
  func missingSegment() throws {
    var (files, _) = try journal(
      [.accept(1, bytes: 300), .accept(2, bytes: 300), .accept(3, bytes: 300)], small: true)
    let segments = files.keys.filter { $0.contains("journal-") }.sorted()
    try #require(segments.count >= 3)
    files[segments[1]] = nil
    let (journal, _) = try open(files)
    #expect(journal.contents.counters.lost >= 1 && journal.contents.counters.areBalanced)
  }

  /// CRC-64/XZ, bit by bit: not the code under test.
  private func crc64(_ bytes: [UInt8]) -> UInt64 {
    var register = UInt64.max
    for byte in bytes {
      register ^= UInt64(byte)
      for _ in 0..<8 { register = register & 1 == 1 ? register >> 1 ^ 0xC96C_5795_D787_0F42 : register >> 1 }
    }
    return ~register
  }
}
