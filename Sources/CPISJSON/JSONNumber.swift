/// A number as it is written, so that no digit of it is lost or made up: `1.10` stays `1.10`.
package struct JSONNumber: Hashable, Sendable {
  /// The digits, with sign, fraction and exponent.
  package let text: String

  /// For a text that was read as a number.
  init(unchecked text: String) { self.text = text }

  /// The number that a text writes by the rules of JSON; `nil` when it writes none.
  package init?(_ text: String) {
    guard let document = try? JSONDocument(Array(text.utf8)), let number = try? document.root.number(),
      number.text.utf8.count == text.utf8.count
    else { return nil }
    self = number
  }

  /// A whole number.
  package init(_ value: some FixedWidthInteger) { text = String(value) }

  /// A number in the fewest digits that give it back; `nil` for infinities and what is no number, which JSON cannot hold.
  package init?(_ value: Double) {
    guard value.isFinite else { return nil }
    text = value.description
  }

  /// The nearest `Double`; `nil` when the number is larger than any.
  package var double: Double? { Double(text).flatMap { $0.isFinite ? $0 : nil } }
}

extension JSONNumber: WithheldJSON {}
