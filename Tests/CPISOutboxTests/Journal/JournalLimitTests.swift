import CPISFiles
import CPISOutbox
import CPISTestSupport
import Foundation
import Testing

@Suite("Limits of the journal")
struct JournalLimitTests {
  private func reopened(_ fileSystem: MemoryFileSystem) throws -> Journal {
    var options = Journal.Options()
    options.rememberedKeys = 1_000_000
    return try Journal.open(fileSystem, folder: "/f", options: options)
  }

  /// Whether a journal that is opened anew holds what this one does, and finds nothing wrong.
  private func expectReadBack(_ journal: inout Journal, _ fileSystem: MemoryFileSystem) throws {
    let held = journal.contents
    journal.close()
    let again = try reopened(fileSystem)
    #expect(again.findings == [] && again.contents == held)
  }

  /// A million fill more than one frame, and take a minute: `CPIS_EXHAUSTIVE=1`.
  @Test("However many deliveries are remembered, a rewritten journal reads back")
  func manyDeliveries() throws {
    let isExhaustive = ProcessInfo.processInfo.environment["CPIS_EXHAUSTIVE"] != nil
    let count = isExhaustive ? 1_000_000 : 40_000
    let fileSystem = MemoryFileSystem()
    var journal = try reopened(fileSystem)
    for start in stride(from: 0, to: count, by: 20_000) {
      let items = (start..<start + 20_000).map { sampleItem($0, bytes: 1) }
      #expect(failure(journal.apply([items.map { .accepted($0) }, items.map { .delivered($0.key) }])) == nil)
    }
    try journal.compact()
    #expect(journal.contents.delivered.count == count)
    try expectReadBack(&journal, fileSystem)
    // A start, and the keys in frames of a bounded length.
    let inspection = try OutboxInspection.inspect(fileSystem, folder: "/f")
    #expect(inspection.segments.map(\.frames) == [1 + (count + 14_999) / 15_000])
  }

  @Test("A list that no frame can hold is refused, and those beside it are not")
  func tooLarge() throws {
    let fileSystem = MemoryFileSystem()
    var journal = try reopened(fileSystem)
    let list = (10..<27).map { OutboxChange.accepted(sampleItem($0, bytes: 1 << 20)) }
    let results = journal.apply([[.accepted(sampleItem(1))], list, [.accepted(sampleItem(2))]])
    #expect(results.map { failure([$0])?.code } == [nil, .tooLarge, nil])
    #expect(journal.contents.items.count == 2)
    try expectReadBack(&journal, fileSystem)
  }

