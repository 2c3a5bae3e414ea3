import CPISFiles
import CPISOutbox
import CPISTestSupport
import Testing

@Suite("Names that somebody put into the folder")
struct JournalNameTests {
  private static let folder = CrashHistory.folder

  private func files(adding name: String, _ bytes: [UInt8]) throws -> [String: [UInt8]] {
    var files = try CrashHistory([.accept(1), .accept(2)], small: false).finalDisk.files
    files[Self.folder + "/" + name] = bytes
    return files
  }

  @Test(
    "A segment numbered beyond all counting is foreign, and left alone",
    arguments: ["journal-ffffffffffffffff", "journal-4000000000000001"], [[], [1, 2, 3]] as [[UInt8]])
  func foreign(name: String, bytes: [UInt8]) throws {
    let files = try files(adding: name, bytes)
    let fileSystem = MemoryFileSystem(Disk(folder: Self.folder, files: files))
    var journal = try Journal.open(fileSystem, folder: Self.folder)
    #expect(journal.findings == [.foreignFiles(1)] && journal.contents.items.count == 2)
    #expect(failure(journal.apply([[.accepted(sampleItem(3))]])) == nil)
    journal.close()
    let again = try Journal.open(fileSystem, folder: Self.folder)
    #expect(again.contents == journal.contents)
    #expect(fileSystem.disk.files[Self.folder + "/" + name] == bytes)
  }

  @Test("At the end of counting the journal is refused, and nothing of it is removed")
  func atTheEnd() throws {
    let name = "journal-4000000000000000"
    let files = try files(adding: name, [])
    let fileSystem = MemoryFileSystem(Disk(folder: Self.folder, files: files))
    #expect(throws: OutboxError(.notTrusted)) { _ = try Journal.open(fileSystem, folder: Self.folder) }
    for (path, bytes) in files { #expect(fileSystem.disk.files[path] == bytes) }
  }

  @Test("A few numbers before the end of counting, changes are refused in time, and what was acknowledged is kept")
  func nearTheEnd() throws {
    let files = try files(adding: "journal-3ffffffffffffff0", [])
    let fileSystem = MemoryFileSystem(Disk(folder: Self.folder, files: files))
    var journal = try Journal.open(fileSystem, folder: Self.folder)
    var taken = 2
    while failure(journal.apply([[.accepted(sampleItem(taken + 1))]])) == nil { taken += 1 }
    #expect((10...18).contains(taken))
    #expect(failure(journal.apply([[.accepted(sampleItem(taken + 1))]])) == OutboxError(.notTrusted))
    journal.close()
    let again = try Journal.open(fileSystem, folder: Self.folder)
    #expect(again.contents == journal.contents && again.contents.items.count == taken)
  }

  @Test("Any name of a quarantine file is no trouble when damage is met")
  func quarantine() throws {
    var files = try files(adding: "quarantine-ffffffffffffffff", [1])
    files[Self.folder + "/quarantine-ffffffffffffffff-ffffffffffffffff-ffffffffffffffff"] = [1]
    let path = try #require(files.keys.first { $0.contains("journal-") })
    for offset in 0..<8 { files[path]?[250 + offset] ^= 0x5A }
    let fileSystem = MemoryFileSystem(Disk(folder: Self.folder, files: files))
    let journal = try Journal.open(fileSystem, folder: Self.folder)
    #expect(journal.findings.contains(.foreignFiles(1)) && journal.findings.contains(.quarantineFiles(1)))
    #expect(fileSystem.disk.files.keys.filter { $0.contains("quarantine-") }.count == 3)
  }
}
