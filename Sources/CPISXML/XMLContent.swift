/// What the last token holds: a start tag's name and attributes, or a text.
///
/// It is apart from the reader so that it can be handed around cheaply: a call into another module that takes a structure
/// copies it, and the reader is large. Valid until the reader's next call.
package struct XMLContent: Sendable {
  /// A piece of text.
  package enum Text: Sendable {
    /// Bytes of the buffer.
    case bytes(Range<Int>)
    /// A character that a reference stands for.
    case character(Unicode.Scalar)
  }

  /// The bytes that were fed and are not done with.
  var buffer: [UInt8] = []
  /// The name of the element whose start tag was read last.
  package internal(set) var element = XMLName(namespace: .none, local: nil)
  /// Its attributes.
  package internal(set) var attributes: [XMLAttribute] = []
  /// The text that was read last.
  package internal(set) var text = Text.bytes(0..<0)
  /// The most bytes of a value that is given out.
  package let valueBytes: Int

  init(valueBytes: Int) { self.valueBytes = valueBytes }

  /// What an attribute of the start tag says.
  package func text(of attribute: XMLAttribute) -> XMLAttributeText {
    guard attribute.value.count <= valueBytes else { return .tooLong }
    if let decoded = attribute.decoded { return .text(String(decoding: decoded, as: UTF8.self)) }
    return .text(String(decoding: buffer[attribute.value], as: UTF8.self))
  }

  /// Whether the text is white space only.
  package var textIsSpace: Bool {
    switch text {
    case .bytes(let range):
      let bytes = buffer.span
      for place in range where !isSpace(bytes[place]) { return false }
      return true
    case .character(let scalar): return scalar.value < 0x80 && isSpace(UInt8(truncatingIfNeeded: scalar.value))
    }
  }

  /// Adds the text to a collector.
  package func append(to collector: inout XMLTextCollector) {
    switch text {
    case .bytes(let range): collector.append(buffer[range])
    case .character(let scalar): collector.append(String(scalar).utf8)
    }
  }
}

/// An attribute that is not a namespace declaration.
package struct XMLAttribute: Sendable {
  /// Its name.
  package internal(set) var name: XMLName
  var qualifiedName: Range<Int>
  var value: Range<Int>
  /// The value with references replaced, and white space as XML prescribes; `nil` where it stands in the buffer as it is.
  var decoded: [UInt8]?
}

/// What an element says in an attribute.
package enum XMLAttributeText: Equatable, Sendable {
  /// It has no such attribute.
  case absent
  /// The value, with references replaced.
  case text(String)
  /// Longer than ``XMLLimits/valueBytes``.
  case tooLong

  /// The text; `nil` when absent or too long.
  package var value: String? {
    if case .text(let text) = self { return text }
    return nil
  }
}

/// Text of an element, put together from its pieces up to a limit.
package struct XMLTextCollector: Sendable {
  private var bytes: [UInt8] = []
  /// Whether there was more than the limit. Nothing is then kept.
  package private(set) var isTooLong = false
  /// The most bytes that are kept.
  package let limit: Int

  package init(limit: Int) { self.limit = limit }

  /// Adds a piece.
  package mutating func append(_ more: some Collection<UInt8>) {
    guard !isTooLong, bytes.count + more.count <= limit else {
      isTooLong = true
      bytes = []
      return
    }
    bytes.append(contentsOf: more)
  }

  /// Forgets what was collected.
  package mutating func reset() { self = XMLTextCollector(limit: limit) }

  /// The text as it stands; `nil` when it was too long.
  package var text: String? { isTooLong ? nil : String(decoding: bytes, as: UTF8.self) }

  /// The text with white space at both ends dropped and every run of it inside made one space, as pretty-printed
  /// documents need; `nil` when it was too long.
  package var collapsed: String? { isTooLong ? nil : Self.collapsed(bytes) }

  /// A text with its white space collapsed in the same way.
  package static func collapsed(_ text: String) -> String { collapsed(Array(text.utf8)) }

  private static func collapsed(_ bytes: [UInt8]) -> String {
    guard bytes.contains(where: isSpace) else { return String(decoding: bytes, as: UTF8.self) }
    let words = bytes.split(whereSeparator: isSpace)
    return String(decoding: Array(words.joined(separator: [0x20])), as: UTF8.self)
  }
}

// What it holds may be private.
extension XMLContent: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Only what it is.
  package var description: String { "XMLContent(redacted)" }
  /// The same as `description`.
  package var debugDescription: String { description }
  /// A mirror without children.
  package var customMirror: Mirror { Mirror(self, children: []) }
}

// So may what this one holds.
extension XMLTextCollector: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Only what it is.
  package var description: String { "XMLTextCollector(redacted)" }
  /// The same as `description`.
  package var debugDescription: String { description }
  /// A mirror without children.
  package var customMirror: Mirror { Mirror(self, children: []) }
}