  @Test("The longest item that is taken is read back, also parked, and from a table")
  func longest() throws {
    let fileSystem = MemoryFileSystem()
    var journal = try reopened(fileSystem)
    func item(_ index: Int, _ bytes: Int) -> OutboxItem {
      OutboxItem(
        key: sampleItem(index).key, acceptedAt: sampleTime,
        payload: OutboxItem.Payload(
          keyID: String(repeating: "k", count: 255), bytes: [UInt8](repeating: 7, count: bytes)))
    }
    #expect(failure(journal.apply([[.accepted(sampleItem(2, bytes: 2_000))]])) == nil)
    let longest = (0..<1_000).lazy.map { (16 << 20) - $0 }.first {
      failure(journal.apply([[.accepted(item(1, $0))]])) == nil
    }
    #expect(try #require(longest) > 15 << 20)
    let parking = OutboxItem.Parking(reason: .tooManyRequests, since: sampleTime)
    #expect(failure(journal.apply([[.parked(item(1, 0).key, parking)]])) == nil)
    for step in [JournalStep.accept(3), .deliver(3)] { #expect(failure(journal.apply(step.lists)) == nil) }
    try journal.compact()
    try expectReadBack(&journal, fileSystem)
  }

  @Test("Lists that share a sync and are too many for one frame go into several")
  func severalFrames() throws {
    let fileSystem = MemoryFileSystem()
    var journal = try reopened(fileSystem)
    let lists = (1...3).map { [OutboxChange.accepted(sampleItem($0, bytes: 6 << 20))] }
    #expect(failure(journal.apply(lists)) == nil)
    try expectReadBack(&journal, fileSystem)
    #expect(journal.contents.items.count == 3)
  }

  @Test("A key's id of more than 255 bytes is refused, and one of 255 is read back")
  func keyID() throws {
    let fileSystem = MemoryFileSystem()
    var journal = try reopened(fileSystem)
    func item(_ index: Int, _ keyID: String) -> OutboxItem {
      OutboxItem(
        key: sampleItem(index).key, acceptedAt: sampleTime,
        payload: OutboxItem.Payload(keyID: keyID, bytes: [1]))
    }
    let whole = String(repeating: "k", count: 253) + "\u{E9}"
    let results = journal.apply([[.accepted(item(1, whole))], [.accepted(item(2, "k" + whole))]])
    #expect(results.map { failure([$0])?.code } == [nil, .tooLarge])
    journal.close()
    let again = try reopened(fileSystem)
    #expect(again.findings == [] && again.contents.items == [item(1, whole)])
  }

  @Test("More items than a segment could hold are refused; what is held can be delivered")
  func full() throws {
    var options = Journal.Options()
    options.longestTable = 800
    var journal = try Journal.open(MemoryFileSystem(), folder: "/f", options: options)
    var taken = 0
    while failure(journal.apply([[.accepted(sampleItem(taken))]])) == nil { taken += 1 }
    #expect((2...10).contains(taken))
    #expect(failure(journal.apply([[.accepted(sampleItem(taken))]])) == OutboxError(.full))
    // One that is held is no new one.
    #expect(failure(journal.apply([[.accepted(sampleItem(0))]])) == nil)
    #expect(failure(journal.apply([[.delivered(sampleItem(0).key)]])) == nil)
    #expect(failure(journal.apply([[.accepted(sampleItem(taken))]])) == nil)
  }

  @Test("A thousandth of the usual limit takes a thousand items of 546 bytes, parked or not, and keeps them")
  func thousandth() throws {
    var options = Journal.Options()
    options.longestTable /= 1_000
    options.rememberedKeys = 1_000_000
    let fileSystem = MemoryFileSystem()
    var journal = try Journal.open(fileSystem, folder: "/f", options: options)
    for index in 0..<1_000 {
      try #require(failure(journal.apply([[.accepted(sampleItem(index, bytes: 546))]])) == nil, "\(index)")
    }
    let parking = OutboxItem.Parking(reason: .tooManyRequests, since: sampleTime)
    for index in 0..<1_000 where index % 2 == 0 {
      #expect(failure(journal.apply([[.parked(sampleItem(index).key, parking)]])) == nil)
    }
    try journal.compact()
    try expectReadBack(&journal, fileSystem)
    #expect(journal.contents.items.count == 1_000)
  }

  @Test("The fullest table with the most keys fits into a segment that is read")
  func fullestTable() {
    let options = Journal.Options()
    // A frame for each 256 KiB of items and each 15,000 keys, with 36 bytes of its own and 52 of totals and a count.
    let keys = Journal.Options.mostRememberedKeys * 17
    let frames = options.longestTable / (256 << 10) + Journal.Options.mostRememberedKeys / 15_000 + 4
    #expect(options.longestTable + keys + frames * 100 <= SegmentedLog.Limits().longestSegment)
  }

  @Test("No record of an item is longer than it counts")
  func countsEnough() throws {
    let fileSystem = MemoryFileSystem()
    var journal = try Journal.open(fileSystem, folder: "/f")
    var items: [OutboxItem] = []
    for reason in [DeliveryError.Code.tooManyRequests, .unusableAnswer, .cannotBeOpened, .accessDenied] {
      for index in 0..<50 {
        var item = sampleItem(items.count, bytes: index)
        item.tries = OutboxItem.Tries(count: .max, faults: .max, nextNotBefore: sampleTime)
        item.parked = OutboxItem.Parking(reason: reason, since: sampleTime)
        items.append(item)
      }
    }
    let before = journal.bytes
    #expect(failure(journal.apply([items.map(OutboxChange.accepted)])) == nil)
    let counted = items.reduce(0) { $0 + $1.payload.bytes.count + $1.payload.keyID.utf8.count + 96 }
    #expect(journal.bytes - before <= counted)
  }

  @Test("A segment longer than any of ours is refused before memory is asked for")
  func sparse() async throws {
    try await withFolder { parent in
      let folder = parent + "/outbox"
      let store = try await FileOutboxStore.open(folder: folder)
      await store.close()
      let held = try Folder(POSIXFileSystem(), folder)
      let file = try held.open("journal-0000000000000009", .create)
      try held.truncate(file, to: 1 << 42)
      held.close(file)
      held.close()
      await #expect(throws: OutboxError(.notTrusted)) { _ = try await FileOutboxStore.open(folder: folder) }
      #expect(throws: OutboxError(.notTrusted)) { _ = try OutboxInspection.inspect(folder: folder) }
    }
  }
}
