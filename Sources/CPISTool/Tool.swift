import Foundation

/// `cpis`: the library's command-line tool, for demonstrations, checks against upload files, and testing an
/// integration. It uses no network.
@main
struct Tool {
  /// The version of the package; a release sets it here.
  static let version = "unreleased"

  private static let commands: [any Command.Type] = [
    DemoCommand.self, CheckCommand.self, UploadLintCommand.self, NHSNumberCommand.self, OutboxInspectCommand.self,
    OutboxVerifyCommand.self, AuditVerifyCommand.self,
  ]

  static func main() async {
    let words = Array(CommandLine.arguments.dropFirst())
    exit(await run(words, Console()).rawValue)
  }

  private static func run(_ words: [String], _ console: Console) async -> ExitCode {
    if words.isEmpty || words == ["help"] || words == ["--help"] || words == ["-h"] {
      console.write(overview)
      return words.isEmpty ? .usage : .success
    }
    if words == ["--version"] {
      console.write("cpis \(version)")
      return .success
    }
    let isHelpAsked = words.first == "help" || words.contains("--help") || words.contains("-h")
    let named = words.first == "help" ? Array(words.dropFirst()) : words
    guard let command = commands.first(where: { named.starts(with: $0.words) }) else {
      return noCommand(named, isHelpAsked: isHelpAsked, console)
    }
    if isHelpAsked {
      console.write(command.help)
      return .success
    }
    do throws(CommandFailure) {
      return try await command.run(Array(named.dropFirst(command.words.count)), console)
    } catch {
      console.complain(error.message)
      if error.exitCode == .usage {
        console.complain("'cpis help \(command.name)' shows how to call it")
      }
      return error.exitCode
    }
  }

  /// Answers words that are no command, with the commands that begin with the first word, if there are any.
  private static func noCommand(_ named: [String], isHelpAsked: Bool, _ console: Console) -> ExitCode {
    let first = named.first ?? ""
    let group = commands.filter { $0.words.first == first }
    guard !group.isEmpty else {
      console.complain("\(Repeating.told("no such command", first)); 'cpis help' lists them")
      return .usage
    }
    let further = named.dropFirst().first { !$0.hasPrefix("-") }
    if isHelpAsked, further == nil {
      console.write("Commands that begin with '\(first)':\n\(list(group))")
      return .success
    }
    let what =
      further.map { Repeating.told("'\(first)' has no such command", $0) } ?? "'\(first)' needs a second word"
    console.complain("\(what). Commands that begin with '\(first)':\n\(list(group))")
    return .usage
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
    outbox and audit read your folders, change nothing and name no patient.

    \(list(commands))

    'cpis help COMMAND' explains a command; 'cpis --version' shows the version.
    Exit codes: 0 done · 1 faults found · 2 wrong usage · 3 not checked · 4 unreadable input ·
                5 checked, but records were not loaded · 6 standard output could not be written
    Colour is used only at a terminal; set NO_COLOR to turn it off.
    """
  }
}
