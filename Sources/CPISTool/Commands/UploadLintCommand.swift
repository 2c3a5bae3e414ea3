import CPIS
import CPISHL7
import Foundation

/// `cpis upload lint`: every fault of an upload file, and where it is.
struct UploadLintCommand: Command {
  static let words = ["upload", "lint"]
  static let summary = "find every fault of an upload file, with its place and its code"
  static let help = """
    cpis upload lint FILE [--at TIME] [--json]

    Reads an upload message (REPC_MT000002GB01) and writes a line for each fault, in columns separated by tabs:
      line in the file · code of the acknowledgement · place as an XPath · what is wrong
    Faults that only the demographics service finds (CPR01, CPR02, CPR05, and names that do not match) are not found.
    A file that cannot be read to its end gets a CPF01 at the place where reading stopped; before the first element
    that is "/". No patient is named.

    FILE may be '-', for standard input.

      --at TIME   the day that decides who is 18, as 2026-11-21T02:14; by default today
      --json      write one JSON object: the faults, and how many records there are

    Exit codes: 0 no fault · 1 faults found · 2 wrong usage · 4 no such file, or it could not be read to its end ·
                6 output could not be written
    """

  static func run(_ words: [String], _ console: Console) async throws(CommandFailure) -> ExitCode {
    let arguments = try Arguments(words, options: ["--at": .one, "--json": .none])
    guard arguments.rest.count == 1 else { throw .usage("give one file") }
    let day = UnitedKingdomTime.day(at: try arguments.time("--at"))
    var lint = Lint(day: day)
    let isJSON = arguments.has("--json")
    func tell() throws(CommandFailure) {
      guard !isJSON else { return }
      for fault in lint.takeNew() { try console.write(fault.text) }
    }
    let path = arguments.rest[0]
    let pieces = try FilePieces(path)
    var reader = UploadReader()
    while let piece = try pieces.next() {
      // An unusable file is one more fault, which the reader reports again at the end.
      do throws(UploadReadingError) { try reader.read(Data(piece)) { lint.take($0) } } catch { break }
      try tell()
    }
    do throws(UploadReadingError) { lint.finish(try reader.finish()) } catch { lint.take(error) }
    try tell()
    if isJSON { try console.write(json: lint.report(path)) }
    console.complain(lint.summary(path))
    return lint.faultCount == 0 ? .success : .faultsFound
  }

  /// The faults found so far.
  private struct Lint {
    let day: CivilDay
    private var faults: [LintLine] = []
    private(set) var faultCount = 0
    private var recordCount = 0
    /// The day on which the file was made, once its head was read.
    private var creationDay: CivilDay?

    init(day: CivilDay) { self.day = day }

    struct LintLine: Encodable {
      let line: Int?
      let code: String
      let place: String
      let reasonText: String

      var text: String { "\(line.map(String.init) ?? "-")\t\(code)\t\(place)\t\(reasonText)" }
    }

    struct Report: Encodable {
      let file: String
      let records: Int
      let faults: [LintLine]
    }

    /// The faults since the last call, which are kept no longer: there may be as many as records.
    mutating func takeNew() -> [LintLine] {
      defer { faults = [] }
      return faults
    }

    mutating func take(_ part: UploadPart) {
      switch part {
      case .header(let header):
        creationDay = UnitedKingdomTime.day(at: header.creationTime)
        do throws(UploadFault) {
          _ = try header.sender.authority()
        } catch {
          // It concerns every record, and is reported once.
          write(line: nil, error.code.rawValue, error.xPath(inRecord: 1), error.description)
        }
      case .record(let read):
        recordCount += 1
        do throws(UploadFault) {
          _ = try read.record.validated(on: day, fileMadeOn: creationDay)
        } catch {
          write(
            line: read.line(of: error.place), error.code.rawValue, error.xPath(inRecord: read.position),
            error.description)
        }
      }
    }

    mutating func take(_ error: UploadReadingError) {
      // Before the first element, the place is the document itself.
      let place = error.xPath.isEmpty ? "/" : error.xPath
      write(line: error.line, UploadFileCode.fileError.rawValue, place, error.displayText)
    }

    mutating func finish(_ summary: UploadSummary) {
      guard !summary.countMatches else { return }
      write(
        line: nil, UploadFileCode.fileError.rawValue, "/File/transmissionQuantity",
        "says \(summary.header.declaredRecordCount.counted("record")), and holds \(summary.recordCount)")
    }

    private mutating func write(line: Int?, _ code: String, _ place: String, _ text: String) {
      faultCount += 1
      faults.append(LintLine(line: line, code: code, place: place, reasonText: text))
    }

    func summary(_ path: String) -> String {
      "\(Repeating.path(path)): \(recordCount.counted("record")), \(faultCount.counted("fault"))"
    }

    func report(_ path: String) -> Report {
      Report(file: Repeating.path(path), records: recordCount, faults: faults)
    }
  }
}
