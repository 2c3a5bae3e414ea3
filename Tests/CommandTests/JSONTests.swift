import CPISAudit
import CPISOutbox
import Foundation
import Testing

@Suite("What a program reads")
struct JSONTests {
  private func json(_ run: Run) throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any],
      "\(run.output) \(run.errors)")
  }

  @Test("A check says that it is a rehearsal, and gives reasons, sources and statuses as stable codes")
  func check() throws {
    func report(_ patient: String, _ more: String...) throws -> [String: Any] {
      try json(
        Run(
          words: ["check", "--upload"] + Samples.all
            + ["--patient", patient, "--at", "2026-11-20T15:40", "--json"] + more))
    }
    let plan = try report("9990123012")
    #expect(plan["rehearsal"] as? Bool == true && plan["source"] as? String == "registry")
    #expect(plan["authorityTold"] as? String == "declared" && plan["safeguardingTold"] as? String == "entrusted")
    #expect((plan["displayText"] as? String)?.hasPrefix("REHEARSAL against upload files") == true)
    let shown = try #require((plan["plans"] as? [[String: Any]])?.first)
    #expect(shown["status"] as? String == "current" && shown["ringNowRole"] as? String == "officeHours")
    let refused = try report("9990000027")
    #expect(refused["reason"] as? String == "invalidNumber")
    #expect((refused["reasonText"] as? String)?.hasPrefix("not a valid NHS number") == true)
    #expect(try report("0000000000")["reason"] as? String == "placeholderNumber")
    #expect(try report("9990000026", "--scheduled")["authorityTold"] as? String == "notDue")
  }

  @Test("Numbers, faults and folders are told as one object each, with codes")
  func everyCommand() async throws {
    let numbers = try Run("nhs-number", "-", "--json", input: "9990000026\n\n9990000027\nx\n")
    #expect(numbers.status == 1)
    let results = try #require(try json(numbers)["results"] as? [[String: Any]])
    #expect(results.map { $0["position"] as? Int } == [1, 3, 4])
    #expect(results.map { $0["verdict"] as? String } == ["valid", "invalid", "invalid"])
    #expect(results.map { $0["reason"] as? String } == [nil, "checkDigitMismatch", "unexpectedCharacter"])
    #expect(results[0]["number"] as? String == "999 000 0026" && results[0]["range"] as? String == "test")

    let text = try Samples.text("leeds", ("9990135347", "9990135348"))
    let lint = try Run("upload", "lint", "-", "--json", "--at", "2026-11-20T06:30", input: text)
    #expect(lint.status == 1 && !lint.output.contains("9990135348"))
    let faults = try #require(try json(lint)["faults"] as? [[String: Any]])
    #expect(faults.map { $0["code"] as? String } == ["CPR04"] && faults[0]["line"] as? Int != nil)
    #expect(try json(lint)["records"] as? Int == 5)

    let outbox = try await OutboxFolder(accepting: 3)
    defer { outbox.remove() }
    for command in ["inspect", "verify"] {
      let report = try json(try Run("outbox", command, outbox.path, "--json"))
      #expect(report["verdict"] as? String == "parked" && report["isInUse"] as? Bool == true)
      #expect((report["counters"] as? [String: Any])?["parked"] as? Int == 1)
      let parked = try #require((report["parked"] as? [[String: Any]])?.first)
      #expect(parked["kind"] as? String == "undeclaredAccess" && parked["reason"] as? String == "rejected")
      #expect(parked["id"] as? String == OutboxFolder.id(3).uuidString)
    }

    let audit = try await AuditFolder(records: 2)
    defer { audit.remove() }
    let sound = try json(try Run("audit", "verify", audit.path, "--json"))
    #expect(sound["verdict"] as? String == "intact" && sound["isSound"] as? Bool == true)
    #expect(sound["head"] as? String == audit.heads[1].description)
    let zeros = "2 " + String(repeating: "0", count: 64)
    let other = try json(try Run("audit", "verify", audit.path, "--json", "--head", zeros))
    #expect(other["verdict"] as? String == "headDiffers" && other["differingHeads"] as? [String] == [zeros])
    #expect(other["isSound"] as? Bool == false)
  }

  @Test("An error is an object, too, with a code and the exit code, beside the line on standard error")
  func errors() throws {
    for (words, code, status) in [
      (["upload", "lint", "/nonexistent.xml", "--json"], "notFound", 4),
      (["upload", "lint", "/tmp", "--json"], "folder", 4),
      (["check", "--upload", "/nonexistent.xml", "--patient", "x", "--json"], "notFound", 4),
      (["check", "--upload", "/dev/null", "--patient", "x", "--json"], "notAnUpload", 4),
      (["check", "--json"], "usage", 2), (["check", "--json", "--foo"], "usage", 2),
      (["nhs-number", "--json"], "usage", 2), (["nhs-number", "-", "--json"], "noNumber", 4),
      (["outbox", "inspect", "/nonexistent", "--json"], "notFound", 4),
      (["outbox", "verify", "/usr", "--json"], "notAnOutbox", 4),
      (["audit", "verify", "/nonexistent", "--json"], "notFound", 4),
      (["audit", "verify", "/usr", "--json"], "notAnAuditLog", 4),
    ] {
      let run = try Run(words: words)
      #expect(run.status == Int32(status), "\(words)")
      let report = try json(run)
      #expect(report["error"] as? String == code, "\(words): \(report)")
      #expect(report["exitCode"] as? Int == status)
      #expect(run.errors.contains(try #require(report["message"] as? String)), "\(run.errors)")
    }
  }
}

