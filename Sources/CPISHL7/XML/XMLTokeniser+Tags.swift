extension XMLTokeniser {
  mutating func readStartTag(_ bytes: Span<UInt8>) throws(XMLFault) -> Step {
    guard phase != .epilog else { throw fault(.malformed, at: cursor) }
    let start = cursor + 1
    let qualifiedName = try scanName(bytes, from: start)
    var place = qualifiedName.upperBound
    var spansLines = false
    attributes.removeAll(keepingCapacity: true)
    // A tag that was not whole is read again from its start: its declarations must not have stayed.
    bindings.removeLast(bindings.count - bindingsOutside)
    var isEmptyElement = false
    while true {
      let beforeSpace = place
      while place < bytes.count, isSpace(bytes[place]) {
        if bytes[place] == newline { spansLines = true }
        place += 1
      }
      guard place < bytes.count else { return .incomplete }
      if bytes[place] == UInt8(ascii: ">") { break }
      if bytes[place] == UInt8(ascii: "/") {
        guard place + 1 < bytes.count else { return .incomplete }
        guard bytes[place + 1] == UInt8(ascii: ">") else { throw fault(.malformed, at: place + 1) }
        place += 1
        isEmptyElement = true
        break
      }
      guard place > beforeSpace else { throw fault(.malformed, at: place) }
      guard let end = try readAttribute(bytes, at: place, spansLines: &spansLines) else { return .incomplete }
      place = end
    }
    guard open.count < limits.depth else { throw fault(.tooDeep, at: cursor) }
    try openElement(qualifiedName, bytes)
    if spansLines { advance(to: place + 1, in: bytes) } else { advanceWithinLine(to: place + 1) }
    phase = .content
    endsAtOnce = isEmptyElement
    return .token(.start)
  }

  /// Reads `name="value"`; gives the place after it, or `nil` when it is not whole.
  private mutating func readAttribute(
    _ bytes: Span<UInt8>, at start: Int, spansLines: inout Bool
  ) throws(XMLFault) -> Int? {
    let name = try scanName(bytes, from: start)
    var place = name.upperBound
    func skipSpace(_ bytes: Span<UInt8>) {
      while place < bytes.count, isSpace(bytes[place]) {
        if bytes[place] == newline { spansLines = true }
        place += 1
      }
    }
    skipSpace(bytes)
    guard place < bytes.count else { return nil }
    guard bytes[place] == UInt8(ascii: "=") else { throw fault(.malformed, at: place) }
    place += 1
    skipSpace(bytes)
    guard place < bytes.count else { return nil }
    let quote = bytes[place]
    guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { throw fault(.malformed, at: place) }
    let valueStart = place + 1
    place = valueStart
    var needsDecoding = false
    var isASCII = true
    while place < bytes.count, bytes[place] != quote {
      let byte = bytes[place]
      if byte < 0x20 {
        guard isSpace(byte) else { throw fault(.malformed, at: place) }
        needsDecoding = true
        if byte == newline { spansLines = true }
      } else if byte >= 0x80 {
        isASCII = false
      } else if byte == UInt8(ascii: "&") {
        needsDecoding = true
      } else if byte == UInt8(ascii: "<") {
        throw fault(.malformed, at: place)
      }
      place += 1
    }
    guard place < bytes.count else { return nil }
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
    var place = cursor + 2
    for expected in last.nameStart..<openNames.count {
      guard place < bytes.count else { return .incomplete }
      guard bytes[place] == openNames[expected] else { throw fault(.malformed, at: place) }
      place += 1
    }
    let spaceStart = place
    while place < bytes.count, isSpace(bytes[place]) { place += 1 }
    guard place < bytes.count else { return .incomplete }
    guard bytes[place] == UInt8(ascii: ">") else { throw fault(.malformed, at: place) }
    if place > spaceStart { advance(to: place + 1, in: bytes) } else { advanceWithinLine(to: place + 1) }
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

  /// The extent of a qualified name, which may be cut off by the end of the buffer.
  private func scanName(_ bytes: Span<UInt8>, from start: Int) throws(XMLFault) -> Range<Int> {
    var place = start
    var isASCII = true
    while place < bytes.count {
      let byte = bytes[place]
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
        break
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"):
        guard place > start else { throw fault(.malformed, at: place) }
      case 0x80...: isASCII = false
      default:
        guard place > start else { throw fault(.malformed, at: place) }
        if !isASCII { try checkCharacters(bytes, start..<place) }
        return start..<place
      }
      place += 1
    }
    return start..<place
  }
}
