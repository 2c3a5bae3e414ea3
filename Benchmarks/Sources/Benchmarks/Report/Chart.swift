import Foundation

/// A bar for each ratio on a logarithmic scale, with marks at its goal and stretch goal; more and less is better apart.
struct Chart {
  let sections: [Results.Section]
  let caption: String

  private let labelWidth = 470.0
  private let plotWidth = 440.0
  private let width = 1060.0
  private let rowHeight = 24.0
  private let top = 64.0
  private let range = (low: 0.1, high: 1000.0)

  var svg: String {
    let rows = sections.reduce(0) { $0 + $1.lines.count + 1 }
    let height = top + Double(rows) * rowHeight + 40
    var svg = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" font-family="system-ui, sans-serif" font-size="13">
      <rect width="\(width)" height="\(height)" fill="#fff"/>
      <text x="16" y="24" font-size="16" font-weight="600" fill="#111">Measured ratios, with goal (|) and stretch goal (¦): green both met, blue the goal, red open, grey without a goal</text>
      <text x="16" y="44" font-size="11" fill="#555">\(Report.escaped(caption))</text>

      """
    for tick in [0.1, 1, 10, 100, 1000] {
      let x = position(tick)
      svg += """
        <line x1="\(x)" y1="\(top - 8)" x2="\(x)" y2="\(height - 30)" stroke="\(tick == 1 ? "#888" : "#ddd")"/>
        <text x="\(x)" y="\(height - 14)" text-anchor="middle" font-size="11" fill="#555">\(Report.number(tick))</text>

        """
    }
    var y = top
    for section in sections {
      svg += "<text x=\"16\" y=\"\(y + 13)\" font-weight=\"600\" fill=\"#111\">\(section.title)</text>\n"
      y += rowHeight
      for line in section.lines {
        svg += row(line, at: y)
        y += rowHeight
      }
    }
    return svg + "</svg>\n"
  }

  private func row(_ line: Results.Line, at y: Double) -> String {
    """
    <text x="\(labelWidth - 10)" y="\(y + 13)" text-anchor="end" fill="#111">\(Report.escaped(line.threshold.title))</text>
    \(line.value.map { bar(line, $0, at: y) } ?? missing(line, at: y))

    """
  }

  private func bar(_ line: Results.Line, _ value: Double, at y: Double) -> String {
    let (one, end) = (position(1), position(value))
    let marks =
      (line.threshold.goal.map { [($0, "none")] } ?? []) + (line.threshold.stretch.map { [($0, "2 2")] } ?? [])
    let right = ([one, end] + marks.map { position($0.0) }).max() ?? end
    var svg = """
      <rect x="\(min(one, end))" y="\(y + 2)" width="\(max(abs(end - one), 1))" height="14" fill="\(colour(line.verdict))"/>
      <text x="\(right + 6)" y="\(y + 13)" fill="#111">\(line.measured) \(Report.escaped(line.unit))</text>

      """
    for (bound, dashes) in marks {
      let x = position(bound)
      svg +=
        "<line x1=\"\(x)\" y1=\"\(y)\" x2=\"\(x)\" y2=\"\(y + 18)\" stroke=\"#111\" stroke-dasharray=\"\(dashes)\"/>\n"
    }
    return svg
  }

  private func missing(_ line: Results.Line, at y: Double) -> String {
    "<text x=\"\(position(1) + 6)\" y=\"\(y + 13)\" fill=\"#777\">\(line.measured)</text>"
  }

  private func colour(_ verdict: Results.Verdict) -> String {
    switch verdict {
    case .met: "#1a7f5a"
    case .goalMet: "#4b8fc9"
    case .open: "#c9574b"
    case .noGoal, .notMeasured: "#999"
    }
  }

  private func position(_ value: Double) -> Double {
    let clamped = min(max(value, range.low), range.high)
    let share = (log10(clamped) - log10(range.low)) / (log10(range.high) - log10(range.low))
    return (labelWidth + share * plotWidth).rounded()
  }
}
