/// Writes XML as bytes, line by line; what XML cannot hold is refused.
struct XMLWriter {
  private(set) var bytes: [UInt8] = []

  static let declaration = #"<?xml version="1.0" encoding="UTF-8"?>"#
  static let namespaces =
    #"xmlns="\#(XMLNamespace.hl7URI)" xmlns:npfitlc="\#(XMLNamespace.localisationURI)""#

  /// Adds a line of markup, indented.
  mutating func line(_ depth: Int, _ markup: String) {
    for _ in 0..<depth * 2 { bytes.append(0x20) }
    bytes.append(contentsOf: markup.utf8)
    bytes.append(newline)
  }

  /// Hands over what was written and starts anew.
  mutating func take() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  /// A text as it stands in an attribute in double quotes; `nil` when it has characters that XML forbids.
  ///
  /// White space other than spaces is written as references, so that it comes back as it was.
  static func attribute(_ text: String) -> String? { escaped(text, keepsSpace: true) }

  /// A text as it stands in an element; `nil` when it has characters that XML forbids.
  static func text(_ text: String) -> String? { escaped(text, keepsSpace: false) }

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
