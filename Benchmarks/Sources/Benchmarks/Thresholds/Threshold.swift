import Foundation

/// A ratio or figure that is spoken of: what continuous integration accepts, what was aimed for, and what would be fine.
struct Threshold: Codable, Hashable {
  /// What it is, for a reader of the table.
  let title: String

  /// The name of a comparison, or of a fact.
  let comparison: String

  /// Whose time is divided by ours; `*` for whoever took longest. Absent for a fact.
  let contender: String?

  /// Ours divided by theirs instead: for work where theirs is the measure, such as the floor.
  let isOursByTheirs: Bool?

  /// What is accepted. One of the two is given, and tells which way is better.
  let atLeast: Double?
  let atMost: Double?

  /// What was aimed for, and what would be fine. Absent for a ratio that nothing was aimed for, and that is told for
  /// what it says about another.
  let goal: Double?
  let stretch: Double?

  /// Needs long preparation: left out by `--quick`.
  let isSlow: Bool?

  static func read(_ file: URL) throws -> [Threshold] {
    try JSONDecoder().decode([Threshold].self, from: Data(contentsOf: file))
  }

  /// Whether a value is as good as a bound.
  func accepts(_ value: Double, _ bound: Double) -> Bool { isMoreBetter ? value >= bound : value <= bound }

  /// Whether a value is good enough for continuous integration.
  func accepts(_ value: Double) -> Bool { accepted.map { accepts(value, $0) } ?? false }

  /// What is accepted.
  var accepted: Double? { atLeast ?? atMost }

  /// Which way is better.
  var isMoreBetter: Bool { atLeast != nil }

  /// A bound in words.
  func text(_ bound: Double) -> String { "\(isMoreBetter ? "≥" : "≤") \(Report.number(bound))" }

  /// What a value of it is: which time is divided by which, or a fact's unit.
  func unit(_ facts: [Harness.Fact]) -> String {
    guard let contender else { return facts.first { $0.name == comparison }?.unit ?? "" }
    if contender == "*" { return "slowest by ours" }
    return isOursByTheirs == true ? "our time by theirs" : "times as fast"
  }

  /// What was measured of it; `nil` when nothing was.
  func value(_ measurements: [Measurement], _ facts: [Harness.Fact]) -> Double? {
    guard let contender else { return facts.first { $0.name == comparison }?.value }
    guard let measurement = measurements.first(where: { $0.name == comparison }) else { return nil }
    let ratio =
      contender == "*" ? measurement.rows.map(\.ratioToOurs).max() : measurement.ratio(of: contender)
    return isOursByTheirs == true ? ratio.map { 1 / $0 } : ratio
  }
}
