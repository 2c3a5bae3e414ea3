import CPISFiles
import CPISOutbox
import CPISTestSupport
import Testing

@Suite("The end of the journal")
struct JournalTailTests {
  private static let folder = CrashHistory.folder

  private func files(_ steps: [JournalStep], small: Bool = false) throws -> [String: [UInt8]] {
    try CrashHistory(steps, small: small).finalDisk.files
  }

  private func open(_ files: [String: [UInt8]]) throws -> (journal: Journal, fileSystem: MemoryFileSystem) {
    let fileSystem = MemoryFileSystem(Disk(folder: Self.folder, files: files))
    return (try Journal.open(fileSystem, folder: Self.folder, options: CrashHistory.options()), fileSystem)
  }

  private func segments(_ files: [String: [UInt8]]) -> [String] {
    files.keys.filter { $0.contains("journal-") }.sorted()
  }

  private func frames(_ bytes: [UInt8]) -> [Int] {
    (0..<bytes.count - 4).filter { bytes[$0..<$0 + 4].elementsEqual("CPJF".utf8) }
  }

  private func verdict(_ fileSystem: MemoryFileSystem) throws -> OutboxInspection.Verdict {
    try OutboxInspection.inspect(fileSystem, folder: Self.folder).verdict
  }

  @Test("A bad sector over the last ten acknowledged frames is kept for a person, wherever in a frame it begins")
  func badSector() throws {
    let files = try files((1...20).map { JournalStep.accept($0) })
    let path = segments(files)[0]
    let whole = try #require(files[path])
    let starts = frames(whole)
    let start = starts[starts.count - 10]
    for begin in 0..<starts[starts.count - 9] - start {
      for pattern in [0xE5, 0xFF, 0x00] as [UInt8] {
        // A whole frame is unharmed; a zeroed end is all that a lost write leaves, too.
        if begin == 0, pattern == 0 { continue }
        var bytes = whole
        for place in start + begin..<bytes.count { bytes[place] = pattern }
        let damaged = files.merging([path: bytes]) { $1 }
        #expect(try verdict(MemoryFileSystem(Disk(folder: Self.folder, files: damaged))) == .damaged)
        let (journal, fileSystem) = try open(damaged)
        #expect(journal.contents.items.count == 10, "from byte \(begin)")
        #expect(journal.findings.tellOfDamage, "from byte \(begin)")
        #expect(fileSystem.disk.files.values.contains(Array(bytes[start...])), "from byte \(begin)")
        // It waits for a person, and once it was looked at the folder is sound.
        #expect(try verdict(fileSystem) == .quarantined)
        for name in fileSystem.disk.files.keys where name.contains("quarantine-") { fileSystem.remove(path: name) }
        #expect(try verdict(fileSystem) == .sound)
      }
    }
  }

  @Test("The beginning of the next frame, and zeros, are what a power cut leaves: cut off, and no damage")
  func unfinished() throws {
    let files = try files([.accept(1), .accept(2)])
    let path = segments(files)[0]
    let whole = try #require(files[path])
    let start = try #require(frames(whole).last)
    for end in start + 1..<whole.count {
      for bytes in [Array(whole[..<end]), whole[..<start] + [UInt8](repeating: 0, count: end - start)] {
        let (journal, fileSystem) = try open(files.merging([path: bytes]) { $1 })
        #expect(journal.contents.items.count == 1)
        #expect(journal.findings.count == 1 && !journal.findings.tellOfDamage, "\(journal.findings)")
        #expect(try verdict(fileSystem) == .sound)
      }
    }
  }

  @Test("However many zeros follow the last frame, they are cut off, and an item that ends in zeros is kept")
  func manyZeros() throws {
    let zeros = OutboxItem(
      key: sampleItem(9).key, acceptedAt: sampleTime,
      payload: OutboxItem.Payload(keyID: "", bytes: [UInt8](repeating: 0, count: 2 << 20)))
    let files = try files([.accept(1), .apply([[.accepted(zeros)]])])
    let path = segments(files)[0]
    let whole = try #require(files[path])
    let padding = 20 << 20
    let (journal, fileSystem) = try open(
      files.merging([path: whole + [UInt8](repeating: 0, count: padding)]) { $1 })
    #expect(journal.contents.items.count == 2 && journal.contents.items.last == zeros)
    let number = try #require(UInt64(path.suffix(16), radix: 16))
    #expect(journal.findings == [.tornTail(segment: number, bytes: padding)])
    #expect(fileSystem.disk.files[path] == whole)
  }

