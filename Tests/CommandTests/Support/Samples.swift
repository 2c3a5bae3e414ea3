import Foundation

/// The sample uploads that the project ships.
enum Samples {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../Sources/CPISTool/Resources").standardizedFileURL

  static func path(_ name: String) -> String { folder.appending(path: "\(name).xml").path(percentEncoded: false) }

  static let all = ["tower-hamlets", "leeds", "kent"].map(path)

  /// Hands on the path of a file with a text, for as long as the body runs.
  static func file<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
    let file = FileManager.default.temporaryDirectory.appending(path: "cpis-\(UUID().uuidString).xml")
    try text.write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    return try body(file.path(percentEncoded: false))
  }

  /// A sample's text with stretches of it replaced; throws when one is not there, as the test would then test nothing.
  static func text(_ name: String, _ replacements: (String, String)...) throws -> String {
    var text = try String(contentsOfFile: path(name), encoding: .utf8)
    for (old, new) in replacements {
      guard text.contains(old) else { throw CocoaError(.fileReadCorruptFile) }
      text = text.replacingOccurrences(of: old, with: new)
    }
    return text
  }
}
