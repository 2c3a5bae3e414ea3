import Foundation

/// Bars for each ratio on a logarithmic scale, one a machine, with marks at its goal and stretch goal; more and less is
/// better apart.
struct Chart {
  private let publication: Publication

  init(_ publication: Publication) { self.publication = publication }

  private let labelWidth = 470.0
  private let plotWidth = 440.0
  private let width = 1170.0
  private let barHeight = 16.0
  private let range = (low: 0.1, high: 1000.0)

  private var top: Double { 48 + 16 * Double(publication.machines.count) }

  var svg: String {
    let rows = publication.sections.reduce(0) { $0 + $1.lines.reduce(24) { $0 + height($1) } }
    let bottom = top + rows + 40
    var svg = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(bottom)" font-family="system-ui, sans-serif" font-size="13">
      <rect width="\(width)" height="\(bottom)" fill="#fff"/>
      <text x="16" y="24" font-size="16" font-weight="600" fill="#111">Measured ratios, with goal (|) and stretch goal (¦): green both met, blue the goal, red open, grey without a goal</text>

      """
    for (place, results) in publication.machines.enumerated() {
      svg += """
        <text x="16" y="\(44 + 16 * place)" font-size="11" fill="#555">\(Report.escaped(results.caption))</text>

        """
    }
    for tick in [0.1, 1, 10, 100, 1000] {
      let x = position(tick)
      svg += """
        <line x1="\(x)" y1="\(top - 8)" x2="\(x)" y2="\(bottom - 30)" stroke="\(tick == 1 ? "#888" : "#ddd")"/>
        <text x="\(x)" y="\(bottom - 14)" text-anchor="middle" font-size="11" fill="#555">\(Report.number(tick))</text>

        """
    }
    var y = top
    for section in publication.sections {
      svg += "<text x=\"16\" y=\"\(y + 13)\" font-weight=\"600\" fill=\"#111\">\(section.title)</text>\n"
      y += 24
      for line in section.lines {
        svg += row(line, at: y)
        y += height(line)
      }
    }
    return svg + "</svg>\n"
  }

  private func height(_ line: Publication.Line) -> Double {
    8 + barHeight * Double(max(1, line.values.compactMap(\.self).count))
  }

  private func row(_ line: Publication.Line, at y: Double) -> String {
    let title = Report.escaped(line.goal.title)
    var svg = "<text x=\"\(labelWidth - 10)\" y=\"\(y + 13)\" text-anchor=\"end\" fill=\"#111\">\(title)</text>\n"
    let found = zip(publication.machines, line.values).compactMap { results, value in value.map { (results, $0) } }
    if found.isEmpty { svg += "<text x=\"\(position(1) + 6)\" y=\"\(y + 13)\" fill=\"#777\">not measured</text>\n" }
    let marks =
      (line.goal.goal.map { [($0, "none")] } ?? []) + (line.goal.stretch.map { [($0, "2 2")] } ?? [])
    let right = (found.map(\.1) + marks.map(\.0) + [1]).map(position).max() ?? position(1)
    for (place, (results, value)) in found.enumerated() {
      let top = y + Double(place) * barHeight
      let (one, end) = (position(1), position(value))
      svg += """
        <rect x="\(min(one, end))" y="\(top + 2)" width="\(max(abs(end - one), 1))" height="\(barHeight - 3)" fill="\(colour(line.goal.verdict(value)))"/>
        <text x="\(right + 6)" y="\(top + 13)" fill="#111">\(Report.number(value)) \(Report.escaped(line.unit)) <tspan font-size="10" fill="#777">\(Report.escaped(results.machine.name))</tspan></text>

        """
    }
    for (bound, dashes) in marks {
      let x = position(bound)
      svg +=
        "<line x1=\"\(x)\" y1=\"\(y)\" x2=\"\(x)\" y2=\"\(y + height(line) - 6)\" stroke=\"#111\" stroke-dasharray=\"\(dashes)\"/>\n"
    }
    return svg
  }

  private func colour(_ verdict: Goal.Verdict) -> String {
    switch verdict {
    case .met: "#1a7f5a"
    case .goalMet: "#4b8fc9"
    case .open: "#c9574b"
    case .noGoal: "#999"
    }
  }

  private func position(_ value: Double) -> Double {
    let clamped = min(max(value, range.low), range.high)
    let share = (log10(clamped) - log10(range.low)) / (log10(range.high) - log10(range.low))
    return (labelWidth + share * plotWidth).rounded()
  }
}
