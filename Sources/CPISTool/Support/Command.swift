/// A command of the tool.
protocol Command: SendableMetatype {
  /// The words that call it: `["upload", "lint"]`.
  static var words: [String] { get }
  /// What it does, in one line.
  static var summary: String { get }
  /// How to use it, everything it does, and its exit codes.
  static var help: String { get }
  /// Runs it with the words after its name.
  static func run(_ words: [String], _ console: Console) async throws(CommandFailure) -> ExitCode
}

extension Command {
  /// Its words, as they are typed.
  static var name: String { words.joined(separator: " ") }
}

/// How the tool ends. Scripts read this, so "not checked" has a code of its own.
enum ExitCode: Int32 {
  /// Done.
  case success = 0
  /// Done, and faults were found: in an upload, among numbers, or in a folder, which is then damaged or not
  /// trusted.
  case faultsFound = 1
  /// The command line is wrong.
  case usage = 2
  /// A check could not be made. Nothing is known.
  case notChecked = 3
  /// A file could not be read, or is not what it should be.
  case unreadableInput = 4
  /// A check was made, but not all records of the uploads were loaded. "No plan" may be wrong.
  case incomplete = 5
  /// Standard output could not be written, or a line for standard error was lost.
  case unwritableOutput = 6
  /// All is sound, but notices are parked: nobody is told of them until a person decides.
  case waitingNotices = 7
  /// Nobody reads the output any more. The tool ends by the signal, which a shell shows as this.
  case readerGone = 141
}

/// Ends a command early, with a message for standard error.
struct CommandFailure: Error {
  let exitCode: ExitCode
  /// The cause as a stable word, for programs.
  let code: String
  let message: String

  static func usage(_ message: String) -> CommandFailure {
    CommandFailure(exitCode: .usage, code: "usage", message: message)
  }

  static func unreadable(_ code: String, _ message: String) -> CommandFailure {
    CommandFailure(exitCode: .unreadableInput, code: code, message: message)
  }

  static let unwritable = CommandFailure(
    exitCode: .unwritableOutput, code: "unwritableOutput", message: "standard output cannot be written")

  /// It has no message: whoever stops reading, as `head` does, knows.
  static let readerGone = CommandFailure(exitCode: .readerGone, code: "readerGone", message: "")
}

/// Something about a folder's files that its owner should know, as JSON.
struct ReportedFinding: Encodable {
  /// The finding's kind as a stable word; absent when it has none.
  let code: String?
  /// Whether a person must look at it.
  let needsAttention: Bool
  let text: String
}

/// A failure as JSON, for programs.
struct FailureReport: Encodable {
  let error: String
  let exitCode: Int32
  let message: String

  init(_ failure: CommandFailure) {
    error = failure.code
    exitCode = failure.exitCode.rawValue
    message = failure.message
  }
}
