extension XMLTokeniser {
  mutating func readStartTag(_ bytes: Span<UInt8>) throws(XMLFault) -> Step {
    guard phase != .epilog else { throw fault(.malformed, at: cursor) }
    guard let end = try endOfTag(bytes) else { return .incomplete }
    let qualifiedName = try scanName(bytes, cursor + 1..<end)
    var place = qualifiedName.upperBound
    attributes.removeAll(keepingCapacity: true)
    var isEmptyElement = false
    while true {
      let beforeSpace = place
      place = skipSpace(bytes, place..<end)
      if place == end { break }
      if place + 1 == end, bytes[place] == UInt8(ascii: "/") {
        isEmptyElement = true
        break
      }
      guard place > beforeSpace else { throw fault(.malformed, at: place) }
      place = try readAttribute(bytes, place..<end)
    }
    guard bytes[end] == UInt8(ascii: ">") else { throw fault(.malformed, at: end) }
    guard open.count < limits.depth else { throw fault(.tooDeep, at: cursor) }
    try openElement(qualifiedName, bytes)
    passTag(to: end + 1, in: bytes)
    phase = .content
    endsAtOnce = isEmptyElement
    return .token(.start)
  }

  /// The place of the `>` that ends the tag at the cursor, or of a `<`, which no tag may hold; `nil` when neither has
  /// come yet.
  private mutating func endOfTag(_ bytes: Span<UInt8>) throws(XMLFault) -> Int? {
    let start = cursor + max(searched, 1)
    var place = start
    var quote = openQuote
    while place < bytes.count {
      let byte = bytes[place]
      // Most bytes of a tag are letters, which come after everything that matters here.
      if byte <= UInt8(ascii: ">") {
        if byte == UInt8(ascii: "<") || (byte == UInt8(ascii: ">") && quote == 0) { break }
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
          if quote == 0 { quote = byte } else if quote == byte { quote = 0 }
        } else if byte == newline {
          spansLines = true
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

  private func skipSpace(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
    var place = range.lowerBound
    while place < range.upperBound, isSpace(bytes[place]) { place += 1 }
    return place
  }

  /// Reads `name="value"` at the start of what is left of a tag; gives the place after it.
  private mutating func readAttribute(_ bytes: Span<UInt8>, _ rest: Range<Int>) throws(XMLFault) -> Int {
    let end = rest.upperBound
    let name = try scanName(bytes, rest)
    var place = skipSpace(bytes, name.upperBound..<end)
    guard place < end, bytes[place] == UInt8(ascii: "=") else { throw fault(.malformed, at: place) }
    place = skipSpace(bytes, place + 1..<end)
    guard place < end, bytes[place] == UInt8(ascii: "\"") || bytes[place] == UInt8(ascii: "'") else {
      throw fault(.malformed, at: place)
    }
    let quote = bytes[place]
    let valueStart = place + 1
    place = valueStart
    var needsDecoding = false
    var isASCII = true
    while place < end, bytes[place] != quote {
      let byte = bytes[place]
      if byte < 0x20 {
        guard isSpace(byte) else { throw fault(.malformed, at: place) }
        needsDecoding = true
      } else if byte >= 0x80 {
        isASCII = false
      } else if byte == UInt8(ascii: "&") {
        needsDecoding = true
      }
      place += 1
    }
    // The tag ends within the value only where a "<" ended it.
    guard place < end else { throw fault(.malformed, at: place) }
    if !isASCII { try checkCharacters(bytes, valueStart..<place) }
    let attribute = Attribute(
      name: XMLName(namespace: .none, local: nil), qualifiedName: name, value: valueStart..<place,
      needsDecoding: needsDecoding)
    if needsDecoding { _ = try decoded(attribute, bytes) }
    try add(attribute, bytes)
    return place + 1
  }

  private mutating func add(_ attribute: Attribute, _ bytes: Span<UInt8>) throws(XMLFault) {
    let name = attribute.qualifiedName
    if isDeclaration(name, bytes) {
      try declare(attribute, bytes)
      return
    }
    guard attributes.count < limits.attributes else { throw fault(.tooLarge, at: name.lowerBound) }
    for other in attributes where equal(bytes, other.qualifiedName, name) {
      throw fault(.malformed, at: name.lowerBound)
    }
    attributes.append(attribute)
  }

  private mutating func openElement(
    _ name: Range<Int>, _ bytes: Span<UInt8>
  ) throws(XMLFault) {
    element = try resolve(name, bytes, isAttribute: false)
    for index in attributes.indices {
      attributes[index].name = try resolve(attributes[index].qualifiedName, bytes, isAttribute: true)
    }
    try checkExpandedNames(bytes)
    open.append(OpenElement(nameStart: openNames.count, bindings: bindingsOutside))
    bindingsOutside = bindings.count
    for place in name { openNames.append(bytes[place]) }
  }

  /// No two attributes of an element may have one name in one namespace under two prefixes.
  private func checkExpandedNames(_ bytes: Span<UInt8>) throws(XMLFault) {
    guard attributes.count > 1 else { return }
    for index in attributes.indices.dropFirst() where attributes[index].name.namespace != .none {
      for other in attributes[..<index] where other.name.namespace == attributes[index].name.namespace {
        if equal(
          bytes, localPart(other.qualifiedName, bytes), localPart(attributes[index].qualifiedName, bytes))
        {
          throw fault(.malformed, at: attributes[index].qualifiedName.lowerBound)
        }
      }
    }
  }

  mutating func readEndTag(_ bytes: Span<UInt8>) throws(XMLFault) -> Step {
    guard let last = open.last else { throw fault(.malformed, at: cursor) }
    guard let end = try endOfTag(bytes) else { return .incomplete }
    var place = cursor + 2
    for expected in last.nameStart..<openNames.count {
      guard bytes[place] == openNames[expected] else { throw fault(.malformed, at: place) }
      place += 1
    }
    guard skipSpace(bytes, place..<end) == end, bytes[end] == UInt8(ascii: ">") else {
      throw fault(.malformed, at: place)
    }
    passTag(to: end + 1, in: bytes)
    closeElement()
    return .token(.end)
  }

  mutating func closeElement() {
    guard let last = open.popLast() else { return }
    openNames.removeLast(openNames.count - last.nameStart)
    bindings.removeLast(bindings.count - last.bindings)
    bindingsOutside = last.bindings
    if open.isEmpty { phase = .epilog }
  }

  /// The extent of the qualified name at the start of what is left of a tag.
  private func scanName(_ bytes: Span<UInt8>, _ rest: Range<Int>) throws(XMLFault) -> Range<Int> {
    let start = rest.lowerBound
    var place = start
    var isASCII = true
    scan: while place < rest.upperBound {
      switch bytes[place] {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
        break
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"):
        guard place > start else { throw fault(.malformed, at: place) }
      case 0x80...: isASCII = false
      default: break scan
      }
      place += 1
    }
    guard place > start else { throw fault(.malformed, at: place) }
    if !isASCII { try checkCharacters(bytes, start..<place) }
    return start..<place
  }
}
