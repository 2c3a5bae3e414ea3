import CPISFiles
import Foundation

/// `cpis`: the library's command-line tool, for demonstrations, checks against upload files, and testing an
/// integration. It uses no network.
@main
struct Tool {
  /// The version of the package; a release sets it here.
  static let version = "unreleased"

  private static let commands: [any Command.Type] = [
    DemoCommand.self, CheckCommand.self, UploadLintCommand.self, NHSNumberCommand.self, OutboxInspectCommand.self,
    OutboxVerifyCommand.self, OutboxRetryCommand.self, OutboxDiscardCommand.self, AuditVerifyCommand.self,
  ]

  static func main() async {
    ProcessConduct.begin()
    let words = Array(CommandLine.arguments.dropFirst())
    let console = Console()
    let code: ExitCode
    do throws(CommandFailure) {
      code = try await run(words, console)
    } catch {
      code = tell(error, asJSON: isGiven("--json", words), console)
    }
    if code == .readerGone { ProcessConduct.endForGoneReader() }
    exit(console.ending(code).rawValue)
  }

  /// Tells of a failure: in a line for a person and, where JSON was asked for, as an object for a program.
  private static func tell(_ failure: CommandFailure, asJSON: Bool, _ console: Console) -> ExitCode {
    guard failure.exitCode != .readerGone else { return .readerGone }
    console.complain(failure.message)
    guard asJSON, failure.exitCode != .unwritableOutput else { return failure.exitCode }
    do throws(CommandFailure) {
      try console.write(json: FailureReport(failure))
      return failure.exitCode
    } catch {
      return tell(error, asJSON: false, console)
    }
  }

  /// Whether a flag is among the words; after `--` nothing is one.
  private static func isGiven(_ flag: String, _ words: [String]) -> Bool {
    words.prefix { $0 != "--" }.contains(flag)
  }

  private static func run(_ words: [String], _ console: Console) async throws(CommandFailure) -> ExitCode {
    if words.isEmpty || words == ["help"] || words == ["--help"] || words == ["-h"] {
      try console.write(overview)
      return words.isEmpty ? .usage : .success
    }
    if words == ["--version"] {
      try console.write("cpis \(version)")
      return .success
    }
    let isHelpFirst = ["help", "--help", "-h"].contains(words.first)
    let isHelpAsked = isHelpFirst || isGiven("--help", words) || isGiven("-h", words)
    let named = isHelpFirst ? Array(words.dropFirst()) : words
    guard let command = commands.first(where: { named.starts(with: $0.words) }) else {
      return try noCommand(named, isHelpAsked: isHelpAsked, console)
    }
    if isHelpAsked {
      try console.write(command.help)
      return .success
    }
    do throws(CommandFailure) {
      return try await command.run(Array(named.dropFirst(command.words.count)), console)
    } catch {
      guard error.exitCode == .usage else { throw error }
      throw .usage("\(error.message); see 'cpis help \(command.name)'")
    }
  }

  /// Answers words that are no command, with the commands that begin with the first word, if there are any.
  private static func noCommand(_ named: [String], isHelpAsked: Bool, _ console: Console)
    throws(CommandFailure) -> ExitCode
  {
    let first = named.first ?? ""
    let group = commands.filter { $0.words.first == first }
    guard !group.isEmpty else {
      throw .usage("\(Repeating.told("no such command", first)); 'cpis help' lists them")
    }
    let further = named.dropFirst().first { !$0.hasPrefix("-") }
    if isHelpAsked, further == nil {
      try console.write("Commands that begin with '\(first)':\n\(list(group))")
      return .success
    }
    let what =
      further.map { Repeating.told("'\(first)' has no such command", $0) } ?? "'\(first)' needs a second word"
    throw .usage("\(what). Commands that begin with '\(first)':\n\(list(group))")
  }

  private static func list(_ commands: [any Command.Type]) -> String {
    let width = commands.map { $0.name.count }.max() ?? 0
    return commands.map { "  \($0.name)\(String(repeating: " ", count: width - $0.name.count + 2))\($0.summary)" }
      .joined(separator: "\n")
  }

  private static var overview: String {
    """
    cpis: Child Protection – Information Sharing. Nothing leaves this machine.
    demo and check use an embedded reference registry. Use test numbers only (999 000 0000 to 999 999 9999).
    outbox and audit read your folders and name no patient; only outbox retry and outbox discard change anything.

    \(list(commands))

    'cpis help COMMAND' explains a command; 'cpis --version' shows the version.
    Exit codes: 0 done · 1 faults found · 2 wrong usage · 3 not checked · 4 unreadable input ·
                5 checked, but records were not loaded · 6 output could not be written · 7 notices are parked
    A file may be '-', for standard input. With --json a command writes one JSON object, errors included.
    When nobody reads the output any more, as after '| head', the tool ends by SIGPIPE, without a word.
    Colour is used only at a terminal; set NO_COLOR to turn it off.
    """
  }
}
