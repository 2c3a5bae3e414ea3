/// The names and namespaces that a caller recognises.
///
/// The reader gives a name as its number in the vocabulary, so that no caller compares texts, and no name from a foreign
/// document reaches an error: every other name is `nil`.
package final class XMLVocabulary: Sendable {
  /// The namespaces, by their numbers.
  package let namespaces: [String]
  /// The names of elements and attributes, without prefixes, by their numbers.
  package let names: [String]
  /// For each name, whether an ``XMLPath`` counts the elements of that name.
  let isCounted: [Bool]

  /// The bytes of all names, one after the other, in the order of their buckets.
  private let bytes: [UInt8]
  /// The number of each name, and where its bytes begin, in that order.
  private let entries: [(number: Int, start: Int, length: Int)]
  /// For each bucket, where its entries begin; one more at the end.
  private let buckets: [Int]

  private static let bucketCount = 256

  /// Makes a vocabulary.
  ///
  /// - Parameters:
  ///   - names: each once, in any order.
  ///   - counted: the names of elements of which a parent may have several, by their numbers.
  package init(namespaces: [String], names: [String], counted: Set<Int> = []) {
    self.namespaces = namespaces
    self.names = names
    isCounted = names.indices.map(counted.contains)
    var inBuckets = [[Int]](repeating: [], count: Self.bucketCount)
    for (number, name) in names.enumerated() {
      let text = Array(name.utf8)
      inBuckets[Self.bucket(text.span, text.indices)].append(number)
    }
    var (bytes, entries, buckets): ([UInt8], [(number: Int, start: Int, length: Int)], [Int]) = ([], [], [])
    for bucket in inBuckets {
      buckets.append(entries.count)
      for number in bucket {
        entries.append((number, bytes.count, names[number].utf8.count))
        bytes.append(contentsOf: names[number].utf8)
      }
    }
    buckets.append(entries.count)
    (self.bytes, self.entries, self.buckets) = (bytes, entries, buckets)
  }

  /// The number of a name; `nil` when the vocabulary does not have it.
  fileprivate func number(of text: Span<UInt8>, _ range: Range<Int>) -> Int? {
    let bucket = Self.bucket(text, range)
    let name = text.extracting(range)
    for place in buckets[bucket]..<buckets[bucket + 1] where entries[place].length == name.count {
      let start = entries[place].start
      var offset = 0
      while offset < name.count, name[offset] == bytes[start + offset] { offset += 1 }
      if offset == name.count { return entries[place].number }
    }
    return nil
  }

  /// Names that differ in length, near the middle or at the end mostly fall into different buckets.
  private static func bucket(_ text: Span<UInt8>, _ range: Range<Int>) -> Int {
    guard let last = range.last else { return 0 }
    let middle = range.lowerBound + range.count / 2
    return (range.count &* 31 &+ Int(text[middle]) &* 7 &+ Int(text[last]) &* 13) & (bucketCount - 1)
  }
}

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

  fileprivate static let xmlURI = "http://www.w3.org/XML/1998/namespace"
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
  /// How many bindings were declared before the tag that is being read.
  private var outside = 0
  /// The namespaces found so far that are not in the vocabulary.
  private var others: [[UInt8]] = []

  init(_ vocabulary: XMLVocabulary, limit: Int) { (self.vocabulary, self.limit) = (vocabulary, limit) }

  /// Enters the element whose tag was read.
  ///
  /// - Returns: the value to pass to ``leave(to:)`` at its end.
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
