import Foundation
import NHSNumbers

/// `cpis nhs-number`: whether each number is a valid NHS number.
struct NHSNumberCommand: Command {
  static let words = ["nhs-number"]
  static let summary = "say whether each number is a valid NHS number"
  static let help = """
    cpis nhs-number [--hyphens] [--json] N...
    cpis nhs-number [--hyphens] [--json] -

    Writes a line for each number, in columns separated by tabs:
      line or position · valid, placeholder or invalid · the number, 3-3-4 · its range, or what is wrong
    With '-', numbers are read from standard input, one on each line; blank lines are skipped, and so is a byte order
    mark at the beginning.
    Invalid input is not repeated, because it may identify somebody.

      --hyphens   accept 999-000-0026 as well
      --json      write one JSON object, with what is wrong as a code

    Exit codes: 0 all valid · 1 at least one invalid or a placeholder · 2 wrong usage ·
                4 no number on standard input, or it could not be read to its end · 6 output could not be written
    """

  static func run(_ words: [String], _ console: Console) async throws(CommandFailure) -> ExitCode {
    let arguments = try Arguments(words, options: ["--hyphens": .none, "--json": .none])
    let options: NHSNumber.ParsingOptions = arguments.has("--hyphens") ? .hyphens : []
    guard !arguments.rest.isEmpty else { throw .usage("no number given") }
    let isJSON = arguments.has("--json")
    var areAllValid = true
    var judged = 0
    var reports: [NumberReport.Result] = []
    func tell(_ verdicts: [NumberVerdict]) throws(CommandFailure) {
      for verdict in verdicts {
        areAllValid = areAllValid && verdict.isValid
        judged += 1
        if isJSON { reports.append(NumberReport.Result(verdict)) } else { try console.write(verdict.text) }
      }
    }
    if arguments.rest == ["-"] {
      var list = NumberLines(options)
      let pieces = try FilePieces("-")
      while let piece = try pieces.next() { try tell(list.take(piece)) }
      try tell(list.finish())
    } else {
      for (index, text) in arguments.rest.enumerated() {
        let judgement: NumberVerdict.Judgement
        do throws(NHSNumber.ParseError) {
          judgement = .number(try NHSNumber(parsing: text, allowing: options))
        } catch {
          judgement = .fault(.notANumber(error))
        }
        try tell([NumberVerdict(position: index + 1, result: judgement)])
      }
    }
    // A broken pipe before this tool must not look like a list without faults.
    guard judged > 0 else { throw .unreadable("noNumber", "no number on standard input") }
    if isJSON { try console.write(json: NumberReport(results: reports)) }
    return areAllValid ? .success : .faultsFound
  }
}

/// What became of one number.
private struct NumberVerdict {
  let position: Int
  let result: Judgement

  enum Judgement {
    case number(NHSNumber)
    case fault(LineFault.Reason)
  }

  var isValid: Bool { if case .number(let number) = result { !number.isPlaceholder } else { false } }
  var word: String {
    switch result {
    case .number(let number): number.isPlaceholder ? "placeholder" : "valid"
    case .fault: "invalid"
    }
  }

  var text: String {
    switch result {
    case .number(let number): "\(position)\t\(word)\t\(number.formatted())\t\(number.range.displayText)"
    case .fault(let reason): "\(position)\t\(word)\t\t\(reason.text)"
    }
  }
}

/// Reads a list, one number a line, piece by piece, as the library reads a whole one: through ``NHSNumberList``, so that
/// the two never differ on what a line is.
private struct NumberLines {
  private static let lineFeed = UInt8(ascii: "\n")
  /// A line longer than this holds no number, and need not be kept whole.
  private static let longestLine = 4096

  private var column = NHSNumberColumn.lines()
  /// The beginning of a line whose end has not come.
  private var rest: [UInt8] = []
  private var linesBefore = 0
  private var isFirst = true

  init(_ options: NHSNumber.ParsingOptions) { column.options = options }

  /// - Returns: what became of the lines that end in the piece.
  mutating func take(_ piece: [UInt8]) throws(CommandFailure) -> [NumberVerdict] {
    guard let end = piece.lastIndex(of: Self.lineFeed) else {
      rest += piece.prefix(max(0, Self.longestLine - rest.count))
      return []
    }
    let verdicts = try read(rest + piece[...end])
    rest = Array(piece[(end + 1)...].prefix(Self.longestLine))
    return verdicts
  }

  /// - Returns: what became of a last line that has no end.
  mutating func finish() throws(CommandFailure) -> [NumberVerdict] { rest.isEmpty ? [] : try read(rest) }

  private mutating func read(_ text: [UInt8]) throws(CommandFailure) -> [NumberVerdict] {
    // Only the list's own beginning may have a mark. A later piece gets an empty line before it, which is not counted.
    let text = isFirst ? text : [Self.lineFeed] + text
    let offset = linesBefore - (isFirst ? 0 : 1)
    isFirst = false
    linesBefore = offset + text.count { $0 == Self.lineFeed }
    let list: NHSNumberList
    do throws(NHSNumberColumn.ReadingError) {
      list = try NHSNumberList(parsing: text, column: column)
    } catch {
      throw .unreadable("notAList", "standard input: \(error.description)")
    }
    var verdicts = list.numbers.indices.map {
      NumberVerdict(position: offset + list.line(ofNumberAt: $0), result: .number(list.numbers[$0]))
    }
    if !list.faults.isEmpty {
      let lines = text.split(separator: Self.lineFeed, omittingEmptySubsequences: false)
      for fault in list.faults where !isBlank(lines[fault.line - 1], fault.reason) {
        verdicts.append(NumberVerdict(position: offset + fault.line, result: .fault(fault.reason)))
      }
      verdicts.sort { $0.position < $1.position }
    }
    return verdicts
  }

  private func isBlank(_ line: ArraySlice<UInt8>, _ reason: LineFault.Reason) -> Bool {
    reason == .notANumber(.empty) || String(decoding: line, as: UTF8.self).allSatisfy(\.isWhitespace)
  }
}

/// What became of all numbers, as JSON.
private struct NumberReport: Encodable {
  struct Result: Encodable {
    let position: Int
    let verdict: String
    var number: String?
    var range: String?
    var rangeText: String?
    var reason: String?
    var reasonText: String?

    init(_ judged: NumberVerdict) {
      position = judged.position
      verdict = judged.word
      switch judged.result {
      case .number(let found):
        number = found.formatted()
        range = found.range.code
        rangeText = found.range.displayText
      case .fault(let fault):
        reason = fault.code
        reasonText = fault.text
      }
    }
  }

  let results: [Result]
}

extension LineFault.Reason {
  fileprivate var text: String {
    if case .notANumber(let error) = self { error.description } else { "the line could not be read" }
  }

  /// Its word in the JSON, written out here because scripts depend on it.
  fileprivate var code: String {
    switch self {
    case .notANumber(.empty): "empty"
    case .notANumber(.unexpectedCharacter): "unexpectedCharacter"
    case .notANumber(.wrongLength): "wrongLength"
    case .notANumber(.checkDigitMismatch): "checkDigitMismatch"
    case .notANumber(.neverIssued): "neverIssued"
    default: "notReadable"
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

  /// Its word in the JSON.
  fileprivate var code: String {
    switch self {
    case .scotland: "scotland"
    case .northernIreland: "northernIreland"
    case .englandWalesIsleOfMan: "englandWalesIsleOfMan"
    case .ireland: "ireland"
    case .test: "test"
    case .unallocated: "unallocated"
    }
  }
}
