/// Compares ratios with their goals, and fails far below them; a row without a goal is only printed.
struct Check {
  /// How often a comparison that fails is measured in all. A shared machine halves its speed within seconds, and a
  /// ratio can meet both halves; a change that made us slower fails every time.
  static let tries = 3

  let goals: [Goal]

  /// Measures and compares; writes a line for each goal. Whether none failed.
  func run(_ harness: Harness) throws -> Bool {
    var failing = goals.filter { !(harness.isQuick && $0.isSlow == true) }
    var lines: [String] = []
    for attempt in 1...Self.tries where !failing.isEmpty {
      var harness = harness
      let wanted = Set(failing.map(\.comparison))
      harness.isWanted = { wanted.contains($0) }
      try Suites.run(&harness)
      failing = failing.filter { goal in
        let value = goal.value(harness.measurements, harness.facts)
        let isAccepted = isAccepted(value, goal)
        lines.append(
          "\(isAccepted ? "ok    " : "FAILED") \(goal.title): \(value.map(Report.number) ?? "not measured") "
            + "\(goal.unit(harness.facts))\(bounds(goal, value)) (try \(attempt))")
        return !isAccepted
      }
    }
    Report.line("")
    lines.forEach(Report.line)
    return failing.isEmpty
  }

  /// What was not measured is not accepted, goal or none: its name may be wrong.
  private func isAccepted(_ value: Double?, _ goal: Goal) -> Bool {
    guard let value else { return false }
    return goal.accepted.map { goal.accepts(value, $0) } ?? true
  }

  private func bounds(_ goal: Goal, _ value: Double?) -> String {
    guard let aim = goal.goal, let accepted = goal.accepted else { return ", no goal" }
    let verdict = value.map { ": \(goal.verdict($0).rawValue)" } ?? ""
    return ", goal \(goal.text(aim))\(verdict), accepted \(goal.text(accepted))"
  }
}
