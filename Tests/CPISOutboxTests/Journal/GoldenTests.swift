import CPIS
import CPISFiles
import CPISOutbox
import CPISTestSupport
import Foundation
import Testing

/// Files as each version of the format wrote them. They are never written anew: what they hold must stay readable for
/// good. A new version of the format adds a folder of its own beside them.
@Suite("Golden files")
struct GoldenTests {
  static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Golden").path

  static let steps: [JournalStep] = [
    .accept(1), .accept(2), .fail(2), .deliver(1), .compact, .accept(3, bytes: 300), .park(2), .accept(4),
    .apply([[.accepted(sampleItem(5))], [.accepted(sampleItem(6))]]), .park(4), .discard(4), .retry(2), .deliver(5),
  ]

  private func files(_ name: String, in folder: String) throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    for file in try FileManager.default.contentsOfDirectory(atPath: Self.golden + "/" + name) {
      let contents = try #require(FileManager.default.contents(atPath: Self.golden + "/" + name + "/" + file))
      files[folder + "/" + file] = Array(contents)
    }
    return files
  }

  /// Writes golden files where there are none yet: `CPIS_WRITE_GOLDEN=1`, once in a version's life.
  private func writeOnce(_ name: String, _ files: [String: [UInt8]]) throws {
    let folder = Self.golden + "/" + name
    let isNew = !FileManager.default.fileExists(atPath: folder)
    guard isNew, ProcessInfo.processInfo.environment["CPIS_WRITE_GOLDEN"] != nil else { return }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (path, bytes) in files where !path.hasSuffix("/lock") {
      let file = URL(fileURLWithPath: folder).appendingPathComponent(
        path.split(separator: "/").last.map(String.init) ?? "")
      try Data(bytes).write(to: file)
    }
  }

  @Test("A journal of version 2 is written the same today")
  func journalWritten() throws {
    let written = try CrashHistory(Self.steps).finalDisk.files.filter { $0.key.contains("/journal-") }
    try writeOnce("journal-v2", written)
    #expect(try files("journal-v2", in: CrashHistory.folder) == written)
  }

  @Test(
    "A journal of version 1 is refused and left as it is", arguments: ["journal-v1", "journal-v1-frame-a-list"])
  func earlierVersion(name: String) throws {
    let golden = try files(name, in: CrashHistory.folder)
    let fileSystem = MemoryFileSystem(Disk(folder: CrashHistory.folder, files: golden))
    #expect(throws: OutboxError(.earlierVersion)) { _ = try Journal.open(fileSystem, folder: CrashHistory.folder) }
    #expect(throws: OutboxError(.earlierVersion)) {
      _ = try OutboxInspection.inspect(fileSystem, folder: CrashHistory.folder)
    }
    #expect(fileSystem.disk.files.filter { !$0.key.hasSuffix("/lock") } == golden)
  }

  @Test("A journal of version 2 reads as it was written")
  func journalRead() throws {
    let golden = try files("journal-v2", in: CrashHistory.folder)
    var journal = try Journal.open(
      MemoryFileSystem(Disk(folder: CrashHistory.folder, files: golden)), folder: CrashHistory.folder)
    #expect(journal.contents == Self.steps.flatMap(\.lists).reduce(JournalModel()) { $0.applying($1) }.contents)
    #expect(journal.findings == [])
    journal.close()
  }

  @Test(
    "Every kind of notice in its stored form reads as it was written, sealed and not",
    arguments: [false, true])
  func notices(sealed: Bool) async throws {
    let name = sealed ? "notices-sealed-v2-journal-v2" : "notices-v2-journal-v2"
    let sealer: (any PayloadSealer)? = sealed ? TurningSealer() : nil
    let fileSystem = MemoryFileSystem()
    let store = try await FileOutboxStore.open(fileSystem, folder: "/f")
    let outbox = try await Outbox(
      store: store, delivery: Receiver().delivery, sealer: sealer, clock: TestClock())
    for notice in try everyKind() { try await outbox.accept(notice) }
    try writeOnce(name, fileSystem.disk.files)
    let golden = try files(name, in: "/f")
    let receiver = Receiver()
    let old = try await FileOutboxStore.open(MemoryFileSystem(Disk(folder: "/f", files: golden)), folder: "/f")
    #expect(old.findings == [])
    let oldOutbox = try await Outbox(store: old, delivery: receiver.delivery, sealer: sealer, clock: TestClock())
    try await oldOutbox.drain()
    #expect(Set(receiver.arrivals) == Set(try everyKind()))
  }
}
