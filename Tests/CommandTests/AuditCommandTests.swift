import CPISAudit
import CPISOutbox
import Foundation
import Testing

@Suite("cpis audit")
struct AuditCommandTests {
  @Test("Verifying a whole log ends with 0, across segments, and writes the head to keep")
  func whole() async throws {
    let folder = try await AuditFolder(records: 3, segmentEach: true)
    defer { folder.remove() }
    #expect(try folder.segments().count == 3)
    let run = try Run(
      "audit", "verify", "--head", folder.heads[0].description, folder.path, "--head", folder.heads[1].description)
    #expect(run.status == 0, "\(run.errors)")
    #expect(
      run.output
        == "Audit: every link holds (records: 3). Keep its head elsewhere:\n\(folder.heads[2])\n")
  }

  @Test("A changed record, one taken away and a log cut short end with 1, and each is told")
  func broken() async throws {
    let folder = try await AuditFolder(records: 3, segmentEach: true)
    defer { folder.remove() }
    let segments = try folder.segments()
    let last = URL(filePath: segments[2])
    let whole = try Data(contentsOf: last)

    try FileManager.default.removeItem(at: last)
    #expect(try Run("audit", "verify", folder.path).status == 0)
    let short = try Run("audit", "verify", folder.path, "--head", folder.heads[2].description)
    #expect(
      short.status == 1
        && short.output.hasPrefix(
          "Audit: the log does NOT match a head kept elsewhere: it was cut short or rewritten (records: 2)\n")
    )
    #expect(short.output.contains("The head that does not match: \(folder.heads[2])\n"), "\(short.output)")
    #expect(!short.output.contains("Keep its head"))

    var changed = whole
    for place in changed.count - 20..<changed.count - 10 { changed[place] ^= 0x5A }
    try changed.write(to: last)
    let broken = try Run("audit", "verify", folder.path)
    #expect(broken.status == 1 && broken.output.hasPrefix("Audit: BROKEN, first at record 3\n"), "\(broken.output)")

    try whole.write(to: last)
    try FileManager.default.removeItem(atPath: segments[1])
    let gap = try Run("audit", "verify", folder.path)
    #expect(gap.status == 1 && gap.output.hasPrefix("Audit: BROKEN, first at record 2\n"), "\(gap.output)")
  }

  @Test("Segments taken away from the beginning are told, and the rest holds")
  func archived() async throws {
    let folder = try await AuditFolder(records: 3, segmentEach: true)
    defer { folder.remove() }
    try FileManager.default.removeItem(atPath: try folder.segments()[0])
    let run = try Run("audit", "verify", folder.path, "--head", folder.heads[1].description)
    #expect(run.status == 0 && run.output.contains("Records before 2 are not here"), "\(run.output)")
  }

  @Test("A folder that is a link, or is open to others, is read and not trusted, and every command ends with 1")
  func notTrusted() async throws {
    let audit = try await AuditFolder(records: 2)
    defer { audit.remove() }
    let outbox = try await OutboxFolder(accepting: 2)
    defer { outbox.remove() }
    await outbox.store.close()
    let link = FileManager.default.temporaryDirectory.appending(path: "cpis-link-\(UUID().uuidString)")
      .path(percentEncoded: false)
    for (command, folder, whole, status) in [
      (["audit", "verify"], audit.path, "every link holds", Int32(0)),
      (["outbox", "verify"], outbox.path, "every frame holds", 7),
      (["outbox", "inspect"], outbox.path, "accepted 2", 7),
    ] {
      func run(_ path: String) throws -> Run { try Run(words: command + [path]) }
      #expect(try run(folder).status == status)
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder)
      defer { try? FileManager.default.removeItem(atPath: link) }
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder)
      defer { try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder) }
      let open = try run(folder)
      try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder)
      for (ended, cause) in [
        (open, "the folder is open to others"), (try run(link), "the folder is a link"),
        (try run(link + "/"), "the folder is a link"),
      ] {
        #expect(ended.status == 1, "\(command): \(ended.errors)")
        #expect(ended.output.contains(whole), "\(ended.output)")
        #expect(ended.output.contains("\(cause): it will be refused when opened"), "\(ended.output)")
        // The verdict comes first, and nobody is asked to keep what is not trusted.
        let first = ended.output.split(separator: "\n")[0]
        #expect(first.contains("NOT trusted") && !ended.output.contains("Keep its head"), "\(ended.output)")
      }
    }
  }

  @Test("A folder without a log, one of an earlier version and a wrong head are told apart")
  func notReadable() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "cpis-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.path(percentEncoded: false)
    for words in ["no such folder", "no audit log is in this folder"] {
      let run = try Run("audit", "verify", path)
      #expect(run.status == 4 && run.errors.contains(words), "\(run.errors)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
    try Data("x\n".utf8).write(to: folder.appending(path: "access-log"))
    let earlier = try Run("audit", "verify", path)
    #expect(earlier.status == 4 && earlier.errors.contains("earlier version"))
    #expect(try Run("audit", "verify", path, "--head", "12 abc").status == 2)
  }
}
