import Foundation
import Testing

/// The tool as a process: what it wrote, and how it ended.
struct Run {
  let status: Int32
  let output: String
  let errors: String

  init(_ words: String..., input: String = "") throws { try self.init(words: words, input: input) }

  init(words: [String], input: String = "") throws {
    let process = Process()
    process.executableURL = Self.tool
    process.arguments = words
    let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
    process.standardInput = stdin
    process.standardOutput = stdout
    process.standardError = stderr
    try process.run()
    try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try stdin.fileHandleForWriting.close()
    output = String(decoding: try stdout.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    errors = String(decoding: try stderr.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    status = process.terminationStatus
  }

  /// The tool lies beside the test bundle.
  private static let tool: URL = {
    #if os(macOS)
      for bundle in Bundle.allBundles where bundle.bundlePath.hasSuffix(".xctest") {
        return bundle.bundleURL.deletingLastPathComponent().appending(path: "cpis")
      }
    #endif
    return Bundle.main.bundleURL.appending(path: "cpis")
  }()
}

/// The sample uploads that the project ships.
enum Samples {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../Sources/CPISTool/Resources").standardizedFileURL

  static func path(_ name: String) -> String { folder.appending(path: "\(name).xml").path(percentEncoded: false) }

  static let all = ["tower-hamlets", "leeds", "kent"].map(path)
}
