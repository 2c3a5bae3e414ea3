import Foundation

/// A ratio or figure that is spoken of: what was aimed for, and what would be fine.
struct Goal: Codable, Hashable {
  /// What it is, for a reader of the table.
  let title: String

  /// The name of a comparison, or of a fact.
  let comparison: String

  /// Whose time is divided by ours; `*` for whoever took longest. Absent for a fact.
  let contender: String?

  /// Ours divided by theirs instead: for work where theirs is the measure, such as the floor.
  let isOursByTheirs: Bool?

  /// Whether less is better; absent where more is.
  let isLessBetter: Bool?

  /// What was aimed for, and what would be fine. Absent for a ratio that nothing was aimed for, and that is told for
  /// what it says about another.
  let goal: Double?
  let stretch: Double?

  /// Needs long preparation: left out by `--quick`.
  let isSlow: Bool?

  static func read(_ file: URL) throws -> [Goal] {
    try JSONDecoder().decode([Goal].self, from: Data(contentsOf: file))
  }

  /// Whether a value is as good as a bound.
  func accepts(_ value: Double, _ bound: Double) -> Bool { isMoreBetter ? value >= bound : value <= bound }

  var isMoreBetter: Bool { isLessBetter != true }

  /// What continuous integration accepts; `nil` where nothing was aimed for.
  ///
  /// Machines differ: the same code is twice as far ahead of a dictionary on one as on another. A ratio of times fails
  /// only below half of its goal, where no machine explains it; smaller losses show in the counts. A figure that is no
  /// time is the same everywhere, and has to reach its goal.
  var accepted: Double? {
    guard let goal, contender != nil else { return goal }
    return isMoreBetter ? goal / 2 : goal * 2
  }

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

  /// How a value stands to goal and stretch goal.
  func verdict(_ value: Double) -> Verdict {
    guard let goal else { return .noGoal }
    guard accepts(value, goal) else { return .open }
    return stretch.map { accepts(value, $0) } ?? true ? .met : .goalMet
  }

  enum Verdict: String {
    case met
    case goalMet = "goal met"
    case open = "OPEN"
    case noGoal = "no goal"
  }
}
