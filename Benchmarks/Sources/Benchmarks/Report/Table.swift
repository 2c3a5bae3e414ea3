/// The results for a reader, in Markdown.
struct Table {
  private let publication: Publication

  init(_ publication: Publication) { self.publication = publication }

  var markdown: String {
    introduction + publication.sections.map(text).joined()
      + publication.machines.filter { !$0.measurements.isEmpty }.map(comparisons).joined()
  }

  private var introduction: String {
    """
    # Benchmarks

    How many times as fast as its peers the library is. Made by `Benchmarks/measure`, on:

    \(publication.machines.map { "- \($0.caption)\n" }.joined())
    Every figure of a machine is in its JSON file here. What must not get worse is counted, not timed: see
    [Counting](Counting.md).

    Times are divided within a round, one right after the other; a ratio is the median of the rounds, and what stands here
    the median of the runs. Times alone say little: the machines are shared, and their speed changes by a factor of two.
    Ratios differ from machine to machine as well; continuous integration fails only below half of a goal.
    The advantage of the index belongs to misses, which are nearly all questions: compare the rows with 100 % hits.

    "Met" includes the stretch goal where there is one, "goal met" leaves it open; "–" was not measured.

    ![Ratios on a logarithmic scale](Benchmarks.svg)

    """
  }

  private func text(_ section: Publication.Section) -> String {
    let names = publication.machines.map(\.machine.name)
    var text = "\n## \(section.title)\n\n"
    text += row(["", ""] + names + ["goal", "stretch"])
    text += row(["---", "---"] + names.map { _ in "---:" } + ["---:", "---:"])
    for line in section.lines {
      let goal = line.goal
      text += row(
        [Report.escaped(goal.title), line.unit] + line.values.map { cell($0, goal) }
          + [goal.goal.map(goal.text) ?? "", goal.stretch.map(goal.text) ?? ""])
    }
    return text
  }

  private func cell(_ value: Double?, _ goal: Goal) -> String {
    guard let value else { return "–" }
    let verdict = goal.verdict(value)
    return verdict == .noGoal ? Report.number(value) : "\(Report.number(value)), \(verdict.rawValue)"
  }

  private func comparisons(_ results: Results) -> String {
    var text = """

      ## All comparisons on \(results.machine.name)

      Nanoseconds an operation, with the quartiles of the rounds; and their time by ours: above 1, ours is faster.

      """
    for measurement in results.measurements {
      text += "\n### \(Report.escaped(measurement.name))\n\n"
      text += row(["", "ns", "quartiles", "by ours"])
      text += row(["---", "---:", "---:", "---:"])
      for contender in measurement.rows {
        text += row([
          Report.escaped(contender.contender), Report.number(contender.nanoseconds),
          "\(Report.number(contender.lowerQuartile))–\(Report.number(contender.upperQuartile))",
          Report.number(contender.ratioToOurs),
        ])
      }
    }
    let facts = results.facts.map { "- \($0.name): \(Report.number($0.value)) \($0.unit)\n" }
    return text + "\n### Other figures\n\n" + facts.joined()
  }

  private func row(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |\n" }
}
