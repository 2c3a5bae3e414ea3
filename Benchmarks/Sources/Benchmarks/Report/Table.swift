/// The results for a reader, in Markdown.
struct Table {
  let results: Results
  let sections: [Results.Section]

  var markdown: String { introduction + sections.map(text).joined() + comparisons + figures }

  private var introduction: String {
    """
    # Benchmarks

    Measured \(results.caption). Made by `Benchmarks/measure`; every figure is in `Benchmarks.json`.

    Times are divided within a round, one right after the other; a ratio is the median of the rounds, and what stands here
    the median of the runs. Times alone say little: the machine is shared, and its speed changes by a factor of two.
    The advantage of the index belongs to misses, which are nearly all questions: compare the rows with 100 % hits.

    ![Ratios on a logarithmic scale](Benchmarks.svg)

    """
  }

  private func text(_ section: Results.Section) -> String {
    var text = """

      ## \(section.title)

      | | measured | | goal | stretch | |
      | --- | ---: | --- | ---: | ---: | --- |

      """
    for line in section.lines {
      let threshold = line.threshold
      let cells = [
        Report.escaped(threshold.title), line.measured, line.value == nil ? "" : line.unit,
        threshold.goal.map(threshold.text) ?? "", threshold.stretch.map(threshold.text) ?? "",
        line.verdict.rawValue,
      ]
      text += "| \(cells.joined(separator: " | ")) |\n"
    }
    return text
  }

  private var comparisons: String {
    var text = """

      ## All comparisons

      Nanoseconds an operation, with the quartiles of the rounds; and their time by ours: above 1, ours is faster.

      """
    for measurement in results.measurements {
      text += """

        ### \(Report.escaped(measurement.name))

        | | ns | quartiles | by ours |
        | --- | ---: | ---: | ---: |

        """
      for row in measurement.rows {
        let quartiles = "\(Report.number(row.lowerQuartile))–\(Report.number(row.upperQuartile))"
        let cells = [
          Report.escaped(row.contender), Report.number(row.nanoseconds), quartiles, Report.number(row.ratioToOurs),
        ]
        text += "| \(cells.joined(separator: " | ")) |\n"
      }
    }
    return text
  }

  private var figures: String {
    let lines = results.facts.map { "- \($0.name): \(Report.number($0.value)) \($0.unit)\n" }
    return "\n## Figures\n\n" + lines.joined()
  }
}
