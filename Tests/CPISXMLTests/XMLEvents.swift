import CPISXML

/// What a reader said of a document, in words.
struct XMLEvents: Equatable {
  /// Each start as `<{namespace}name attribute="value">`, each end as `</>`, each text in quotes, its pieces joined. A
  /// name that is not of the vocabulary shows as `*`.
  private(set) var events: [String] = []
  private(set) var error: XMLError?
  /// The path at each start.
  private(set) var paths: [String] = []

  static let vocabulary = XMLVocabulary(
    namespaces: ["urn:one", "urn:two"], names: ["a", "b", "c", "item", "value", "number", "x", "y"],
    counted: [3, 0])

  /// - Parameter cuts: where the document is cut into pieces, in order.
  init(_ bytes: [UInt8], cuts: [Int] = [], limits: XMLLimits = XMLLimits()) {
    var reader = XMLReader(Self.vocabulary, limits: limits)
    do throws(XMLError) {
      var start = 0
      for end in cuts + [bytes.count] {
        try reader.feed(bytes[start..<end])
        start = end
        try take(&reader)
      }
      reader.complete()
      try take(&reader)
    } catch {
      self.error = error
    }
    // How much of a text came before an error depends on the cuts.
    if error != nil, events.last?.hasPrefix("'") == true { events.removeLast() }
  }

  init(_ text: String, limits: XMLLimits = XMLLimits()) { self.init(Array(text.utf8), limits: limits) }

  /// The events as one text.
  var text: String { events.joined(separator: " ") }

  private mutating func take(_ reader: inout XMLReader) throws(XMLError) {
    while let token = try reader.next() {
      let content = reader.content
      switch token {
      case .start:
        let attributes = content.attributes.map { attribute in
          " \(Self.name(attribute.name))=\(Self.words(content.text(of: attribute)))"
        }
        events.append("<\(Self.name(content.element))\(attributes.joined())>")
        paths.append(reader.path.text)
      case .end: events.append("</>")
      case .text:
        var collector = XMLTextCollector(limit: .max)
        content.append(to: &collector)
        let piece = collector.text ?? ""
        if let last = events.last, last.hasPrefix("'") {
          events[events.count - 1] = "\(last.dropLast())\(piece)'"
        } else {
          events.append("'\(piece)'")
        }
      }
    }
  }

  private static func name(_ name: XMLName) -> String {
    let namespace =
      switch name.namespace {
      case .none: ""
      case .xml: "{xml}"
      case .known(let number): "{\(vocabulary.namespaces[number])}"
      case .other(let number): "{other \(number)}"
      }
    return namespace + (name.local.map { vocabulary.names[$0] } ?? "*")
  }

  private static func words(_ text: XMLAttributeText) -> String {
    switch text {
    case .absent: "absent"
    case .text(let text): "\"\(text)\""
    case .tooLong: "too long"
    }
  }
}
