import Foundation

/// Writes tables to standard output.
enum Report {
  static func line(_ text: String) { print(text) }

  static func show(_ measurement: Measurement) {
    print("\n\(measurement.name) (\(measurement.operations) operations, \(measurement.rounds) rounds)")
    for row in measurement.rows {
      let spread = "\(number(row.lowerQuartile))–\(number(row.upperQuartile))"
      print(
        "  \(pad(row.contender, 34)) \(pad(number(row.nanoseconds), 10)) ns  "
          + "\(pad(spread, 22)) \(number(row.ratioToOurs))× our time")
    }
  }

  /// Text for Markdown and SVG, to which `Dictionary<UInt64>` would be a tag.
  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }

  /// Three significant figures.
  static func number(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return "\(value)" }
    var scale = 1.0
    while abs(value) * scale < 100 && scale < 1e6 { scale *= 10 }
    let rounded = (value * scale).rounded() / scale
    return rounded == rounded.rounded() && abs(rounded) >= 100 ? "\(Int(rounded))" : "\(rounded)"
  }

  private static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