@Suite("cpis outbox retry and discard")
struct OutboxDecisionTests {
  private func decide(_ word: String, _ folder: String, _ index: Int, _ more: String...) throws -> Run {
    try Run(
      words: ["outbox", word, folder, "undeclaredAccess", OutboxFolder.id(index).uuidString.lowercased()] + more)
  }

  @Test("A parked notice is tried again, or given up and erased, and the tool says what it did")
  func decides() async throws {
    for word in ["retry", "discard"] {
      let folder = try await OutboxFolder(accepting: 3)
      defer { folder.remove() }
      let held = try decide(word, folder.path, 3)
      #expect(held.status == 4 && held.errors.contains("has the folder open"), "\(held.errors)")
      await folder.store.close()
      #expect(try Run("outbox", "inspect", folder.path).status == 7)

      let run = try decide(word, folder.path, 3)
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.output.contains(OutboxFolder.id(3).uuidString) && run.output.contains("rejected"))
      #expect(
        run.output.contains(word == "retry" ? "will be tried again" : "will NOT be delivered"), "\(run.output)")
      let after = try Run("outbox", "inspect", folder.path)
      #expect(after.status == 0 && after.output.hasPrefix("Sound."), "\(after.output)")
      let counters = word == "retry" ? "discarded 0 + parked 0 + pending 1" : "discarded 1 + parked 0 + pending 0"
      #expect(after.output.contains(counters), "\(after.output)")
      let again = try decide(word, folder.path, 3, "--json")
      #expect(again.status == 4 && again.output.contains("\"unknownItem\""), "\(again.output)")
      #expect(again.errors.contains(word == "retry" ? "is not parked" : "is no such notice"), "\(again.errors)")
      #expect(try decide(word, folder.path, 1).errors.contains("no such notice"))
      if word == "discard" {
        let files = try folder.everything().values.compactMap(\.first).compactMap { Data(base64Encoded: $0) }
        #expect(!files.contains { $0.range(of: Data("Okafor".utf8)) != nil }, "the payload is still on the disk")
      }
    }
  }

  @Test("As JSON it tells the same")
  func json() async throws {
    let folder = try await OutboxFolder(accepting: 1)
    defer { folder.remove() }
    await folder.store.close()
    let run = try decide("discard", folder.path, 1, "--json")
    let report = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    #expect(
      report["decision"] as? String == "discarded" && report["id"] as? String == OutboxFolder.id(1).uuidString)
    #expect(report["kind"] as? String == "undeclaredAccess" && report["wasParkedFor"] as? String == "rejected")
  }

  @Test("Nothing is made, mended or decided in a folder that is absent, foreign, damaged or not trusted")
  func refuses() async throws {
    let nowhere = FileManager.default.temporaryDirectory.appending(path: "cpis-\(UUID().uuidString)").path
    #expect(try decide("retry", nowhere, 1).status == 4)
    #expect(!FileManager.default.fileExists(atPath: nowhere))
    try FileManager.default.createDirectory(atPath: nowhere, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: nowhere) }
    #expect(try decide("discard", nowhere, 1).status == 4)
    #expect(try FileManager.default.contentsOfDirectory(atPath: nowhere).isEmpty)

    let folder = try await OutboxFolder(accepting: 1)
    defer { folder.remove() }
    await folder.store.close()
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
    let open = try decide("discard", folder.path, 1)
    #expect(open.status == 1 && open.errors.contains("open to others"), "\(open.errors)")
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path)
    try folder.damage("journal-", fromEnd: 20)
    let before = try folder.everything()
    let damaged = try decide("discard", folder.path, 1)
    #expect(damaged.status == 1 && damaged.errors.contains("damaged"), "\(damaged.errors)")
    #expect(try folder.everything() == before)
  }

  @Test("A wrong kind, id or number of words is a wrong call, and none is repeated")
  func usage() throws {
    let id = OutboxFolder.id(1).uuidString
    for words in [
      ["/tmp"], ["/tmp", "safeguarding"], ["/tmp", "nothing", id], ["/tmp", "safeguarding", "9990000026"],
    ] {
      let run = try Run(words: ["outbox", "retry"] + words)
      #expect(run.status == 2 && run.output.isEmpty && !run.errors.contains("9990000026"), "\(run.errors)")
    }
  }
}
