/// A command of the tool.
protocol Command: SendableMetatype {
  /// The words that call it: `["upload", "lint"]`.
  static var words: [String] { get }
  /// One line on what it does.
  static var summary: String { get }
  /// How to call it, all it does, and its exit codes.
  static var help: String { get }
  /// Runs it with the words after its name.
  static func run(_ words: [String], _ console: Console) async throws(CommandFailure) -> ExitCode
}

extension Command {
  /// The words that call it, as they are typed.
  static var name: String { words.joined(separator: " ") }
}
