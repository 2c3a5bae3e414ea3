import Foundation

/// Compares ratios with the least that is accepted, and repeats a failing one before it believes it.
struct Check {
  /// What is accepted: of a ratio when `contender` is given, and otherwise of a fact.
  struct Threshold: Codable, Hashable {
    let comparison: String
    let contender: String?
    let atLeast: Double?
    let atMost: Double?
    /// Needs long preparation: left out by `--quick`.
    let slow: Bool?

    func accepts(_ value: Double) -> Bool {
      value >= atLeast ?? -.infinity && value <= atMost ?? .infinity
    }

    var bound: String {
      [atLeast.map { "at least \(Report.number($0))" }, atMost.map { "at most \(Report.number($0))" }]
        .compactMap(\.self).joined(separator: ", ")
    }
  }

  /// How often a comparison that fails is measured in all. A shared machine halves its speed within seconds, and a
  /// ratio can meet both halves; a change that made us slower fails every time.
  static let tries = 3

  private let thresholds: [Threshold]

  init(thresholds file: URL) throws {
    thresholds = try JSONDecoder().decode([Threshold].self, from: Data(contentsOf: file))
  }

  /// Measures and compares; writes a line for each threshold. Whether all were met.
  func run(_ harness: Harness) -> Bool {
    var failing = thresholds.filter { !(harness.isQuick && $0.slow == true) }
    var verdicts: [String] = []
    for attempt in 1...Self.tries where !failing.isEmpty {
      var harness = harness
      let wanted = Set(failing.map(\.comparison))
      harness.isWanted = { wanted.contains($0) }
      Suites.run(&harness)
      failing = failing.filter { threshold in
        let value = harness.value(of: threshold)
        let isMet = value.map(threshold.accepts) ?? false
        verdicts.append(
          "\(isMet ? "ok    " : "FAILED") \(threshold.comparison)\(threshold.contender.map { " against \($0)" } ?? ""): "
            + "\(value.map(Report.number) ?? "not measured"), \(threshold.bound) (try \(attempt))")
        return !isMet
      }
    }
    Report.line("")
    verdicts.forEach(Report.line)
    return failing.isEmpty
  }
}

extension Harness {
  /// What a threshold speaks of, if it was measured.
  func value(of threshold: Check.Threshold) -> Double? {
    guard let contender = threshold.contender else {
      return facts.first { $0.name == threshold.comparison }?.value
    }
    return measurements.first { $0.name == threshold.comparison }?.ratio(of: contender)
  }
}
