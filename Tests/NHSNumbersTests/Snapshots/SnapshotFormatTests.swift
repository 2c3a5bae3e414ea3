import Foundation
import NHSNumbers
import Testing

@Suite("The format of snapshots")
struct SnapshotFormatTests {
  /// FNV-1a over all bytes.
  private func digest(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  @Test("Version 1 does not change: the same numbers give the same bytes")
  func golden() {
    let small = SnapshotBytes(NHSNumberIndex(Numbers.strided(from: 999_000_000, by: 7, count: 1000)))
    #expect(small.bytes.count == 71_808)
    #expect(String(digest(small.bytes), radix: 16) == "bacc53cea5f6a3ee")
    // Large enough for second bits.
    let large = SnapshotBytes(NHSNumberIndex(Numbers.strided(from: 0, by: 2111, count: 400_000)))
    #expect(large.cellBits == 23)
    #expect(String(digest(large.bytes), radix: 16) == "8277c9880c2fa52e")
  }

  @Test(
    "A reader written from the documentation alone finds the same numbers",
    .enabled(if: Python.path != nil, "python3 is not here"), arguments: [0, 1, 3000, 400_000])
  func independentReader(count: Int) throws {
    let keys = count < 400_000 ? Numbers.random(count, seed: 191) : Numbers.strided(from: 0, by: 2111, count: count)
    let index = NHSNumberIndex(keys)
    let file = FileManager.default.temporaryDirectory.appending(path: "format-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    try index.writeSnapshot(to: file.path)
    let output = try Python.run("read_index.py", file.path)
    #expect(output.split(separator: "\n").map(String.init) == index.map(\.wireForm))
  }
}

/// Runs a script that lies beside this file.
private enum Python {
  static let path = ["/usr/bin/python3", "/usr/local/bin/python3", "/root/.pyenv/shims/python3"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  static func run(_ script: String, _ argument: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: try #require(path))
    process.arguments = [
      URL(filePath: #filePath).deletingLastPathComponent().appending(path: script).path, argument,
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: output, as: UTF8.self)
  }
}
