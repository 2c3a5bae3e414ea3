/// A value that breaks the rule of its type.
///
/// It names the kind of value and the rule, never the value itself: the value may identify a patient.
public struct InvalidValue: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was to be made, in the field's words: "emergency duty phone".
  public let kind: String

  /// The rule that was broken, as a phrase that follows "must": "hold 3 to 15 digits".
  public let rule: String

  /// Makes an error that names the kind of value and its rule.
  public init(_ kind: String, must rule: String) {
    self.kind = kind
    self.rule = rule
  }

  /// Kind and rule in a sentence.
  public var description: String { "\(kind) must \(rule)" }
}

// The one place where text from outside becomes text of ours.
extension String {
  /// The text, unless it is blank. For identities and codes, which are compared and sent back as they are.
  ///
  /// - Parameter kind: what it is to be, for the error.
  package func nonBlank(_ kind: String) throws(InvalidValue) -> String {
    guard !isBlank else { throw InvalidValue(kind, must: "not be blank") }
    return self
  }

  /// The text as it may be shown, unless it is blank. For names and other words that people read: see ``shown``.
  ///
  /// - Parameter kind: what it is to be, for the error.
  package func shownNonBlank(_ kind: String) throws(InvalidValue) -> String { try shown.nonBlank(kind) }

  /// The text with every character made a space that could start a line, move a cursor, colour a terminal or turn the
  /// direction of what follows: C0 and C1 controls, U+061C, U+200E–F, U+2028–E and U+2066–9. With one of these, a name from
  /// outside could forge a line of ours, such as "no plan recorded" (hazard H17). Joiners stay: names are written with them.
  ///
  /// Patients' names are kept as they were sent, and pass through this only where they are shown.
  package var shown: String {
    // Most names are ASCII without controls; a byte of 0x7F or above may begin one of these characters.
    guard utf8.contains(where: { $0 < 0x20 || $0 >= 0x7F }) else { return self }
    var text = String.UnicodeScalarView()
    for scalar in unicodeScalars { text.append(Self.forges(scalar) ? " " : scalar) }
    return String(text)
  }

  private static func forges(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x00...0x1F, 0x7F...0x9F, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  /// Whether nothing of the text can be seen: it is empty, or all white space, controls, marks without a letter to stand
  /// on, fillers and other characters without a mark of their own.
  package var isBlank: Bool { !unicodeScalars.contains(where: Self.isVisible) }

  private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
    if 0x21...0x7E ~= scalar.value { return true }
    switch scalar.properties.generalCategory {
    case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse,
      .surrogate, .nonspacingMark, .enclosingMark:
      return false
    default: break
    }
    switch scalar.value {
    // The blank Braille pattern, the null note head, and the blanks among the hieroglyphs are symbols and letters by
    // their category.
    case 0x2800, 0x1D159, 0x13441...0x13442: return false
    // Fillers, such as those of Hangul.
    default: return !scalar.properties.isDefaultIgnorableCodePoint
    }
  }
}

/// The code of an error that a port may give: open, so that an implementer adds words of their own.
package protocol PortErrorCode: RawRepresentable<String>, Hashable {
  /// The words that are ours.
  static var ours: Set<Self> { get }
  static var other: Self { get }
}

extension PortErrorCode {
  /// The code as it may stand in a log: one of our words, as another may hold anything, also a patient.
  package var loggable: String { Self.ours.contains(self) ? rawValue : Self.other.rawValue }
}
