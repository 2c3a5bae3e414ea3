import Foundation

/// Several runs of everything, as files: JSON with all figures, a table, and a chart.
struct Results: Codable {
  let date: String
  let machine: Machine
  let runs: Int
  let measurements: [Measurement]
  let facts: [Harness.Fact]

  /// Takes medians over runs.
  init(_ runs: [Harness]) {
    date = Date().formatted(.iso8601.year().month().day())
    machine = .current
    self.runs = runs.count
    measurements = (runs.first?.measurements ?? []).map { first in
      first.median(with: runs.flatMap { $0.measurements.filter { $0.name == first.name } })
    }
    facts = (runs.first?.facts ?? []).map { first in
      first.median(with: runs.flatMap { $0.facts.filter { $0.name == first.name } })
    }
  }

  func write(to folder: URL, _ thresholds: [Threshold]) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try encoder.encode(self).write(to: folder.appending(path: "Benchmarks.json"))
    let sections = Section.all(
      thresholds.map { Line(threshold: $0, value: $0.value(measurements, facts), unit: $0.unit(facts)) })
    let table = Table(results: self, sections: sections).markdown
    try Data(table.utf8).write(to: folder.appending(path: "Benchmarks.md"))
    let chart = Chart(sections: sections, caption: caption).svg
    try Data(chart.utf8).write(to: folder.appending(path: "Benchmarks.svg"))
  }

  /// Writes table and chart anew from the figures of an earlier measurement.
  static func render(_ folder: URL, _ thresholds: [Threshold]) throws {
    let figures = try Data(contentsOf: folder.appending(path: "Benchmarks.json"))
    try JSONDecoder().decode(Results.self, from: figures).write(to: folder, thresholds)
  }

  /// When, how often and on what it was measured.
  var caption: String { "\(date), median of \(runs) run\(runs == 1 ? "" : "s"), \(machine.text)" }

  /// A threshold with what was measured of it; `nil` when nothing was, which is told and not left out.
  struct Line {
    let threshold: Threshold
    let value: Double?
    /// See ``Threshold/unit(_:)``.
    let unit: String

    var verdict: Verdict {
      guard let value else { return .notMeasured }
      guard let goal = threshold.goal else { return .noGoal }
      guard threshold.accepts(value, goal) else { return .open }
      return threshold.stretch.map { threshold.accepts(value, $0) } ?? true ? .met : .goalMet
    }

    /// The value, or that there is none.
    var measured: String { value.map(Report.number) ?? "not measured" }
  }

  enum Verdict: String {
    case met
    case goalMet = "goal met, stretch open"
    case open = "OPEN"
    case noGoal = "no goal"
    case notMeasured = "not measured"
  }

  /// Lines that are read the same way.
  struct Section {
    let title: String
    let lines: [Line]

    /// Ratios of speed first; then those where less is better, which would otherwise be taken for the same.
    static func all(_ lines: [Line]) -> [Section] {
      [
        Section(title: "More is better", lines: lines.filter { $0.threshold.isMoreBetter }),
        Section(title: "Less is better", lines: lines.filter { !$0.threshold.isMoreBetter }),
      ]
    }
  }
}
