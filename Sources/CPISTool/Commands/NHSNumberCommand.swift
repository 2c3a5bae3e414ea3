import Foundation
import NHSNumbers

/// `cpis nhs-number`: whether each number is a valid NHS number.
struct NHSNumberCommand: Command {
  static let words = ["nhs-number"]
  static let summary = "say whether each number is a valid NHS number"
  static let help = """
    cpis nhs-number [--hyphens] N...
    cpis nhs-number [--hyphens] -

    Writes a line for each number, in columns separated by tabs:
      line or position · valid, placeholder or invalid · the number, 3-3-4 · its range, or what is wrong
    With '-', numbers are read from standard input, one on each line; blank lines are skipped.
    Invalid input is not repeated, because it may identify somebody.

      --hyphens   accept 999-000-0026 as well

    Exit codes: 0 all valid · 1 at least one invalid or a placeholder · 2 wrong usage · 4 no number on standard input
    """

  static func run(_ words: [String], _ console: Console) async throws(CommandFailure) -> ExitCode {
    let arguments = try Arguments(words, options: ["--hyphens": .none])
    let options: NHSNumber.ParsingOptions = arguments.has("--hyphens") ? .hyphens : []
    guard !arguments.rest.isEmpty else { throw .usage("no number given") }
    var areAllValid = true
    var judged = 0
    func judge(_ text: String, _ position: Int) {
      let verdict = Verdict(text, options)
      areAllValid = areAllValid && verdict.isValid
      judged += 1
      console.write("\(position)\t\(verdict.text)")
    }
    if arguments.rest == ["-"] {
      var position = 0
      while let line = readLine() {
        position += 1
        if line.contains(where: { !$0.isWhitespace }) { judge(line, position) }
      }
    } else {
      for (index, text) in arguments.rest.enumerated() { judge(text, index + 1) }
    }
    // A broken pipe before this tool must not look like a list without faults.
    guard judged > 0 else { throw .unreadable("no number on standard input") }
    return areAllValid ? .success : .faultsFound
  }

  private struct Verdict {
    let isValid: Bool
    let text: String

    init(_ input: String, _ options: NHSNumber.ParsingOptions) {
      do throws(NHSNumber.ParseError) {
        let number = try NHSNumber(parsing: input, allowing: options)
        isValid = !number.isPlaceholder
        text = "\(isValid ? "valid" : "placeholder")\t\(number.formatted())\t\(number.range.displayText)"
      } catch {
        isValid = false
        text = "invalid\t\t\(error.description)"
      }
    }
  }
}

extension NHSNumber.Range {
  fileprivate var displayText: String {
    switch self {
    case .scotland: "Scotland"
    case .northernIreland: "Northern Ireland"
    case .englandWalesIsleOfMan: "England, Wales, Isle of Man"
    case .ireland: "Ireland"
    case .test: "test number"
    case .unallocated: "not allocated"
    }
  }
}
