/// The namespace of a name.
enum XMLNamespace: Equatable {
  case none
  case hl7
  case localisation
  case instance
  case xml
  /// Any other, by its place in the tokeniser's list.
  case other(Int)

  static let hl7URI = "urn:hl7-org:v3"
  static let localisationURI = "NPFIT:HL7:Localisation"
  static let instanceURI = "http://www.w3.org/2001/XMLSchema-instance"
  static let xmlURI = "http://www.w3.org/XML/1998/namespace"
}

/// A name with its namespace resolved.
struct XMLName: Equatable {
  var namespace: XMLNamespace
  /// The local part, when it is one of the messages' names; `nil` for every other.
  var local: HL7Name?
}

extension XMLTokeniser {
  func equal(_ bytes: Span<UInt8>, _ a: Range<Int>, _ b: Range<Int>) -> Bool {
    guard a.count == b.count else { return false }
    for offset in 0..<a.count where bytes[a.lowerBound + offset] != bytes[b.lowerBound + offset] {
      return false
    }
    return true
  }

  private func equal(_ bytes: Span<UInt8>, _ range: Range<Int>, _ other: [UInt8]) -> Bool {
    guard range.count == other.count else { return false }
    for offset in 0..<other.count where bytes[range.lowerBound + offset] != other[offset] { return false }
    return true
  }

  private func colon(_ name: Range<Int>, _ bytes: Span<UInt8>) -> Int? {
    for place in name where bytes[place] == UInt8(ascii: ":") { return place }
    return nil
  }

  func localPart(_ name: Range<Int>, _ bytes: Span<UInt8>) -> Range<Int> {
    colon(name, bytes).map { $0 + 1..<name.upperBound } ?? name
  }

  /// Whether an attribute declares a namespace: `xmlns` or `xmlns:prefix`.
  func isDeclaration(_ name: Range<Int>, _ bytes: Span<UInt8>) -> Bool {
    let mark = Self.xmlns
    guard name.count >= mark.count, bytes[name.lowerBound] == mark[0] else { return false }
    for offset in 0..<mark.count where bytes[name.lowerBound + offset] != mark[offset] { return false }
    return name.count == mark.count || bytes[name.lowerBound + mark.count] == UInt8(ascii: ":")
  }

  private static let xmlns = Array("xmlns".utf8)

  mutating func declare(_ attribute: Attribute, _ bytes: Span<UInt8>) throws(XMLFault) {
    let name = attribute.qualifiedName
    let prefixRange = colon(name, bytes).map { $0 + 1..<name.upperBound } ?? name.upperBound..<name.upperBound
    var prefix: [UInt8] = []
    for place in prefixRange { prefix.append(bytes[place]) }
    let uri = try decoded(attribute, bytes)
    let isPrefixed = name.count > Self.xmlns.count
    let text = String(decoding: uri, as: UTF8.self)
    let isReserved = prefix == Array("xml".utf8) || text == XMLNamespace.xmlURI
    guard !isPrefixed || (!prefix.isEmpty && !uri.isEmpty && !prefix.contains(UInt8(ascii: ":"))),
      prefix != Self.xmlns, text != "http://www.w3.org/2000/xmlns/",
      !isReserved || (prefix == Array("xml".utf8) && text == XMLNamespace.xmlURI)
    else { throw fault(.malformed, at: name.lowerBound) }
    guard bindings.count < limits.namespaces, otherNamespaces.count < limits.namespaces else {
      throw fault(.tooLarge, at: name.lowerBound)
    }
    guard !bindings[bindingsOutside...].contains(where: { $0.prefix == prefix }) else {
      throw fault(.malformed, at: name.lowerBound)
    }
    bindings.append(Binding(prefix: prefix, namespace: namespace(uri, text)))
  }

  private mutating func namespace(_ uri: [UInt8], _ text: String) -> XMLNamespace {
    switch text {
    case "": return .none
    case XMLNamespace.hl7URI: return .hl7
    case XMLNamespace.localisationURI: return .localisation
    case XMLNamespace.instanceURI: return .instance
    case XMLNamespace.xmlURI: return .xml
    default:
      if let known = otherNamespaces.firstIndex(of: uri) { return .other(known) }
      otherNamespaces.append(uri)
      return .other(otherNamespaces.count - 1)
    }
  }

  /// A name with its prefix looked up. Attributes without a prefix are in no namespace.
  func resolve(
    _ name: Range<Int>, _ bytes: Span<UInt8>, isAttribute: Bool
  ) throws(XMLFault) -> XMLName {
    guard let colon = colon(name, bytes) else {
      let local = HL7Name(bytes, name)
      if isAttribute { return XMLName(namespace: .none, local: local) }
      return XMLName(namespace: bindings.last { $0.prefix.isEmpty }?.namespace ?? .none, local: local)
    }
    let local = colon + 1..<name.upperBound
    guard colon > name.lowerBound, !local.isEmpty, self.colon(local, bytes) == nil,
      startsName(bytes[local.lowerBound])
    else { throw fault(.malformed, at: colon) }
    let prefix = name.lowerBound..<colon
    if equal(bytes, prefix, Array("xml".utf8)) { return XMLName(namespace: .xml, local: nil) }
    for binding in bindings.reversed() where equal(bytes, prefix, binding.prefix) {
      return XMLName(namespace: binding.namespace, local: HL7Name(bytes, local))
    }
    throw fault(.malformed, at: name.lowerBound)
  }

  private func startsName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), 0x80...:
      true
    default: false
    }
  }
}
