/// How the tool ends. Scripts read it, so "not checked" has a code of its own.
enum ExitCode: Int32 {
  /// Done.
  case success = 0
  /// Done, and faults were found: in an upload, or among numbers.
  case faultsFound = 1
  /// The command line is wrong.
  case usage = 2
  /// A check could not be made. Nothing is known.
  case notChecked = 3
  /// A file could not be read, or is not what it should be.
  case unreadableInput = 4
  /// A check was made against uploads of which records were not loaded. "No plan" may be wrong.
  case incomplete = 5
  /// Standard output could not be written.
  case unwritableOutput = 6
}

/// Ends a command early, with a line for standard error.
struct CommandFailure: Error {
  let exitCode: ExitCode
  let message: String

  static func usage(_ message: String) -> CommandFailure { CommandFailure(exitCode: .usage, message: message) }

  static func unreadable(_ message: String) -> CommandFailure {
    CommandFailure(exitCode: .unreadableInput, message: message)
  }
}
