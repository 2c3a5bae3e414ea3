import CPISFiles
import CPISOutbox
import CPISTestSupport
import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A new folder of its own, removed afterwards.
func withFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cpis-\(UUID().uuidString)").path
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try await body(folder)
}

func mode(_ path: String) throws -> Int? {
  try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
}

@Suite("The disk of the machine")
struct POSIXFileSystemTests {
  private let everything = JournalCrashTests.everything

  @Test("A journal on a real disk holds what the model says, in files 0600 and a folder 0700")
  func roundTrip() async throws {
    try await withFolder { parent in
      let folder = parent + "/outbox"
      var journal = try Journal.open(POSIXFileSystem(), folder: folder, options: CrashHistory.options())
      var model = JournalModel()
      for step in everything {
        for result in journal.apply(step.lists) { try result.get() }
        if case .compact = step { try journal.compact() }
        model = step.lists.reduce(model) { $0.applying($1) }
      }
      #expect(try mode(folder) == 0o700)
      for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
        #expect(try mode(folder + "/" + name) == 0o600, "\(name)")
      }
      journal.close()
      let again = try Journal.open(POSIXFileSystem(), folder: folder)
      #expect(again.contents == model.contents)
      #expect(again.findings == [])
    }
  }

  @Test("A second opener is refused, in this process too, until the first has closed")
  func twoOpeners() async throws {
    try await withFolder { parent in
      let folder = parent + "/outbox"
      let first = try await FileOutboxStore.open(folder: folder)
      await #expect(throws: OutboxError(.inUse)) { _ = try await FileOutboxStore.open(folder: folder) }
      await first.close()
      await #expect(throws: OutboxError(.closed)) { try await first.apply([]) }
      await #expect(throws: OutboxError(.closed)) { _ = try await first.contents() }
      var second: FileOutboxStore? = try await FileOutboxStore.open(folder: folder)
      _ = second
      second = nil
      // A store that is let go of gives the folder up.
      let third = try await FileOutboxStore.open(folder: folder)
      await third.close()
    }
  }

  @Test("A folder that others may enter, a link, a file in its place and a missing parent are refused")
  func foldersNotToTrust() async throws {
    try await withFolder { parent in
      let files = FileManager.default
      func refusal(_ folder: String) async -> OutboxError? {
        do throws(OutboxError) {
          _ = try await FileOutboxStore.open(folder: folder)
          return nil
        } catch {
          return error
        }
      }
      try files.createDirectory(atPath: parent + "/open", withIntermediateDirectories: false)
      try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: parent + "/open")
      #expect(await refusal(parent + "/open") == OutboxError(.notTrusted))
      try files.createDirectory(atPath: parent + "/real", withIntermediateDirectories: false)
      try files.setAttributes([.posixPermissions: 0o700], ofItemAtPath: parent + "/real")
      try files.createSymbolicLink(atPath: parent + "/link", withDestinationPath: parent + "/real")
      #expect(await refusal(parent + "/link") == OutboxError(.notTrusted))
      _ = files.createFile(atPath: parent + "/file", contents: Data())
      #expect(await refusal(parent + "/file") == OutboxError(.notTrusted))
      #expect(await refusal(parent + "/none/outbox") == OutboxError(.notFound))
      #expect(await refusal(parent + "/real") == nil)
    }
  }

  @Test("A link or a folder in a segment's place is refused, and what it leads to is not touched")
  func linkedSegment() async throws {
    try await withFolder { parent in
      let folder = parent + "/outbox"
      await (try await FileOutboxStore.open(folder: folder)).close()
      let name = try #require(
        try FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasPrefix("journal-") })
      try FileManager.default.moveItem(atPath: folder + "/" + name, toPath: parent + "/elsewhere")
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/" + name, withDestinationPath: parent + "/elsewhere")
      let before = FileManager.default.contents(atPath: parent + "/elsewhere")
      await #expect(throws: OutboxError(.notTrusted)) { _ = try await FileOutboxStore.open(folder: folder) }
      #expect(FileManager.default.contents(atPath: parent + "/elsewhere") == before)
    }
  }

  @Test("Foreign files are counted, and left alone")
  func foreignFiles() async throws {
    try await withFolder { parent in
      let folder = parent + "/outbox"
      await (try await FileOutboxStore.open(folder: folder)).close()
      for name in [".DS_Store", "journal-1", "journal-000000000000000G", "notes.txt"] {
        _ = FileManager.default.createFile(atPath: folder + "/" + name, contents: Data("x".utf8))
      }
      let store = try await FileOutboxStore.open(folder: folder)
      #expect(store.findings == [.foreignFiles(4)])
      #expect(FileManager.default.contents(atPath: folder + "/notes.txt") == Data("x".utf8))
      await store.close()
    }
  }

  @Test("A read-only folder is a typed refusal, at opening and at work")
  func readOnly() throws {
    for operations in [[FileSystemError.Operation.open], [.makeFolder], [.write], [.rename], [.truncate, .write]] {
      let fileSystem = MemoryFileSystem { _, operation in
        operations.contains(operation) ? .fail(.notPermitted) : nil
      }
      #expect(throws: OutboxError(.notWritable)) { _ = try Journal.open(fileSystem, folder: "/f") }
    }
    let fileSystem = MemoryFileSystem()
    var journal = try Journal.open(fileSystem, folder: "/f")
    fileSystem.plan { _, operation in operation == .write ? .fail(.notPermitted) : nil }
    #expect(failure(journal.apply([[.accepted(sampleItem(1))]])) == OutboxError(.notWritable))
  }

  @Test("A real folder without write permission is a typed refusal")
  func reallyReadOnly() async throws {
    try await withFolder { parent in
      let result = await #expect(processExitsWith: .failure) { [parent = parent as String] in
        let folder = parent + "/outbox"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder)
        // Permissions do not bind root, so the child becomes somebody else.
        if geteuid() == 0 {
          try FileManager.default.setAttributes(
            [.ownerAccountID: 65_534, .groupOwnerAccountID: 65_534], ofItemAtPath: folder)
          guard setgid(65_534) == 0, setuid(65_534) == 0 else { exit(1) }
        }
        do throws(OutboxError) {
          _ = try await FileOutboxStore.open(folder: folder)
          exit(2)
        } catch {
          exit(error == OutboxError(.notWritable) ? 42 : 3)
        }
      }
      #expect(result?.exitStatus == .exitCode(42))
    }
  }

  @Test("Another process is refused while the folder is in use")
  func otherProcess() async throws {
    try await withFolder { parent in
      let store = try await FileOutboxStore.open(folder: parent + "/outbox")
      let result = await #expect(processExitsWith: .failure) { [parent = parent as String] in
        do throws(OutboxError) {
          _ = try await FileOutboxStore.open(folder: parent + "/outbox")
          exit(2)
        } catch {
          exit(error == OutboxError(.inUse) ? 42 : 3)
        }
      }
      #expect(result?.exitStatus == .exitCode(42))
      await store.close()
    }
  }

  #if os(Linux)
    @Test("No file of an open outbox is passed on to a child process")
    func closeOnExec() async throws {
      try await withFolder { parent in
        let store = try await FileOutboxStore.open(folder: parent + "/outbox")
        var found = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
          let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + name)
          guard let number = Int32(name), link?.contains(parent) == true else { continue }
          found += 1
          #expect(fcntl(number, F_GETFD) & FD_CLOEXEC != 0)
        }
        #expect(found == 3, "folder, lock and segment")
        await store.close()
      }
    }
  #endif
}
