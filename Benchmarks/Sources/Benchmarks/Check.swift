import Foundation

/// Compares ratios with the least that is accepted, and repeats a failing one before it believes it.
struct Check {
  /// The least ratio of another contender's time to ours in one comparison.
  struct Threshold: Codable {
    let comparison: String
    let contender: String
    let atLeast: Double
  }

  /// How often a comparison that fails is measured in all. A shared machine halves its speed within seconds, and a
  /// ratio can meet both halves; a change that made us slower fails every time.
  static let tries = 3

  private let thresholds: [Threshold]

  init(thresholds file: URL) throws {
    thresholds = try JSONDecoder().decode([Threshold].self, from: Data(contentsOf: file))
  }

  /// Measures and compares; writes a line for each threshold. Whether all were met.
  func run() -> Bool {
    var failing = thresholds
    for attempt in 1...Self.tries where !failing.isEmpty {
      var harness = Harness()
      for size in LookupSuite.Size.quick {
        let isAsked = failing.contains { $0.comparison.contains(size.rawValue) }
        if isAsked { LookupSuite.compare(size, hits: [1], &harness) }
      }
      failing = failing.filter { threshold in
        let measured = harness.measurements.first { $0.name == threshold.comparison }
        let ratio = measured?.ratio(of: threshold.contender) ?? 0
        let isMet = ratio >= threshold.atLeast
        Report.line(
          "\(isMet ? "ok    " : "below ") \(threshold.comparison) against \(threshold.contender): "
            + "\(Report.number(ratio))×, at least \(Report.number(threshold.atLeast))× (try \(attempt))")
        return !isMet
      }
    }
    return failing.isEmpty
  }
}
