/// What an element says in an attribute.
enum AttributeText: Equatable {
  case absent
  case text(String)
  /// Longer than ``UploadLimits/textBytes``.
  case tooLong

  /// The text; `nil` when absent or too long.
  var value: String? {
    if case .text(let text) = self { return text }
    return nil
  }
}

extension XMLTokeniser {
  /// An attribute of the current start tag, in no namespace.
  func attribute(_ name: HL7Name) -> AttributeText {
    for attribute in attributes where attribute.name.local == name && attribute.name.namespace == .none {
      guard attribute.value.count <= limits.textBytes else { return .tooLong }
      return .text(string(attribute))
    }
    return .absent
  }

  /// Whether the current start tag has an attribute, in no namespace.
  func has(_ name: HL7Name) -> Bool {
    attributes.contains { $0.name.local == name && $0.name.namespace == .none }
  }

  /// Whether the current start tag says that the element has no value: a null flavour, or nil in XML Schema.
  var isNil: Bool {
    has(.nullFlavor)
      || attributes.contains {
        $0.name.local == .nil && $0.name.namespace == .instance && ["true", "1"].contains(string($0))
      }
  }

  private func string(_ attribute: Attribute) -> String {
    let storage = buffer
    guard attribute.needsDecoding else {
      return String(decoding: storage[attribute.value], as: UTF8.self)
    }
    // The references were checked when the tag was read.
    return String(decoding: (try? decoded(attribute, storage.span)) ?? [], as: UTF8.self)
  }

  /// Whether the current text is white space only.
  var textIsSpace: Bool {
    switch text {
    case .bytes(let range):
      for place in range where !isSpace(buffer[place]) { return false }
      return true
    case .character(let scalar): return scalar.value < 0x80 && isSpace(UInt8(truncatingIfNeeded: scalar.value))
    }
  }

  /// Adds the current text to a collector.
  func append(to collector: inout TextCollector) {
    switch text {
    case .bytes(let range): collector.append(buffer[range])
    case .character(let scalar): collector.append(String(scalar).utf8)
    }
  }
}

/// Text of an element, put together from its pieces up to a limit.
struct TextCollector {
  private var bytes: [UInt8] = []
  private(set) var isTooLong = false
  let limit: Int

  init(limit: Int) { self.limit = limit }

  mutating func append(_ more: some Collection<UInt8>) {
    guard !isTooLong, bytes.count + more.count <= limit else {
      isTooLong = true
      bytes = []
      return
    }
    bytes.append(contentsOf: more)
  }

  /// Forgets what was collected.
  mutating func reset() { self = TextCollector(limit: limit) }

  /// The text with white space at both ends dropped and every run of it inside made one space, as pretty-printed
  /// files need; `nil` when it was too long.
  var collapsed: String? {
    guard !isTooLong else { return nil }
    guard bytes.contains(where: isSpace) else { return String(decoding: bytes, as: UTF8.self) }
    let words = bytes.split(whereSeparator: isSpace)
    return String(decoding: Array(words.joined(separator: [0x20])), as: UTF8.self)
  }
}

extension String {
  /// The text as it comes back from a message: white space collapsed.
  var collapsed: String {
    var collector = TextCollector(limit: .max)
    collector.append(utf8)
    return collector.collapsed ?? ""
  }
}
