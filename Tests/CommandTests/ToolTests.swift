import Foundation
import Testing

@Suite("The tool")
struct ToolTests {
  @Test("Help lists every command, and each command has its own")
  func help() throws {
    let overview = try Run("help")
    #expect(overview.status == 0)
    for command in [
      "demo", "check", "upload lint", "nhs-number", "outbox inspect", "outbox verify", "outbox retry",
      "outbox discard", "audit verify",
    ] {
      #expect(overview.output.contains(command))
      let words = command.split(separator: " ").map(String.init)
      for call in [["help"] + words, words + ["--help"], ["--help"] + words, ["-h"] + words, words + ["-h"]] {
        let help = try Run(words: call)
        #expect(help.status == 0, "\(call)")
        #expect(help.output.hasPrefix("cpis \(command)"), "\(call)")
      }
    }
    #expect(try Run("nhs-number", "--", "--help").status == 1)
    for command in ["check", "demo"] { #expect(try Run("help", command).output.contains("REHEARSAL")) }
    #expect(try Run("upload", "lint").errors.contains("see 'cpis help upload lint'"))
    #expect(try Run("demo", "now").errors.contains("demo takes no arguments"))
    #expect(try Run().status == 2)
  }

  @Test("A wrong call ends with 2, and says what is wrong on standard error")
  func usage() throws {
    for run in [
      try Run("chekc"), try Run("check"), try Run("check", "--upload"), try Run("check", "--patient", "1", "--foo"),
      try Run("nhs-number"), try Run("upload", "lint"), try Run("demo", "now"),
      try Run("outbox"), try Run("outbox", "inspect"), try Run("outbox", "verify", "/tmp", "--head", "12"),
      try Run("check", "--upload", Samples.all[0], "--patient", "9990123012", "--setting", "nowhere"),
      try Run(
        "check", "--upload", Samples.all[0], "--patient", "9990123012", "--setting", "ambulance", "--scheduled"),
      try Run("check", "--upload", Samples.all[0], "--patient", "9990123012", "--at", "yesterday"),
    ] {
      #expect(run.status == 2)
      #expect(run.output.isEmpty)
      #expect(run.errors.hasPrefix("cpis: "))
    }
  }

  @Test("The demonstration shows every outcome, an outage, and what the authorities are told")
  func demo() throws {
    // A folder of its own: others on this machine may be running a demonstration too.
    let folder = FileManager.default.temporaryDirectory.appending(path: "cpis-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let run = try Run(words: ["demo"], temporaryFolder: folder.path)
    #expect(run.status == 0)
    #expect(run.output.hasPrefix("REHEARSAL against upload files: CP-IS was not asked, and nobody is told\n"))
    #expect(!run.output.contains("The evening") && !run.output.contains("slip of the hand"))
    for text in [
      "This morning's uploads from the local authorities", "a digit mistyped",
      "PLAN RECORDED: 2 plans, 2 local authorities", "No plan recorded under this number",
      "NOT CHECKED: not a valid",
      "NOT CHECKED: the registry cannot be reached", "NOT a plan for the patient herself",
      "Kept in the outbox, on the disk: 1 to be delivered", "The outbox hands on what it kept: 0 left",
      "Declared: the visit of 01:15, by Sam Okafor", "21-Nov-2026 01:15  Sam Okafor",
      "To LONDON BOROUGH OF TOWER HAMLETS: 4 accesses", "(same visit)", "DUE DATE PASSED",
    ] {
      #expect(run.output.contains(text), "\(text)")
    }
    #expect(!run.output.contains("\u{1B}"), "colour in a pipe")
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(left.isEmpty, "the outbox's folder is still there")
  }
}

@Suite("cpis check")
struct CheckCommandTests {
  private func check(_ patient: String, _ more: String...) throws -> Run {
    let base = ["check", "--upload"] + Samples.all + ["--patient", patient, "--at", "2026-11-20T15:40"]
    return try Run(words: base + more)
  }

  @Test("Plans, no plan, and not checked have different texts, and not checked its own exit code")
  func outcomes() throws {
    let plan = try check("999 013 5347")
    #expect(plan.status == 0)
    #expect(plan.output.contains("PLAN RECORDED: 2 plans"))
    let none = try check("9990000026")
    #expect(none.status == 0)
    #expect(none.output.contains("No plan recorded under this number"))
    let notChecked = try check("9990000027")
    #expect(notChecked.status == 3)
    #expect(notChecked.output.contains("NOT CHECKED"))
    #expect(!notChecked.output.contains("9990000027"))
  }

  @Test("Scheduled care is a silent read")
  func scheduled() throws {
    #expect(try check("9990123012").output.contains("is being told of this visit"))
    #expect(!(try check("9990123012", "--scheduled").output.contains("being told")))
    #expect(!(try check("9990123012", "--setting", "dentistry").output.contains("being told")))
  }

  @Test("JSON names the outcome, its source and age, and each plan with its phones, without the number")
  func json() throws {
    struct Report: Decodable {
      struct Plan: Decodable {
        let kind, status, authorityCode, ringNow, emergencyDutyPhone: String
      }
      let outcome, headline: String
      let reason, source: String?
      let asOf: Date?
      let plans: [Plan]?
    }
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    let run = try check("9990123012", "--json")
    #expect(!run.output.contains("9990123012"))
    let plan = try decoder.decode(Report.self, from: Data(run.output.utf8))
    #expect(plan.outcome == "plans-recorded")
    #expect(plan.source == "registry")
    #expect(plan.plans?.map(\.kind) == ["CPP"])
    #expect(plan.plans?.first?.ringNow == "02079460312")
    #expect(plan.plans?.first?.emergencyDutyPhone == "02079460311")
    #expect(plan.asOf == Date(timeIntervalSince1970: 1_795_189_200))
    let none = try decoder.decode(Report.self, from: Data(try check("9990000026", "--json").output.utf8))
    #expect(none.outcome == "no-plan-recorded-under-this-number")
    let refused = try check("x", "--json")
    #expect(refused.status == 3)
    #expect(try decoder.decode(Report.self, from: Data(refused.output.utf8)).outcome == "not-checked")
  }

  @Test("A file that cannot be loaded ends with 4, and no check is made")
  func unreadable() throws {
    let missing = try Run("check", "--upload", "/nonexistent.xml", "--patient", "9990000026")
    #expect(missing.status == 4)
    #expect(missing.output.isEmpty)
    let broken = FileManager.default.temporaryDirectory.appending(path: "cpis-\(UUID().uuidString).xml")
    defer { try? FileManager.default.removeItem(at: broken) }
    let text = try String(contentsOfFile: Samples.all[0], encoding: .utf8)
    try String(text.prefix(text.count / 2)).write(to: broken, atomically: true, encoding: .utf8)
    let run = try Run("check", "--upload", broken.path(percentEncoded: false), "--patient", "9990000026")
    #expect(run.status == 4)
    #expect(run.output.isEmpty)
  }
}

@Suite("cpis upload lint and nhs-number")
struct InputCommandTests {
  @Test("The sample uploads have no fault on the day they were made")
  func samplesAreClean() throws {
    for path in Samples.all {
      let run = try Run("upload", "lint", path, "--at", "2026-11-20T06:30")
      #expect(run.status == 0, "\(run.output)")
      #expect(run.output.isEmpty)
    }
  }

  @Test("Every fault is found, with line, code and place, and without the patient")
  func faults() throws {
    var text = try String(contentsOfFile: Samples.path("leeds"), encoding: .utf8)
    text = text.replacingOccurrences(of: "9990135347", with: "9990135348")
    text = text.replacingOccurrences(of: "value=\"202611240900\"", with: "value=\"202602300900\"")
    text = text.replacingOccurrences(
      of: "transmissionQuantity value=\"5\"", with: "transmissionQuantity value=\"7\"")
    let file = FileManager.default.temporaryDirectory.appending(path: "cpis-\(UUID().uuidString).xml")
    defer { try? FileManager.default.removeItem(at: file) }
    try text.write(to: file, atomically: true, encoding: .utf8)
    let run = try Run("upload", "lint", file.path(percentEncoded: false), "--at", "2026-11-20T06:30")
    #expect(run.status == 1)
    let lines = run.output.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
    #expect(lines.map { $0[1] } == ["CPR04", "CPR07", "CPF01"])
    #expect(lines[0][2] == "/File/record[1]/CP-ISRecord/subject[1]")
    #expect(lines[1][2] == "/File/record[2]/CP-ISRecord/pertinentInformation[1]")
    #expect(Int(lines[0][0]) ?? 0 > 1)
    #expect(!run.output.contains("9990135348"))
    #expect(!run.output.contains("Maya"))
    #expect(try Run("upload", "lint", "/nonexistent.xml").status == 4)
  }

  @Test("A verdict for each number, as columns")
  func verdicts() throws {
    let run = try Run("nhs-number", "-", input: "9990000026\r\n\n999 000 0026\n9990000027\n0000000000\n")
    #expect(run.status == 1)
    #expect(
      run.output == """
        1\tvalid\t999 000 0026\ttest number
        3\tvalid\t999 000 0026\ttest number
        4\tinvalid\t\tthe check digit does not match
        5\tplaceholder\t000 000 0000\tnot allocated

        """)
    #expect(try Run("nhs-number", "9990000026").status == 0)
    #expect(try Run("nhs-number", "999-000-0026").status == 1)
    #expect(try Run("nhs-number", "--hyphens", "999-000-0026").status == 0)
  }
}
