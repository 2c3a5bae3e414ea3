import CPIS
import Foundation

/// Where the tool writes: plain text, with colour only for a person at a terminal.
struct Console: Sendable {
  /// What a text is, which decides its colour.
  enum Style: String {
    case alarm = "\u{1B}[1;31m"
    case caution = "\u{1B}[33m"
    case calm = "\u{1B}[32m"
    case quiet = "\u{1B}[2m"
    case title = "\u{1B}[1m"
  }

  private let isColoured: Bool

  /// The console of the process. `NO_COLOR`, a dumb terminal or a pipe turns colour off.
  init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    let isRefused = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    isColoured = !isRefused && environment["TERM"] != "dumb" && isatty(STDOUT_FILENO) == 1
  }

  /// Writes a line to standard output. When that fails, the tool ends, because half an answer is no answer.
  ///
  /// What could move a cursor, colour the terminal or turn the direction of text is written as a space, whoever it came
  /// from; only our own line ends, tabs and colours are left.
  func write(_ line: String = "", _ style: Style? = nil) {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data((styled(Self.shown(line), style) + "\n").utf8))
    } catch {
      complain("standard output cannot be written")
      exit(ExitCode.unwritableOutput.rawValue)
    }
  }

  /// Writes a line to standard error. When that fails too, nobody can be told.
  func complain(_ line: String) {
    try? FileHandle.standardError.write(contentsOf: Data("cpis: \(Self.shown(line))\n".utf8))
  }

  private static func shown(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map {
        $0.split(separator: "\t", omittingEmptySubsequences: false).map { String($0).shown }.joined(separator: "\t")
      }
      .joined(separator: "\n")
  }

  /// Text in a style, which is set for each line separately.
  func styled(_ text: String, _ style: Style?) -> String {
    guard isColoured, let style else { return text }
    return text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { "\(style.rawValue)\($0)\u{1B}[0m" }.joined(separator: "\n")
  }
}
