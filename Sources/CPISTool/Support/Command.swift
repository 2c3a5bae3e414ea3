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
  /// Standard output could not be written.
  case unwritableOutput = 6
}

/// Ends a command early, with a message for standard error.
struct CommandFailure: Error {
  let exitCode: ExitCode
  let message: String

  static func usage(_ message: String) -> CommandFailure { CommandFailure(exitCode: .usage, message: message) }

  static func unreadable(_ message: String) -> CommandFailure {
    CommandFailure(exitCode: .unreadableInput, message: message)
  }
}
