import Foundation
import Testing

/// The NHS's own schemas, and `xmllint` to hold messages against them.
enum Schemas {
  /// The folder that `CPIS_SCHEMAS` names, or `../shared/schemas/cpis-hl7v3` beside the checkout.
  static let folder: URL = {
    if let named = ProcessInfo.processInfo.environment["CPIS_SCHEMAS"] { return URL(filePath: named) }
    return URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../../shared/schemas/cpis-hl7v3").standardizedFileURL
  }()

  static let xmllint: URL? = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"]
    .map { URL(filePath: "\($0)/xmllint") }.first { FileManager.default.isExecutableFile(atPath: $0.path()) }

  static let arePresent =
    xmllint != nil && FileManager.default.fileExists(atPath: folder.appending(path: "Schemas").path())

  static let absence: Comment = "needs xmllint (libxml2-utils) and the NHS schemas; see CONTRIBUTING.md"

  /// What is wrong with messages by a schema; empty when nothing is.
  static func faults(of messages: [[UInt8]], schema: String) throws -> String {
    guard let xmllint else { return "no xmllint" }
    let scratch = FileManager.default.temporaryDirectory.appending(path: "cpis-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    for (index, message) in messages.enumerated() {
      try Data(message).write(to: scratch.appending(path: "\(index).xml"))
    }
    let process = Process()
    process.executableURL = xmllint
    process.currentDirectoryURL = scratch
    process.arguments =
      ["--noout", "--schema", folder.appending(path: "Schemas/\(schema).xsd").path()]
      + messages.indices.map { "\($0).xml" }
    let errors = scratch.appending(path: "errors.txt")
    try Data().write(to: errors)
    process.standardError = try FileHandle(forWritingTo: errors)
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    if process.terminationStatus == 0 { return "" }
    let text = try String(contentsOf: errors, encoding: .utf8)
    return text.split(separator: "\n").filter { !$0.hasSuffix("validates") }.prefix(5).joined(separator: "\n")
  }
}
