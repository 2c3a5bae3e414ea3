extension XMLTokeniser {
  /// Reads a byte order mark and an XML declaration, if there are any. Gives `false` when more bytes are needed.
  mutating func readStart(_ bytes: Span<UInt8>) throws(XMLFault) -> Bool {
    var start = 0
    if bytes.count > 0, bytes[0] == 0xEF {
      guard bytes.count >= 3 else { return isComplete }
      guard bytes[1] == 0xBB, bytes[2] == 0xBF else { throw fault(.encodingInvalid, at: 0) }
      start = 3
    }
    let opening = Array("<?xml".utf8)
    guard bytes.count > start + opening.count else {
      guard isComplete else { return false }
      phase = .prolog
      return true
    }
    // UTF-16 and UTF-32 show a zero or a mark in the first four bytes.
    for place in start..<start + 4 where bytes[place] == 0 || bytes[place] >= 0xFE {
      throw fault(.encodingInvalid, at: place)
    }
    if start > 0 { advanceWithinLine(to: start) }
    let hasDeclaration =
      opening.indices.allSatisfy { bytes[start + $0] == opening[$0] } && isSpace(bytes[start + opening.count])
    guard hasDeclaration else {
      phase = .prolog
      return true
    }
    guard let end = try find("?>", in: bytes, from: start) else { return false }
    var content: [UInt8] = []
    for place in start + opening.count..<end { content.append(bytes[place]) }
    if let code = declarationFault(content) { throw fault(code, at: start) }
    advance(to: end + 2, in: bytes)
    phase = .prolog
    return true
  }

  mutating func readSpaceOutsideRoot(_ bytes: Span<UInt8>) throws(XMLFault) -> Step {
    var place = cursor
    while place < bytes.count, isSpace(bytes[place]) { place += 1 }
    guard place > cursor else { throw fault(.malformed, at: place) }
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
    case .yes: throw fault(.doctypeRefused, at: cursor)
    case .notYet: return .incomplete
    case .no: throw fault(.malformed, at: cursor)
    }
  }

  private mutating func readComment(_ bytes: Span<UInt8>) throws(XMLFault) -> Step {
    guard let end = try find("--", in: bytes, from: cursor + 4) else { return .incomplete }
    guard end + 2 < bytes.count else { return .incomplete }
    guard bytes[end + 2] == UInt8(ascii: ">") else { throw fault(.malformed, at: end) }
    try checkCharacters(bytes, cursor + 4..<end)
    advance(to: end + 3, in: bytes)
    return .skipped
  }

  private mutating func readCDATA(_ bytes: Span<UInt8>) throws(XMLFault) -> Step {
    guard phase == .content else { throw fault(.malformed, at: cursor) }
    let start = cursor + 9
    guard let end = try find("]]>", in: bytes, from: start) else { return .incomplete }
    try checkCharacters(bytes, start..<end)
    text = .bytes(start..<end)
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
      throw fault(.malformed, at: cursor)
    }
    try checkCharacters(bytes, cursor + 2..<end)
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
