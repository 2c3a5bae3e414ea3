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

extension String {
  /// The text, unless it is blank: empty, or white space, controls and other characters without a mark of their own.
  ///
  /// - Parameter kind: what it is to be, for the error.
  package func nonBlank(_ kind: String) throws(InvalidValue) -> String {
    for scalar in unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse,
        .surrogate:
        continue
      default: return self
      }
    }
    throw InvalidValue(kind, must: "not be blank")
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
