/// Writes XML as bytes, line by line; what XML cannot hold is refused.
///
/// It takes markup as it stands: what goes into it must have gone through ``attribute(_:)`` or ``text(_:)``.
///
/// ```swift
/// var writer = XMLWriter()
/// writer.line(0, XMLWriter.declaration)
/// guard let name = XMLWriter.text(name) else { … }
/// writer.line(0, "<name>\(name)</name>")
/// let bytes = writer.take()
/// ```
package struct XMLWriter: Sendable {
  private var bytes: [UInt8] = []

  /// The declaration that a document begins with.
  package static let declaration = #"<?xml version="1.0" encoding="UTF-8"?>"#

  /// A writer that has written nothing.
  package init() {}

  /// Adds a line of markup, indented.
  package mutating func line(_ depth: Int, _ markup: String) {
    for _ in 0..<depth * 2 { bytes.append(0x20) }
    bytes.append(contentsOf: markup.utf8)
    bytes.append(newline)
  }

  /// Hands over what was written and starts anew.
  package mutating func take() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  /// A text as it stands in an attribute in double quotes; `nil` when it has characters that XML forbids.
  ///
  /// White space other than spaces is written as references, so that it comes back as it was.
  package static func attribute(_ text: String) -> String? { escaped(text, keepsSpace: true) }

  /// A text as it stands in an element; `nil` when it has characters that XML forbids.
  package static func text(_ text: String) -> String? { escaped(text, keepsSpace: false) }

  private static func escaped(_ text: String, keepsSpace: Bool) -> String? {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      guard isAllowed(scalar) else { return nil }
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"" where keepsSpace: result += "&quot;"
      case "\t", "\n", "\r":
        if keepsSpace { result += "&#\(scalar.value);" } else { result.unicodeScalars.append(scalar) }
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
