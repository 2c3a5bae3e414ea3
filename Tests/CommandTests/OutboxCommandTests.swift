import CPISOutbox
import Foundation
import Testing

@Suite("cpis outbox")
struct OutboxCommandTests {
  @Test("Inspecting shows counters, parked items and that it is in use, changes nothing, and names no patient")
  func inspect() async throws {
    let folder = try await OutboxFolder(accepting: 3)
    defer { folder.remove() }
    let before = try folder.everything()
    let run = try Run("outbox", "inspect", folder.path)
    #expect(run.status == 7, "\(run.errors)")
    #expect(run.output.hasPrefix(Self.parked), "\(run.output)")
    for text in [
      "accepted 3 = delivered 2 + discarded 0 + parked 1 + pending 0 + lost 0",
      "An outbox has the folder open", "Journal: 1 segment", "rejected 0 min ago, after 1 try",
      OutboxFolder.id(3).uuidString,
      "Not sealed: 1",
    ] {
      #expect(run.output.contains(text), "\(text)")
    }
    for text in [OutboxFolder.patient, "999 000 0026", "Okafor", "555021935107"] {
      #expect(!run.output.contains(text), "\(text)")
    }
    #expect(try folder.everything() == before)
    await folder.store.close()
    #expect(!(try Run("outbox", "inspect", folder.path).output.contains("has the folder open")))
    #expect(try folder.everything() == before)
  }

  private static let parked =
    "1 notice is PARKED: it will not be delivered until somebody retries or discards it.\n"

  @Test("Looking at an outbox at work never keeps an owner from it")
  func doesNotHold() async throws {
    let folder = try await OutboxFolder(accepting: 1)
    defer { folder.remove() }
    await folder.store.close()
    let path = folder.path
    async let looking: Void = {
      for _ in 0..<400 { _ = try OutboxInspection.inspect(folder: path) }
    }()
    for _ in 0..<40 {
      let store = try await FileOutboxStore.open(folder: path)
      await store.close()
    }
    try await looking
  }

  @Test("Verifying a whole journal changes nothing, and ends with 7 while a notice is parked, else with 0")
  func verifyWhole() async throws {
    let folder = try await OutboxFolder(accepting: 3)
    defer { folder.remove() }
    await folder.store.close()
    let before = try folder.everything()
    let run = try Run("outbox", "verify", folder.path)
    #expect(run.status == 7, "\(run.errors)")
    #expect(run.output.hasPrefix(Self.parked + "Journal: every frame holds"))
    let empty = try await OutboxFolder(accepting: 0)
    defer { empty.remove() }
    await empty.store.close()
    #expect(try Run("outbox", "verify", empty.path).status == 0)
    #expect(try folder.everything() == before)
  }

  @Test("Verifying names the first broken place of a journal, and ends with 1")
  func verifyBroken() async throws {
    let folder = try await OutboxFolder(accepting: 3)
    defer { folder.remove() }
    await folder.store.close()
    try folder.damage("journal-", fromEnd: 20)
    let before = try folder.everything()
    let journal = try Run("outbox", "verify", folder.path)
    #expect(journal.status == 1)
    #expect(journal.output.contains("Journal: BROKEN, first at segment "), "\(journal.output)")
    let inspection = try Run("outbox", "inspect", folder.path)
    #expect(inspection.status == 1 && inspection.output.hasPrefix("NOT sound"))
    #expect(try folder.everything() == before)
  }

  @Test("While bytes that were set aside wait for a person, both commands end with 1; once they are gone, with 0")
  func quarantined() async throws {
    let folder = try await OutboxFolder(accepting: 3)
    defer { folder.remove() }
    await folder.store.close()
    // The damaged frame is the one that parks the last notice.
    try folder.damage("journal-", fromEnd: 20)
    let mended = try await FileOutboxStore.open(folder: folder.path)
    await mended.close()
    for command in ["inspect", "verify"] {
      let run = try Run("outbox", command, folder.path)
      #expect(
        run.status == 1 && run.output.contains("Quarantined bytes need someone to look at them"), "\(run.output)")
    }
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name.hasPrefix("quarantine-")
    {
      try FileManager.default.removeItem(atPath: folder.path + "/" + name)
    }
    for command in ["inspect", "verify"] { #expect(try Run("outbox", command, folder.path).status == 0) }
  }

  @Test("A folder that is absent, foreign, a file or of a later version ends with 4, and says which")
  func notReadable() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "cpis-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.path(percentEncoded: false)
    func expect(_ text: String, _ path: String) throws {
      for command in ["inspect", "verify"] {
        let run = try Run("outbox", command, path)
        #expect(run.status == 4 && run.output.isEmpty)
        #expect(run.errors.contains(text), "\(run.errors)")
      }
    }
    try expect("no such folder", path)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    try Data("x".utf8).write(to: folder.appending(path: "notes.txt"))
    try expect("no journal is in this folder", path)
    try expect("not a folder", path + "/notes.txt")
    #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["notes.txt"])
  }

  @Test("A folder that this user may not read ends with 4, and says so", .enabled(if: geteuid() != 0))
  func notPermitted() async throws {
    let folder = try await OutboxFolder(accepting: 1)
    defer { folder.remove() }
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: folder.path)
    defer { try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path) }
    let run = try Run("outbox", "inspect", folder.path)
    #expect(run.status == 4 && run.errors.contains("may not read it"))
  }
}
