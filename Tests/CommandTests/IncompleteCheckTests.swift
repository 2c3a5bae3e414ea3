import Foundation
import Testing

@Suite("cpis check, when records were not loaded")
struct IncompleteCheckTests {
  private struct Report: Decodable {
    let outcome, headline, displayText, authorityTold, safeguardingTold: String
    let recordsNotLoaded: Int
    let isComplete: Bool?
  }

  private let rehearsal = "REHEARSAL against upload files: CP-IS was not asked, and nobody is told\n"
  private let incomplete =
    "INCOMPLETE: 1 record could not be loaded. If it holds a plan for this patient, it is NOT shown here.\n"

  /// The first record's number is made wrong, so that a child with plans has none that were loaded.
  private func words(_ path: String, _ patient: String) -> [String] {
    ["check", "--upload", path, "--patient", patient, "--at", "2026-11-20T06:30"]
  }

  private func broken<Result>(_ body: (String) throws -> Result) throws -> Result {
    try Samples.file(try Samples.text("leeds", ("9990135347", "9990135348")), body)
  }

  @Test("A child whose record was refused does not look like one without a plan")
  func refusedRecord() throws {
    try broken { path in
      let run = try Run(words: words(path, "9990135347"))
      #expect(run.status == 5)
      #expect(run.output.hasPrefix(rehearsal + incomplete), "\(run.output)")
      #expect(run.errors.contains("not loaded: 1 of 5 records"), "\(run.errors)")
      let report = try self.report(words(path, "9990135347"))
      #expect(report.recordsNotLoaded == 1 && report.isComplete == false)
      #expect(report.outcome == "no-plan-among-the-records-loaded")
      #expect(report.headline == "INCOMPLETE: No plan recorded under this number")
      #expect(report.displayText.hasPrefix(rehearsal + incomplete))
      #expect(report.authorityTold == "notDue" && report.safeguardingTold == "notDue")
    }
  }

  @Test("Plans that were found are shown, with the gap; not checked stays what it is")
  func otherOutcomes() throws {
    try broken { path in
      let plan = try Run(words: words(path, "9990133972"))
      #expect(plan.status == 5 && plan.output.contains("PLAN RECORDED"), "\(plan.output)")
      #expect(plan.output.hasPrefix(rehearsal + incomplete))
      let refused = try Run(words: words(path, "9990000027"))
      #expect(refused.status == 3 && refused.output.hasPrefix(rehearsal + "NOT CHECKED"))
    }
  }

  @Test("With every record loaded nothing is incomplete, and the JSON says who was told")
  func complete() throws {
    let report = try report(words(Samples.path("leeds"), "9990135347"))
    #expect(report.recordsNotLoaded == 0 && report.isComplete == true)
    #expect(report.headline.hasPrefix("PLAN RECORDED"))
    #expect(report.authorityTold == "declared" && report.safeguardingTold == "entrusted")
    let silent = try self.report(words(Samples.path("leeds"), "9990135347") + ["--scheduled"])
    #expect(silent.authorityTold == "notDue" && silent.safeguardingTold == "entrusted")
  }

  @Test("At a terminal \"no plan\" has no colour, as green reads as safe, and caution when a record is missing")
  func styling() throws {
    let (calm, caution) = ("\u{1B}[32m", "\u{1B}[33m")
    let whole = try Run.atTerminal(words(Samples.path("leeds"), "9990000026"))
    #expect(whole.contains("\r\nNo plan recorded") && !whole.contains(calm), "\(whole)")
    try broken { path in
      let part = try Run.atTerminal(words(path, "9990000026"))
      #expect(part.contains("\(caution)INCOMPLETE") && part.contains("\(caution)No plan recorded"))
      #expect(!part.contains(calm))
    }
  }

  @Test("A file that was loaded already is called that, and a file with a wrong count is left to lint")
  func twice() throws {
    let leeds = Samples.path("leeds")
    let run = try Run(words: words(leeds, "9990000026") + ["--upload", leeds])
    #expect(run.status == 4 && run.output.isEmpty)
    #expect(run.errors.contains("this file id, or a later one, was loaded already"), "\(run.errors)")
    #expect(!run.errors.contains("lint"))
    let count = try Samples.text("leeds", ("transmissionQuantity value=\"5\"", "transmissionQuantity value=\"7\""))
    try Samples.file(count) { path in
      let run = try Run(words: words(path, "9990000026"))
      #expect(run.status == 4 && run.errors.contains("'cpis upload lint' tells why"), "\(run.errors)")
    }
  }

  private func report(_ words: [String]) throws -> Report {
    try JSONDecoder().decode(Report.self, from: Data(try Run(words: words + ["--json"]).output.utf8))
  }
}
