import Foundation
import Testing

@Suite("cpis upload lint, on files that cannot be used")
struct LintReadingTests {
  private struct Finding {
    let status: Int32
    let columns: [[String]]
    let summary: String
  }

  private func lint(_ text: String) throws -> Finding {
    try Samples.file(text) { path in
      let run = try Run("upload", "lint", path, "--at", "2026-11-20T06:30")
      let columns = run.output.split(separator: "\n").map { line in
        line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      }
      return Finding(status: run.status, columns: columns, summary: run.errors)
    }
  }

  @Test(
    "Every file that cannot be used gets one CPF01 line with its place, the summary, and 1",
    arguments: [
      ("hello", "0 records", "/"),
      ("", "0 records", "/"),
      ("<ClinicalDocument/>", "0 records", "/*"),
      ("<!DOCTYPE File [<!ENTITY a \"b\">]><File xmlns=\"urn:hl7-org:v3\"/>", "0 records", "/"),
    ])
  func whole(_ text: String, _ records: String, _ place: String) throws {
    let finding = try lint(text)
    #expect(finding.status == 1)
    #expect(finding.columns.count == 1)
    let columns = try #require(finding.columns.first)
    #expect(
      columns.count == 4 && Int(columns[0]) != nil && columns[1] == "CPF01" && columns[2] == place, "\(columns)")
    #expect(columns.last?.isEmpty == false)
    #expect(finding.summary.contains(": \(records), 1 fault\n"), "\(finding.summary)")
  }

  @Test("XML that breaks inside a record is a CPF01 of the file, after the faults of earlier records")
  func brokenRecord() throws {
    let text = try Samples.text(
      "leeds", ("9990135347", "9990135348"), ("<value value=\"202611240900\"/>", "<a><b></a>"))
    let finding = try lint(text)
    #expect(finding.status == 1)
    #expect(finding.columns.map { $0[1] } == ["CPR04", "CPF01"])
    #expect(finding.columns.last?[2].hasPrefix("/File/record[2]/CP-ISRecord/pertinentInformation[1]/") == true)
    #expect(finding.summary.contains(": 1 record, 2 faults\n"), "\(finding.summary)")
  }

  @Test("A head that is not readable is a CPF01 with the element")
  func badHead() throws {
    let finding = try lint(try Samples.text("leeds", ("value=\"20261120044500+0000\"", "value=\"yesterday\"")))
    #expect(finding.status == 1)
    #expect(finding.columns.map { $0[1] } == ["CPF01"])
    #expect(finding.columns.first?[2] == "/File/creationTime")
  }

  @Test("Loading such a file says where, without an empty place")
  func load() throws {
    try Samples.file("hello") { path in
      let run = try Run("check", "--upload", path, "--patient", "9990000026")
      #expect(run.status == 4 && run.output.isEmpty)
      #expect(run.errors.contains("(line 1, column 1)"), "\(run.errors)")
    }
  }
}

@Suite("cpis upload lint, on what is no file, and on names that forge")
struct LintForgeryTests {
  @Test("A named pipe is read as a file is")
  func pipe() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "cpis-\(UUID().uuidString)")
      .path(percentEncoded: false)
    #expect(unsafe mkfifo(path, 0o600) == 0)
    defer { unsafe _ = unlink(path) }
    try Samples.file(try Samples.text("leeds")) { file in
      let writer = Process()
      writer.executableURL = URL(filePath: "/bin/sh")
      writer.arguments = ["-c", "cat \"$1\" >\"$0\"", path, file]
      try writer.run()
      defer { writer.terminate() }
      let at = ["--at", "2026-11-21T02:14"]
      let (piped, plain) = (
        try Run(words: ["upload", "lint", path] + at), try Run(words: ["upload", "lint", file] + at)
      )
      #expect(piped.status == plain.status && piped.status == 0 && piped.output == plain.output)
      #expect(
        piped.errors.hasSuffix(": 5 records, 0 faults\n") && plain.errors.hasSuffix(": 5 records, 0 faults\n"))
    }
  }

  @Test("An authority's name with controls in it reaches no terminal as it is")
  func forgedName() throws {
    let forged = "LEEDS\u{9B}2J\u{202E}&#x85;CPF02"
    let text = try Samples.text("leeds", ("LEEDS CITY COUNCIL", forged))
    try Samples.file(text) { path in
      let run = try Run(
        "check", "--upload", path, "--patient", "9990135347", "--at", "2026-11-21T02:14")
      #expect(run.output.contains("LEEDS 2J CPF02"), "\(run.output)")
      for scalar in run.output.unicodeScalars {
        #expect(scalar == "\n" || scalar == "\t" || scalar.properties.generalCategory != .control)
        #expect(scalar.properties.generalCategory != .format)
      }
    }
  }
}
