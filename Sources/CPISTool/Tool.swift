import Foundation

/// `cpis`: the tool around the library, for demonstrations, checks against upload files, and tests of an
/// integration. It talks to no network.
@main
struct Tool {
  private static let commands: [any Command.Type] = [
    DemoCommand.self, CheckCommand.self, UploadLintCommand.self, NHSNumberCommand.self, OutboxInspectCommand.self,
    OutboxVerifyCommand.self,
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
    let isHelpAsked = words.first == "help" || words.contains("--help") || words.contains("-h")
    let named = words.first == "help" ? Array(words.dropFirst()) : words
    guard let command = commands.first(where: { named.starts(with: $0.words) }) else {
      console.complain("no command '\(words.joined(separator: " "))'; 'cpis help' lists them")
      return .usage
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
        console.complain("'cpis help \(command.words.joined(separator: " "))' shows how to call it")
      }
      return error.exitCode
    }
  }

  private static var overview: String {
    let width = commands.map { $0.words.joined(separator: " ").count }.max() ?? 0
    let list = commands.map { command in
      let name = command.words.joined(separator: " ")
      return "  \(name)\(String(repeating: " ", count: width - name.count + 2))\(command.summary)"
    }
    return """
      cpis: Child Protection – Information Sharing, on an embedded reference registry.
      Nothing leaves this machine; use test numbers (999 000 0000 to 999 999 9999) only.

      \(list.joined(separator: "\n"))

      'cpis help COMMAND' tells more.
      Exit codes: 0 done · 1 faults found · 2 wrong call · 3 not checked · 4 unreadable input
      Colour is used at a terminal only; set NO_COLOR to turn it off.
      """
  }
}
