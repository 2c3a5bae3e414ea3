import CPIS
import CPISReference
import Foundation
import NHSNumbers
import Testing

@Suite("The quick start")
struct QuickStartTests {
  private func show(_ text: String) {
    #expect(text.contains("No plan recorded under this number"))
  }

  @Test("The lines in the README compile and run")
  func runs() async throws {
    // quick start begins
    let registry = ReferenceRegistry()  // yours: a RegistryClient for the live service
    let sink = RecordingSink()  // yours: a durable NotificationSink
    let service = try TriageService(registry: registry, notices: sink)

    let nurse = try Worker(
      userID: "555021935107", roleProfileID: "555021936108", jobRole: JobRole(code: "R8001", name: "Nurse"),
      name: "Sam Okafor", activities: [.notifyingQuery])
    let trust = try Organisation(code: ODSCode("RJ1"), name: "Example NHS Trust")
    let context = AccessContext(
      author: .worker(nurse), organisation: trust, setting: .emergencyDepartment, tracing: .verified,
      visit: try VisitID("visit-1"))

    switch await service.check("999 000 0026", in: context) {
    case .plansRecorded(let found): show(found.displayText)  // every plan, most urgent first, with phones
    case .noPlanRecorded(let answer): show(answer.displayText)  // "No plan recorded under this number."
    case .notChecked(let refusal): show(refusal.displayText)  // why, and what to do now
    }
    // quick start ends
  }

  @Test("They are the same lines, and at most thirty")
  func areTheSame() throws {
    let here = URL(filePath: #filePath)
    let readme = try String(
      contentsOf: here.deletingLastPathComponent().appending(path: "../../README.md"), encoding: .utf8)
    let source = try String(contentsOf: here, encoding: .utf8)
    func lines(_ text: String, from: String, to: String) throws -> [String] {
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      let first = try #require(lines.firstIndex { $0.hasSuffix(from) })
      let last = try #require(lines[first...].dropFirst().firstIndex { $0.hasSuffix(to) })
      return lines[(first + 1)..<last].map { $0.trimmingCharacters(in: .whitespaces) }
    }
    // The first line of the block opens it. A test has its imports and its `show` elsewhere than a main file.
    let shown = try lines(readme, from: "QuickStartTests.swift -->", to: "```").dropFirst()
    let imports = ["import CPIS", "import CPISReference"]
    let head = imports + ["", "func show(_ text: String) { print(text) }", ""]
    #expect(Array(shown) == head + (try lines(source, from: "// quick start begins", to: "// quick start ends")))
    for line in imports { #expect(source.hasPrefix(line) || source.contains("\n\(line)\n")) }
    #expect(shown.count <= 30)
  }
}
