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
    let lines = thresholds.compactMap { threshold in
      threshold.value(measurements, facts).map { Line(threshold: threshold, value: $0) }
    }
    try Data(table(lines).utf8).write(to: folder.appending(path: "Benchmarks.md"))
    try Data(Chart(lines: lines, caption: caption).svg.utf8).write(to: folder.appending(path: "Benchmarks.svg"))
  }

  /// Writes table and chart anew from the figures of an earlier measurement.
  static func render(_ folder: URL, _ thresholds: [Threshold]) throws {
    let figures = try Data(contentsOf: folder.appending(path: "Benchmarks.json"))
    try JSONDecoder().decode(Results.self, from: figures).write(to: folder, thresholds)
  }

  /// A threshold with what was measured of it.
  struct Line {
    let threshold: Threshold
    let value: Double

    var isGoalMet: Bool { threshold.accepts(value, threshold.goal) }
    var isStretchMet: Bool { threshold.stretch.map { threshold.accepts(value, $0) } ?? isGoalMet }
  }

  private var caption: String { "\(date), median of \(runs) runs, \(machine.text)" }

  private func table(_ lines: [Line]) -> String {
    var text = """
      # Benchmarks

      Measured \(caption). Made by `Benchmarks/measure`; every figure is in `Benchmarks.json`.

      Times are divided within a round, one right after the other; a ratio is the median of the rounds, and what stands here
      the median of the runs. Times alone say little: the machine is shared, and its speed changes by a factor of two.
      The advantage of the index belongs to misses, which are nearly all questions: compare the rows with 100 % hits.

      ![Ratios on a logarithmic scale](Benchmarks.svg)

      | | measured | goal | stretch | |
      | --- | ---: | ---: | ---: | --- |

      """
    for line in lines {
      let stretch = line.threshold.stretch.map(line.threshold.text) ?? ""
      let verdict = line.isStretchMet ? "met" : line.isGoalMet ? "goal met, stretch open" : "OPEN"
      text +=
        "| \(Report.escaped(line.threshold.title)) | \(Report.number(line.value)) | \(line.threshold.text(line.threshold.goal)) "
        + "| \(stretch) | \(verdict) |\n"
    }
    text +=
      "\n## All comparisons\n\nNanoseconds an operation, with the quartiles of the rounds, and how many times ours.\n"
    for measurement in measurements {
      text += "\n### \(measurement.name)\n\n| | ns | quartiles | × |\n| --- | ---: | ---: | ---: |\n"
      for row in measurement.rows {
        let quartiles = "\(Report.number(row.lowerQuartile))–\(Report.number(row.upperQuartile))"
        text +=
          "| \(Report.escaped(row.contender)) | \(Report.number(row.nanoseconds)) | \(quartiles) | \(Report.number(row.ratioToOurs)) |\n"
      }
    }
    text += "\n## Figures\n\n"
    for fact in facts { text += "- \(fact.name): \(Report.number(fact.value)) \(fact.unit)\n" }
    return text
  }
}
