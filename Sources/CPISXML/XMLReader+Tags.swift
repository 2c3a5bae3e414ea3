// Tags and attributes.
extension XMLReader {
  mutating func readStartTag(_ bytes: Span<UInt8>) throws(XMLFault) -> Step {
    guard phase != .epilog else { throw XMLFault(.malformed, at: cursor) }
    guard let end = try endOfTag(bytes) else { return .incomplete }
    let qualifiedName = try bytes.nameRange(cursor + 1..<end)
    var place = qualifiedName.upperBound
    content.attributes.removeAll(keepingCapacity: true)
    var isEmptyElement = false
    while true {
      let beforeSpace = place
      place = bytes.afterSpace(place..<end)
      if place == end { break }
      if place + 1 == end, bytes[place] == UInt8(ascii: "/") {
        isEmptyElement = true
        break
      }
      guard place > beforeSpace else { throw XMLFault(.malformed, at: place) }
      place = try readAttribute(bytes, place..<end)
    }
    guard bytes[end] == UInt8(ascii: ">") else { throw XMLFault(.malformed, at: end) }
    guard open.count < limits.depth else { throw XMLFault(.tooDeep, at: cursor) }
    try openElement(qualifiedName, bytes)
    passTag(to: end + 1, in: bytes)
    phase = .content
    if isEmptyElement { ending = .due }
    return .token(.start)
  }

  /// The place of the `>` that ends the tag at the cursor, or of a `<`, which no tag may hold; `nil` when neither has
  /// come yet.
  private mutating func endOfTag(_ bytes: Span<UInt8>) throws(XMLFault) -> Int? {
    let start = cursor + max(searched, 1)
    var place = start
    var quote = openQuote
    scan: while place < bytes.count {
      if let open = quote {
        while bytes[place] != open {
          if bytes[place] == UInt8(ascii: "<") { break scan }
          if bytes[place] == newline { spansLines = true }
          place += 1
          if place == bytes.count { break scan }
        }
        quote = nil
      } else {
        let byte = bytes[place]
        // Most bytes outside of quotes are letters, which come after everything that matters here.
        if byte <= UInt8(ascii: ">") {
          if byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">") { break }
          if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
            quote = byte
          } else if byte == newline {
            spansLines = true
          }
        }
      }
      place += 1
    }
    openQuote = quote
    try noteSearch(start..<place)
    return place < bytes.count ? place : nil
  }

  private mutating func passTag(to end: Int, in bytes: Span<UInt8>) {
    if spansLines { advance(to: end, in: bytes) } else { advanceWithinLine(to: end) }
  }

  /// Reads `name="value"` at the start of what is left of a tag; gives the place after it.
  private mutating func readAttribute(_ bytes: Span<UInt8>, _ rest: Range<Int>) throws(XMLFault) -> Int {
    let end = rest.upperBound
    let name = try bytes.nameRange(rest)
    var place = bytes.afterSpace(name.upperBound..<end)
    guard place < end, bytes[place] == UInt8(ascii: "=") else { throw XMLFault(.malformed, at: place) }
    place = bytes.afterSpace(place + 1..<end)
    guard place < end, bytes[place] == UInt8(ascii: "\"") || bytes[place] == UInt8(ascii: "'") else {
      throw XMLFault(.malformed, at: place)
    }
    let quote = bytes[place]
    let valueStart = place + 1
    place = valueStart
    var needsDecoding = false
    var isASCII = true
    while place < end, bytes[place] != quote {
      let byte = bytes[place]
      if byte < 0x20 {
        guard isSpace(byte) else { throw XMLFault(.malformed, at: place) }
        needsDecoding = true
      } else if byte >= 0x80 {
        isASCII = false
      } else if byte == UInt8(ascii: "&") {
        needsDecoding = true
      }
      place += 1
    }
    // The tag ends within the value only where a "<" ended it.
    guard place < end else { throw XMLFault(.malformed, at: place) }
    if !isASCII { try bytes.checkCharacters(valueStart..<place) }
    let attribute = XMLAttribute(
      name: XMLName(namespace: .none, local: nil), qualifiedName: name, value: valueStart..<place,
      decoded: needsDecoding ? try XMLReferences.decoded(bytes, valueStart..<place) : nil)
    try add(attribute, bytes)
    return place + 1
  }

  private mutating func add(_ attribute: XMLAttribute, _ bytes: Span<UInt8>) throws(XMLFault) {
    let name = attribute.qualifiedName
    if bytes.isNamespaceDeclaration(name) {
      try namespaces.declare(attribute, bytes)
      return
    }
    guard content.attributes.count < limits.attributes else { throw XMLFault(.tooLarge, at: name.lowerBound) }
    for other in content.attributes where bytes.equal(other.qualifiedName, name) {
      throw XMLFault(.malformed, at: name.lowerBound)
    }
    content.attributes.append(attribute)
  }

  private mutating func openElement(
    _ name: Range<Int>, _ bytes: Span<UInt8>
  ) throws(XMLFault) {
    content.element = try namespaces.resolve(name, bytes, isAttribute: false)
    for index in content.attributes.indices {
      content.attributes[index].name = try namespaces.resolve(
        content.attributes[index].qualifiedName, bytes, isAttribute: true)
    }
    try Self.checkExpandedNames(content.attributes, bytes)
    open.append(OpenElement(nameStart: openNames.count, bindings: namespaces.enter()))
    openNames.append(contentsOf: content.buffer[name])
    path.enter(content.element.local)
  }

  /// No two attributes of an element may have one name in one namespace under two prefixes.
  private static func checkExpandedNames(_ attributes: [XMLAttribute], _ bytes: Span<UInt8>) throws(XMLFault) {
    guard attributes.count > 1 else { return }
    for index in attributes.indices.dropFirst() where attributes[index].name.namespace != .none {
      let (name, namespace) = (attributes[index].qualifiedName, attributes[index].name.namespace)
      for other in attributes[..<index] where other.name.namespace == namespace {
        guard !bytes.equal(bytes.localPart(other.qualifiedName), bytes.localPart(name)) else {
          throw XMLFault(.malformed, at: name.lowerBound)
        }
      }
    }
  }

  mutating func readEndTag(_ bytes: Span<UInt8>) throws(XMLFault) -> Step {
    guard let last = open.last else { throw XMLFault(.malformed, at: cursor) }
    guard let end = try endOfTag(bytes) else { return .incomplete }
    var place = cursor + 2
    for expected in last.nameStart..<openNames.count {
      guard bytes[place] == openNames[expected] else { throw XMLFault(.malformed, at: place) }
      place += 1
    }
    guard bytes.afterSpace(place..<end) == end, bytes[end] == UInt8(ascii: ">") else {
      throw XMLFault(.malformed, at: place)
    }
    passTag(to: end + 1, in: bytes)
    ending = .given
    return .token(.end)
  }

  mutating func closeElement() {
    guard let last = open.popLast() else { return }
    openNames.removeLast(openNames.count - last.nameStart)
    namespaces.leave(to: last.bindings)
    path.leave()
    if open.isEmpty { phase = .epilog }
  }
}