  @Test("Of a segment of zeros no more is set aside than the longest frame has")
  func segmentOfZeros() throws {
    let files = try files([.accept(1), .accept(2)])
    let path = segments(files)[0]
    let length = 20 << 20
    let (journal, fileSystem) = try open(files.merging([path: [UInt8](repeating: 0, count: length)]) { $1 })
    let number = try #require(UInt64(path.suffix(16), radix: 16))
    #expect(journal.findings.contains(.quarantined(segment: number, offset: 0, bytes: length)))
    let kept = fileSystem.disk.files.filter { $0.key.contains("quarantine") }.map(\.value.count)
    #expect(kept.count == 1 && kept.allSatisfy { $0 < 17 << 20 }, "\(kept)")
  }

  @Test("An empty segment is damage: alone, and as the first, a middle or the last of several")
  func emptySegment() throws {
    let alone = try files([.accept(1), .accept(2)])
    let several = try files((1...4).map { JournalStep.accept($0, bytes: 300) }, small: true)
    #expect(segments(several).count >= 3)
    for files in [alone, several] {
      for path in segments(files) {
        let damaged = files.merging([path: []]) { $1 }
        let before = try OutboxInspection.inspect(
          MemoryFileSystem(Disk(folder: Self.folder, files: damaged)), folder: Self.folder)
        #expect(before.verdict == .damaged && before.displayText(at: sampleTime).contains("it is empty"))
        var (journal, fileSystem) = try open(damaged)
        #expect(journal.findings.tellOfDamage, "\(path)")
        #expect(journal.contents.counters.areBalanced)
        if path != segments(files).last { #expect(journal.contents.counters.lost >= 1, "\(path)") }
        #expect(try verdict(fileSystem) == .quarantined)
        // It goes on, and what is taken now is read back.
        #expect(failure(journal.apply([[.accepted(sampleItem(9))]])) == nil)
        journal.close()
        let again = try Journal.open(fileSystem, folder: Self.folder, options: CrashHistory.options())
        #expect(again.contents == journal.contents && !again.findings.tellOfDamage)
      }
    }
  }

  @Test("A segment or a table that ends between two frames is damage where more must follow, and stays in sight")
  func cutBetweenFrames() throws {
    let table = try files([.accept(1), .accept(2), .deliver(1), .compact])
    let several = try files((1...4).map { JournalStep.accept($0, bytes: 300) }, small: true)
    for (files, path) in [(table, segments(table)[0]), (several, segments(several)[0])] {
      let whole = try #require(files[path])
      let cut = try #require(frames(whole).last)
      let (journal, fileSystem) = try open(files.merging([path: Array(whole[..<cut])]) { $1 })
      #expect(journal.findings.contains { if case .missing = $0 { true } else { false } }, "\(journal.findings)")
      #expect(journal.contents.counters.lost == 1 && journal.contents.counters.areBalanced)
      #expect(try verdict(fileSystem) == .quarantined)
    }
  }

  @Test("Of two items lost together the delivery of one that follows does not hide the other")
  func lostAndDelivered() throws {
    let files = try files([.accept(1), .accept(2), .deliver(1)])
    let path = segments(files)[0]
    var bytes = try #require(files[path])
    let starts = frames(bytes)
    for place in starts[starts.count - 3] + 4..<starts[starts.count - 1] { bytes[place] = 0xEE }
    let (journal, _) = try open(files.merging([path: bytes]) { $1 })
    let counters = journal.contents.counters
    #expect(counters.accepted == 2 && counters.delivered == 1 && counters.lost == 1 && counters.areBalanced)
  }

  @Test("An item taken again after its delivery was forgotten is held, also by a store that remembers more")
  func longerMemory() throws {
    let fileSystem = MemoryFileSystem()
    var options = Journal.Options()
    options.rememberedKeys = 0
    var journal = try Journal.open(fileSystem, folder: "/f", options: options)
    for step in [JournalStep.accept(1), .deliver(1), .accept(1)] {
      for result in journal.apply(step.lists) { try result.get() }
    }
    #expect(journal.contents.items.count == 1)
    journal.close()
    var longer = try Journal.open(fileSystem, folder: "/f")
    #expect(longer.findings == [])
    #expect(longer.contents.items == [sampleItem(1)] && longer.contents.counters == journal.contents.counters)
    for result in longer.apply(JournalStep.deliver(1).lists) { try result.get() }
    #expect(longer.contents.counters.delivered == 2 && longer.contents.delivered == [sampleItem(1).key])
  }
}
