import CPIS
import CPISFiles
import Foundation
import Synchronization

/// Where the tool writes: plain text, with colour only for a person at a terminal.
final class Console: Sendable {
  /// What a text is, which decides its colour. Nothing is green: green reads as "safe", and no outcome is (hazard H1).
  enum Style: String {
    case alarm = "\u{1B}[1;31m"
    case caution = "\u{1B}[33m"
    case quiet = "\u{1B}[2m"
    case title = "\u{1B}[1m"
  }

  private let isColoured: Bool
  private let hasLostComplaint = Atomic(false)

  /// The console of the process. `NO_COLOR`, a dumb terminal or a pipe turns colour off.
  init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    let isRefused = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    isColoured = !isRefused && environment["TERM"] != "dumb" && ByteStream.standardOutput.isTerminal
  }

  /// Writes a line to standard output.
  ///
  /// What could move a cursor, colour the terminal or turn the direction of text is written as a space, whoever it came
  /// from; only our own line ends, tabs and colours are left.
  ///
  /// - Throws: when it cannot be written. The command ends then, because half an answer is no answer; by throwing, so
  ///   that it removes what is temporary.
  func write(_ line: String = "", _ style: Style? = nil) throws(CommandFailure) {
    do throws(StreamError) {
      try ByteStream.standardOutput.write(Array((styled(Self.shown(line), style) + "\n").utf8))
    } catch {
      throw error == .readerGone ? .readerGone : .unwritable
    }
  }

  /// Writes a value as JSON to standard output.
  func write(json value: some Encodable) throws(CommandFailure) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    guard let data = try? encoder.encode(value) else {
      throw .unreadable("notEncodable", "the result could not be written as JSON")
    }
    try write(String(decoding: data, as: UTF8.self))
  }

  /// Writes a line to standard error. When that fails too, nobody can be told but by the exit code.
  func complain(_ line: String) {
    do throws(StreamError) {
      try ByteStream.standardError.write(Array("cpis: \(Self.shown(line))\n".utf8))
    } catch {
      hasLostComplaint.store(true, ordering: .relaxed)
    }
  }

  /// How the tool ends: as the command does, unless that is success and a line was lost.
  func ending(_ code: ExitCode) -> ExitCode {
    code == .success && hasLostComplaint.load(ordering: .relaxed) ? .unwritableOutput : code
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
