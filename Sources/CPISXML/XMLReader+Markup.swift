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

  /// Reads `name="value"` at the start of what is left of a tag.
  ///
  /// - Returns: the place after it.
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

  /// Refuses two attributes of an element that have the same name in the same namespace under different prefixes.
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

// What stands before the root, and markup other than tags.
extension XMLReader {
  /// Reads a byte order mark and an XML declaration, if there are any.
  ///
  /// - Returns: `false` when more bytes are needed.
  mutating func readStart(_ bytes: Span<UInt8>) throws(XMLFault) -> Bool {
    var start = 0
    if bytes.count > 0, bytes[0] == 0xEF {
      guard bytes.count >= 3 else { return isComplete }
      guard bytes[1] == 0xBB, bytes[2] == 0xBF else { throw XMLFault(.encodingInvalid, at: 0) }
      start = 3
    }
    let opening = Array("<?xml".utf8)
    guard bytes.count > start + opening.count else {
      guard isComplete else { return false }
      advanceWithinLine(to: start)
      phase = .prolog
      return true
    }
    // UTF-16 and UTF-32 show a mark at the beginning, or a zero in the first four bytes.
    let isMarked = bytes[start] >= 0xFE && bytes[start + 1] >= 0xFE
    for place in start..<start + 4 where bytes[place] == 0 || isMarked {
      throw XMLFault(.encodingUnsupported, at: place)
    }
    if start > 0 { advanceWithinLine(to: start) }
    let hasDeclaration =
      opening.indices.allSatisfy { bytes[start + $0] == opening[$0] } && isSpace(bytes[start + opening.count])
    guard hasDeclaration else {
      phase = .prolog
      return true
    }
    guard let end = try find("?>", in: bytes, from: start) else { return false }
    if let code = declarationFault(bytes.copy(start + opening.count..<end)) { throw XMLFault(code, at: start) }
    advance(to: end + 2, in: bytes)
    phase = .prolog
    return true
  }

  mutating func readSpaceOutsideRoot(_ bytes: Span<UInt8>) throws(XMLFault) -> Step {
    var place = cursor
    while place < bytes.count, isSpace(bytes[place]) { place += 1 }
    guard place > cursor else { throw XMLFault(.malformed, at: place) }
    advance(to: place, in: bytes)
    return .skipped
  }

  mutating func readDeclarationOrComment(_ bytes: Span<UInt8>) throws(XMLFault) -> Step {
    switch starts(with: "<!--", bytes) {
    case .yes: return try readComment(bytes)
    case .notYet: return .incomplete
    case .no: break
    }
    switch starts(with: "<![CDATA[", bytes) {
    case .yes: return try readCDATA(bytes)
    case .notYet: return .incomplete
    case .no: break
    }
    switch starts(with: "<!DOCTYPE", bytes) {
    case .yes: throw XMLFault(.doctypeRefused, at: cursor)
    case .notYet: return .incomplete
    case .no: throw XMLFault(.malformed, at: cursor)
    }
  }

  private mutating func readComment(_ bytes: Span<UInt8>) throws(XMLFault) -> Step {
    guard let end = try find("--", in: bytes, from: cursor + 4) else { return .incomplete }
    guard end + 2 < bytes.count else { return .incomplete }
    guard bytes[end + 2] == UInt8(ascii: ">") else { throw XMLFault(.malformed, at: end) }
    try bytes.checkCharacters(cursor + 4..<end)
    advance(to: end + 3, in: bytes)
    return .skipped
  }

  private mutating func readCDATA(_ bytes: Span<UInt8>) throws(XMLFault) -> Step {
    guard phase == .content else { throw XMLFault(.malformed, at: cursor) }
    let start = cursor + 9
    guard let end = try find("]]>", in: bytes, from: start) else { return .incomplete }
    try bytes.checkCharacters(start..<end)
    content.text = .bytes(start..<end)
    advance(to: end + 3, in: bytes)
    return .token(.text)
  }

  mutating func readProcessingInstruction(_ bytes: Span<UInt8>) throws(XMLFault) -> Step {
    guard let end = try find("?>", in: bytes, from: cursor + 2) else { return .incomplete }
    var target: [UInt8] = []
    for place in cursor + 2..<end {
      guard !isSpace(bytes[place]) else { break }
      target.append(bytes[place])
    }
    let isName =
      target.first.map { $0 >= 0x41 && $0 != UInt8(ascii: "[") } ?? false
      && target.allSatisfy { $0 >= 0x2D && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") }
    guard isName, String(decoding: target, as: UTF8.self).lowercased() != "xml" else {
      throw XMLFault(.malformed, at: cursor)
    }
    try bytes.checkCharacters(cursor + 2..<end)
    advance(to: end + 2, in: bytes)
    return .skipped
  }

  private enum Match { case yes, no, notYet }

  private func starts(with text: StaticString, _ bytes: Span<UInt8>) -> Match {
    var place = cursor
    for byte in "\(text)".utf8 {
      guard place < bytes.count else { return .notYet }
      guard bytes[place] == byte else { return .no }
      place += 1
    }
    return .yes
  }

  /// The place of the text that ends the markup at the cursor; `nil` when it has not come yet.
  private mutating func find(
    _ text: StaticString, in bytes: Span<UInt8>, from first: Int
  ) throws(XMLFault) -> Int? {
    let pattern = Array("\(text)".utf8)
    let start = max(first, cursor + searched)
    let last = bytes.count - pattern.count
    var place = start
    while place <= last, !pattern.indices.allSatisfy({ bytes[place + $0] == pattern[$0] }) { place += 1 }
    try noteSearch(start..<place)
    return place <= last ? place : nil
  }
}

/// What is wrong with the content of an XML declaration; `nil` when it says version 1.0 in UTF-8.
private func declarationFault(_ content: [UInt8]) -> XMLError.Code? {
  var rest = content[...]
  var names: [String] = []
  var found: XMLError.Code?
  while true {
    let before = rest.count
    rest = rest.drop(while: isSpace)
    if rest.isEmpty { break }
    guard rest.count < before, let equals = rest.firstIndex(of: UInt8(ascii: "=")) else { return .malformed }
    let name = String(decoding: rest[..<equals].filter { !isSpace($0) }, as: UTF8.self)
    rest = rest[(equals + 1)...].drop(while: isSpace)
    guard let quote = rest.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"),
      let end = rest.dropFirst().firstIndex(of: quote)
    else { return .malformed }
    let value = String(decoding: rest[(rest.startIndex + 1)..<end], as: UTF8.self)
    rest = rest[(end + 1)...]
    names.append(name)
    switch (name, value.lowercased()) {
    case ("version", "1.0"), ("encoding", "utf-8"), ("encoding", "us-ascii"), ("standalone", "yes"),
      ("standalone", "no"):
      break
    case ("version", let version) where version.wholeMatch(of: /[0-9]+\.[0-9]+/) != nil: found = .versionUnsupported
    // Of a file of another version, that is said first: its encoding may be right in that version.
    case ("encoding", _): found = found ?? .encodingUnsupported
    default: return .malformed
    }
  }
  guard names.first == "version", names == ["version", "encoding", "standalone"].filter(names.contains) else {
    return .malformed
  }
  return found
}
