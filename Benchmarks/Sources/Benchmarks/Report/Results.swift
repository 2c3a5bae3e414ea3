import Foundation

/// What was measured on one machine: a file with all its figures.
struct Results: Codable {
  let machine: Machine
  /// The day, and the number of runs that these are the medians of; `nil` when only some rows were seen.
  let date: String?
  let runs: Int?
  let measurements: [Measurement]
  let facts: [Harness.Fact]
  /// Rows of the table, by title, that were seen on a machine on which nothing else was recorded.
  var seen: [String: Double]?

  /// Takes medians over runs, on the machine that this runs on.
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

  /// Writes the file of this machine, in place of an older one.
  func write(to folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try encoder.encode(self).write(to: folder.appending(path: machine.fileName))
  }

  /// What was found of a goal; `nil` when nothing was.
  func value(_ goal: Goal) -> Double? { goal.value(measurements, facts) ?? seen?[goal.title] }

  /// On what, when and how often it was measured.
  var caption: String {
    guard let date, let runs else { return "\(machine.text): only the rows given here were seen there" }
    return "\(machine.text): \(date), median of \(runs) run\(runs == 1 ? "" : "s")"
  }
}
