import Foundation
import Testing

@Suite("Input")
struct InputTests {
  /// Runs the tool on a terminal that breaks off with an error after a text.
  private func broken(_ words: [String], after text: String) throws -> (
    status: Int32, output: String, errors: String
  ) {
    let terminal = try Terminal()
    try terminal.end.write(contentsOf: Data(text.utf8))
    try terminal.end.close()
    let process = Process()
    let (output, errors) = (Pipe(), Pipe())
    process.executableURL = Run.tool
    process.arguments = words
    process.standardInput = terminal.controller
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let shown = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    let told = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, shown, told)
  }

  @Test("An error while reading is not the end: after two lines, too, it ends with 4 and says so")
  func readError() throws {
    let numbers = try broken(["nhs-number", "-"], after: "9990000026\n9990000034\n")
    #expect(numbers.status == 4, "\(numbers)")
    #expect(numbers.output.split(separator: "\n").count == 2)
    #expect(numbers.errors.contains("standard input: could not be read to its end"), "\(numbers.errors)")
    let json = try broken(["nhs-number", "-", "--json"], after: "9990000026\n9990000034\n")
    #expect(json.status == 4 && json.output.contains("\"error\" : \"readError\""), "\(json)")
    let lint = try broken(["upload", "lint", "-"], after: "<?xml version=\"1.0\"?>\n")
    #expect(lint.status == 4 && lint.errors.contains("could not be read to its end"), "\(lint)")
    let check = try broken(
      ["check", "--upload", "-", "--patient", "9990000026"], after: "<?xml version=\"1.0\"?>\n")
    #expect(check.status == 4 && check.errors.contains("could not be read to its end"), "\(check)")
  }

  @Test(
    "What opens and cannot be read is a read error, whatever it is",
    arguments: [
      ["upload", "lint", "/proc/self/mem"], ["check", "--upload", "/proc/self/mem", "--patient", "9990000026"],
    ])
  func unreadableFile(_ words: [String]) throws {
    let run = try Run(words: words)
    #expect(run.status == 4 && run.errors.contains("could not be read to its end"), "\(run.errors)")
  }

  @Test("A folder on standard input is called a folder, and a closed one is not an empty list")
  func standardInput() throws {
    for words in [["nhs-number", "-"], ["upload", "lint", "-"], ["check", "--upload", "-", "--patient", "x"]] {
      let folder = try Run.inShell(#""$0" "$@" </"#, words)
      #expect(folder.status == 4 && folder.errors.contains("standard input: a folder"), "\(folder.errors)")
      let closed = try Run.inShell(#""$0" "$@" <&-"#, words)
      #expect(closed.status == 4 && closed.errors.contains("standard input: could not be read"), "\(closed.errors)")
    }
  }

  @Test("Standard input stands for a file, once")
  func dash() throws {
    let text = try Samples.text("leeds")
    let lint = try Run("upload", "lint", "-", "--at", "2026-11-20T06:30", input: text)
    #expect(lint.status == 0 && lint.errors.contains("standard input: 5 records, 0 faults"), "\(lint.errors)")
    let words = ["check", "--patient", "9990135347", "--at", "2026-11-20T06:30", "--upload"]
    let check = try Run(words: words + ["-"], input: text)
    #expect(check.status == 0 && check.output.contains("PLAN RECORDED"), "\(check.errors)")
    #expect(try Run(words: words + ["-", Samples.all[0]], input: text).status == 0)
    let twice = try Run(words: words + ["-", "-"], input: text)
    #expect(twice.status == 2 && twice.errors.contains("only once"), "\(twice.errors)")
  }

  private func verdicts(_ bytes: [UInt8]) throws -> [String] {
    // From a file: a pipe would hold up who writes a long list before reading what comes of it.
    let file = FileManager.default.temporaryDirectory.appending(path: "cpis-list-\(UUID().uuidString)")
    try Data(bytes).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try Run.inShell(#"exec "$0" nhs-number - <"$1""#, [file.path]).output.split(separator: "\n").map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).prefix(2).joined(separator: " ")
    }
  }

  @Test("A list is read as the library reads it: a mark at its beginning is skipped, and nowhere else")
  func mark() throws {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let (first, second) = (Array("9990000026\r\n".utf8), Array("9990000034\r\n".utf8))
    #expect(try verdicts(mark + first + second) == ["1 valid", "2 valid"])
    #expect(try verdicts(first + mark + second) == ["1 valid", "2 invalid"])
    #expect(try verdicts(mark + mark + first) == ["1 invalid"])
    #expect(try verdicts(mark + Array("\n".utf8) + first) == ["2 valid"])
    #expect(try verdicts(Array("9990000026\r9990000034\r".utf8)) == ["1 invalid"])
    #expect(
      try verdicts(Array("9990000026".utf8) + [0xFF, 0x0A] + Array("9990000034".utf8)) == ["1 invalid", "2 valid"])
    #expect(try verdicts(Array("9990000026\u{2028}9990000034\n".utf8)) == ["1 invalid"])
  }

  @Test("Lines that cross the pieces in which a list is read keep their numbers")
  func longList() throws {
    let lines = (1...60_000).map { $0 % 1_000 == 0 ? "\u{FEFF}9990000026" : $0 % 7 == 0 ? "" : "999 000 0026" }
    let shown = try verdicts(Array(lines.joined(separator: "\r\n").utf8))
    let expected = lines.enumerated().filter { !$1.isEmpty }.map {
      "\($0 + 1) \($1.utf8.count == 12 ? "valid" : "invalid")"
    }
    #expect(shown == expected)
    let endless = [UInt8](repeating: UInt8(ascii: "9"), count: 3_000_000)
    #expect(try verdicts(endless + Array("\n9990000026".utf8)) == ["1 invalid", "2 valid"])
  }
}
