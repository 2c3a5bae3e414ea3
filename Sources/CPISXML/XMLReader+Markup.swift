// What stands before the root, and markup that is no tag.
extension XMLReader {
  /// Reads a byte order mark and an XML declaration, if there are any. Gives `false` when more bytes are needed.
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
    // UTF-16 and UTF-32 show a zero or a mark in the first four bytes.
    for place in start..<start + 4 where bytes[place] == 0 || bytes[place] >= 0xFE {
      throw XMLFault(.encodingInvalid, at: place)
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
    case ("encoding", _): found = .encodingInvalid
    default: return .malformed
    }
  }
  guard names.first == "version", names == ["version", "encoding", "standalone"].filter(names.contains) else {
    return .malformed
  }
  return found
}
