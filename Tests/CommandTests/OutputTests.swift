import CPISOutbox
import Foundation
import Testing

@Suite("Output that cannot be written")
struct OutputTests {
  /// One call of every command that writes to standard output.
  private func everyCommand(_ body: ([String]) throws -> Void) async throws {
    let outbox = try await OutboxFolder(accepting: 2)
    defer { outbox.remove() }
    await outbox.store.close()
    let audit = try await AuditFolder(records: 1)
    defer { audit.remove() }
    let check = ["check", "--upload", Samples.all[0], "--patient"]
    for words in [
      ["help"], ["help", "check"], ["help", "outbox"], ["--version"], ["demo"], check + ["9990123012"],
      check + ["9990000026", "--json"], check + ["9990000027"], ["nhs-number", "9990000026"],
      ["nhs-number", "9990000026", "--json"], ["nhs-number", "x"], ["outbox", "inspect", outbox.path],
      ["outbox", "verify", outbox.path], ["outbox", "inspect", outbox.path, "--json"],
      ["audit", "verify", audit.path], ["audit", "verify", audit.path, "--json"],
      ["upload", "lint", Samples.all[0], "--json"], ["upload", "lint", "/dev/null"],
      ["upload", "lint", "/nonexistent", "--json"],
    ] { try body(words) }
  }

  @Test("A full disk and a closed descriptor end every command with 6 and one line, and nothing traps")
  func unwritable() async throws {
    try await everyCommand { words in
      for script in [
        #""$0" "$@" >/dev/full"#, #""$0" "$@" >&-"#, #"ulimit -f 0; "$0" "$@" >"${TMPDIR:-/tmp}/cpis-limited""#,
      ] {
        if script.contains("ulimit"), words == ["demo"] { continue }
        let run = try Run.inShell(script, words)
        #expect(run.status == 6, "\(words) \(script): \(run.errors)")
        #expect(run.errors.hasSuffix("cpis: standard output cannot be written\n"), "\(words): \(run.errors)")
        #expect(!run.errors.contains("Fatal error") && !run.errors.contains("Registers"))
      }
    }
    try? FileManager.default.removeItem(
      at: FileManager.default.temporaryDirectory.appending(path: "cpis-limited"))
  }

  @Test("When the reader has gone, every command ends quietly, by the signal", arguments: ["", "trap '' PIPE; "])
  func readerGone(_ before: String) async throws {
    try await everyCommand { words in
      // The reader has gone before the tool starts: it closes the only end that was open for reading.
      let folder = FileManager.default.temporaryDirectory.appending(path: "cpis-pipe-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
      defer { try? FileManager.default.removeItem(at: folder) }
      let script = """
        \(before)mkfifo "\(folder.path)/p"; exec 3<>"\(folder.path)/p" 4>"\(folder.path)/p" 3>&-
        TMPDIR="\(folder.path)" "$0" "$@" >&4
        """
      let run = try Run.inShell(script, words)
      #expect(run.status == 141, "\(words): \(run.errors)")
      #expect(run.errors.isEmpty || words.contains("/nonexistent"), "\(words): \(run.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["p"], "\(words)")
    }
  }

  @Test("A line for standard error that cannot be written is not lost silently")
  func errorsUnwritable() throws {
    for script in [#""$0" "$@" 2>/dev/full"#, #""$0" "$@" 2>&-"#] {
      let lint = try Run.inShell(script, ["upload", "lint", Samples.all[0], "--at", "2026-11-20T06:30"])
      #expect(lint.status == 6, "\(lint.output)")
      #expect(try Run.inShell(script, ["chekc"]).status == 2)
      #expect(try Run.inShell(script, ["nhs-number", "9990000026"]).status == 0)
    }
  }

  @Test("With closed descriptors, no file that the tool opens takes their place")
  func descriptors() async throws {
    let outbox = try await OutboxFolder(accepting: 1)
    defer { outbox.remove() }
    await outbox.store.close()
    let words = ["outbox", "retry", outbox.path, "undeclaredAccess", OutboxFolder.id(1).uuidString]
    #expect(try Run.inShell(#""$0" "$@" <&- >&- 2>&-"#, words).status == 6)
    #expect(try Run("outbox", "verify", outbox.path).status == 0)
    #expect(try Run.inShell(#""$0" "$@" <&-"#, ["nhs-number", "-"]).errors.contains("could not be read"))
  }

  @Test("The demonstration removes its folder when it is interrupted", arguments: [SIGINT, SIGTERM, SIGHUP])
  func interrupted(_ signal: Int32) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "cpis-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    func left() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.path) }
    let process = Process()
    process.executableURL = Run.tool
    process.arguments = ["demo"]
    process.environment = ProcessInfo.processInfo.environment.merging(["TMPDIR": folder.path]) { $1 }
    // A full pipe: the demonstration waits in its first line.
    let pipe = Pipe()
    try pipe.fileHandleForWriting.write(contentsOf: Data(count: 65_536))
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    for _ in 0..<1_000 where try left().isEmpty { Thread.sleep(forTimeInterval: 0.01) }
    #expect(try !left().isEmpty)
    Thread.sleep(forTimeInterval: 0.2)
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == signal)
    #expect(try left().isEmpty)
  }
}
