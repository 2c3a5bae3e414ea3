import Foundation
import Testing

@Suite("The README")
struct ReadmeTests {
  private func readme() throws -> String {
    try String(contentsOf: Texts.root.appending(path: "README.md"), encoding: .utf8)
  }

  @Test("Its example calls of the tool run, and find no fault")
  func calls() throws {
    let prefix = "swift run cpis "
    let calls = try readme().split(separator: "\n").filter { $0.hasPrefix(prefix) && $0.contains("$samples") }
    #expect(calls.count == 3)
    for call in calls {
      let line = call.dropFirst(prefix.count).replacing("$samples/", with: Samples.folder.path + "/")
      // Every other stretch stands between quotes, and is one word.
      let words = line.components(separatedBy: "\"").enumerated().flatMap { place, stretch in
        place % 2 == 1 ? [stretch] : stretch.split(separator: " ").map(String.init)
      }
      let run = try Run(words: words)
      #expect(run.status == 0, "\(call): \(run.errors)")
    }
  }

  @Test("It names the platforms of the manifest")
  func platforms() throws {
    let manifest = try String(contentsOf: Texts.root.appending(path: "Package.swift"), encoding: .utf8)
    let lines = try readme().split(separator: "\n")
    let line = try #require(lines.first { $0.hasPrefix("platforms: ") })
    #expect(manifest.contains("\n  \(line)\n"))
  }
}
