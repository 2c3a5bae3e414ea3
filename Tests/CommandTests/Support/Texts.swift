import Foundation
import Testing

/// The texts of the project that hold code, and the code that they hold.
enum Texts {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
    .standardizedFileURL

  /// The lines between two markers of a file, without the indentation that they share.
  static func lines(_ path: String, from first: String, to last: String) throws -> String {
    let text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
    let all = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let start = try #require(
      all.firstIndex { $0.trimmingCharacters(in: .whitespaces) == first }, "\(path): \(first)")
    let end = try #require(all[start...].firstIndex { $0.trimmingCharacters(in: .whitespaces) == last })
    let indent = all[start].prefix { $0 == " " }.count
    return all[(start + 1)..<end].map { String($0.dropFirst(min(indent, $0.prefix { $0 == " " }.count))) }
      .joined(separator: "\n")
  }

  /// Every block of Swift in a text.
  static func blocks(_ path: String) throws -> [String] {
    let text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
    return text.components(separatedBy: "```swift\n").dropFirst().map { block in
      block.components(separatedBy: "\n```")[0]
    }
  }
}
