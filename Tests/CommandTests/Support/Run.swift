import Foundation
import Testing

/// The tool as a process: what it wrote, and how it ended.
struct Run {
  let status: Int32
  let output: String
  let errors: String

  init(_ words: String..., input: String = "") throws { try self.init(words: words, input: input) }

  /// Runs a script of the shell, in which `"$0"` is the tool and `"$@"` are the words, and takes what is left of both
  /// outputs.
  static func inShell(_ script: String, _ words: [String], input: String = "") throws -> Run {
    try Run(
      executable: URL(filePath: "/bin/sh"), words: ["-c", script, tool.path] + words, input: Data(input.utf8))
  }

  /// - Parameter temporaryFolder: where the tool keeps what is temporary; the system's place unless given.
  init(words: [String], input: String = "", temporaryFolder: String? = nil) throws {
    try self.init(executable: Self.tool, words: words, input: Data(input.utf8), temporaryFolder: temporaryFolder)
  }

  private init(executable: URL, words: [String], input: Data, temporaryFolder: String? = nil) throws {
    let process = Process()
    process.executableURL = executable
    process.arguments = words
    if let temporaryFolder {
      process.environment = ProcessInfo.processInfo.environment.merging(["TMPDIR": temporaryFolder]) { $1 }
    }
    let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
    process.standardInput = stdin
    process.standardOutput = stdout
    process.standardError = stderr
    try process.run()
    try stdin.fileHandleForWriting.write(contentsOf: input)
    try stdin.fileHandleForWriting.close()
    output = String(decoding: try stdout.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    errors = String(decoding: try stderr.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    status = process.terminationStatus
  }

  /// What the tool shows to a person at a terminal, colours and all. Not for much: nobody reads while it writes.
  static func atTerminal(_ words: [String]) throws -> String {
    let terminal = try Terminal()
    let process = Process()
    process.executableURL = tool
    process.arguments = words
    process.environment = ProcessInfo.processInfo.environment.filter { $0.key != "NO_COLOR" }
      .merging(["TERM": "xterm"]) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = terminal.end
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return try terminal.shown()
  }

  /// The tool lies beside the test bundle.
  static let tool: URL = {
    #if os(macOS)
      for bundle in Bundle.allBundles where bundle.bundlePath.hasSuffix(".xctest") {
        return bundle.bundleURL.deletingLastPathComponent().appending(path: "cpis")
      }
    #endif
    return Bundle.main.bundleURL.appending(path: "cpis")
  }()
}
