import Foundation

/// The figures of all machines as a table and a chart.
struct Publication {
  /// Those with the most figures first.
  let machines: [Results]
  let sections: [Section]

  /// Writes `Benchmarks.md` and `Benchmarks.svg` anew from the files of figures in a folder.
  static func write(in folder: URL, _ goals: [Goal]) throws {
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    let machines = try files.filter { $0.pathExtension == "json" }.map { file in
      try JSONDecoder().decode(Results.self, from: Data(contentsOf: file))
    }
    let publication = Publication(machines, goals)
    try Data(Table(publication).markdown.utf8).write(to: folder.appending(path: "Benchmarks.md"))
    try Data(Chart(publication).svg.utf8).write(to: folder.appending(path: "Benchmarks.svg"))
  }

  init(_ machines: [Results], _ goals: [Goal]) {
    let machines = machines.sorted {
      ($1.measurements.count, $0.machine.name) < ($0.measurements.count, $1.machine.name)
    }
    let facts = machines.flatMap(\.facts)
    let lines = goals.map { goal in
      Line(goal: goal, unit: goal.unit(facts), values: machines.map { $0.value(goal) })
    }
    self.machines = machines
    // Ratios of speed first; then those where less is better, which would otherwise be taken for the same.
    sections = [
      Section(title: "More is better", lines: lines.filter(\.goal.isMoreBetter)),
      Section(title: "Less is better", lines: lines.filter { !$0.goal.isMoreBetter }),
    ]
  }

  /// Lines that are read the same way.
  struct Section {
    let title: String
    let lines: [Line]
  }

  /// A goal with what was found of it on each machine; `nil` where nothing was, which is told and not left out.
  struct Line {
    let goal: Goal
    /// See ``Goal/unit(_:)``.
    let unit: String
    let values: [Double?]
  }
}
