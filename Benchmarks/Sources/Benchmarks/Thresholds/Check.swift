/// Compares ratios with the least that is accepted, and repeats a failing one before it believes it.
struct Check {
  /// How often a comparison that fails is measured in all. A shared machine halves its speed within seconds, and a
  /// ratio can meet both halves; a change that made us slower fails every time.
  static let tries = 3

  let thresholds: [Threshold]

  /// Measures and compares; writes a line for each threshold. Whether all were met.
  func run(_ harness: Harness) throws -> Bool {
    var failing = thresholds.filter { !(harness.isQuick && $0.isSlow == true) }
    var verdicts: [String] = []
    for attempt in 1...Self.tries where !failing.isEmpty {
      var harness = harness
      let wanted = Set(failing.map(\.comparison))
      harness.isWanted = { wanted.contains($0) }
      try Suites.run(&harness)
      failing = failing.filter { threshold in
        let value = threshold.value(harness.measurements, harness.facts)
        let isMet = value.map(threshold.accepts) ?? false
        verdicts.append(
          "\(isMet ? "ok    " : "FAILED") \(threshold.title): \(value.map(Report.number) ?? "not measured") "
            + "\(threshold.unit(harness.facts)), \(threshold.accepted.map(threshold.text) ?? "nothing") accepted, "
            + "\(threshold.goal.map(threshold.text) ?? "nothing") aimed for (try \(attempt))")
        return !isMet
      }
    }
    Report.line("")
    verdicts.forEach(Report.line)
    return failing.isEmpty
  }
}
