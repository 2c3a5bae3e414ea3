/// The namespace of a name.
package enum XMLNamespace: Equatable, Sendable {
  /// No namespace.
  case none
  /// That of the prefix `xml`.
  case xml
  /// One of the vocabulary, by its number.
  case known(Int)
  /// Any other, by its place in the reader's list.
  case other(Int)

  static let xmlURI = "http://www.w3.org/XML/1998/namespace"
}

/// A name with its namespace resolved.
package struct XMLName: Equatable, Sendable {
  /// The namespace.
  package let namespace: XMLNamespace
  /// The number of the local part in the vocabulary; `nil` for every other.
  package let local: Int?
}

/// The namespaces that are declared at the place that is being read.
struct XMLNamespaces: Sendable {
  private struct Binding {
    var prefix: [UInt8]
    var namespace: XMLNamespace
  }

  private let vocabulary: XMLVocabulary
  private let limit: Int
  private var bindings: [Binding] = []
  /// How many bindings are older than the tag that is being read.
  private var outside = 0
  /// The namespaces so far that are not of the vocabulary.
  private var others: [[UInt8]] = []

  init(_ vocabulary: XMLVocabulary, limit: Int) { (self.vocabulary, self.limit) = (vocabulary, limit) }

  /// Goes into the element whose tag was read. Gives what ``leave(to:)`` wants to hear at its end.
  mutating func enter() -> Int {
    defer { outside = bindings.count }
    return outside
  }

  /// Forgets what was declared in the element.
  mutating func leave(to bindingsOutside: Int) {
    bindings.removeLast(bindings.count - bindingsOutside)
    outside = bindingsOutside
  }

  mutating func declare(_ attribute: XMLAttribute, _ bytes: Span<UInt8>) throws(XMLFault) {
    let name = attribute.qualifiedName
    let prefixRange = bytes.colon(name).map { $0 + 1..<name.upperBound } ?? name.upperBound..<name.upperBound
    let prefix = bytes.copy(prefixRange)
    let uri = attribute.decoded ?? bytes.copy(attribute.value)
    let isPrefixed = name.count > xmlns.count
    let text = String(decoding: uri, as: UTF8.self)
    let isReserved = prefix == xmlPrefix || text == XMLNamespace.xmlURI
    guard !isPrefixed || (!prefix.isEmpty && !uri.isEmpty && !prefix.contains(UInt8(ascii: ":"))),
      prefix != xmlns, text != "http://www.w3.org/2000/xmlns/",
      !isReserved || (prefix == xmlPrefix && text == XMLNamespace.xmlURI)
    else { throw XMLFault(.malformed, at: name.lowerBound) }
    guard bindings.count < limit, others.count < limit else {
      throw XMLFault(.tooLarge, at: name.lowerBound)
    }
    guard !bindings[outside...].contains(where: { $0.prefix == prefix }) else {
      throw XMLFault(.malformed, at: name.lowerBound)
    }
    bindings.append(Binding(prefix: prefix, namespace: namespace(uri, text)))
  }

  private mutating func namespace(_ uri: [UInt8], _ text: String) -> XMLNamespace {
    if text.isEmpty { return .none }
    if text == XMLNamespace.xmlURI { return .xml }
    if let known = vocabulary.namespaces.firstIndex(of: text) { return .known(known) }
    if let other = others.firstIndex(of: uri) { return .other(other) }
    others.append(uri)
    return .other(others.count - 1)
  }

  /// A name with its prefix looked up. Attributes without a prefix are in no namespace.
  func resolve(
    _ name: Range<Int>, _ bytes: Span<UInt8>, isAttribute: Bool
  ) throws(XMLFault) -> XMLName {
    guard let colon = bytes.colon(name) else {
      let local = vocabulary.number(of: bytes, name)
      if isAttribute { return XMLName(namespace: .none, local: local) }
      return XMLName(namespace: bindings.last { $0.prefix.isEmpty }?.namespace ?? .none, local: local)
    }
    let local = colon + 1..<name.upperBound
    guard colon > name.lowerBound, !local.isEmpty, bytes.colon(local) == nil,
      bytes.startsName(local.lowerBound)
    else { throw XMLFault(.malformed, at: colon) }
    let prefix = name.lowerBound..<colon
    if bytes.equal(prefix, xmlPrefix) { return XMLName(namespace: .xml, local: nil) }
    for binding in bindings.reversed() where bytes.equal(prefix, binding.prefix) {
      return XMLName(namespace: binding.namespace, local: vocabulary.number(of: bytes, local))
    }
    throw XMLFault(.malformed, at: name.lowerBound)
  }
}

private let xmlPrefix = Array("xml".utf8)
private let xmlns = Array("xmlns".utf8)
