/// Reads a text in one pass, and makes the nodes of a document.
struct JSONParser {
  /// A container whose end has not come yet.
  private struct Open {
    /// Where the first node in it stands, or will stand. A container's own node is the one before; what is around the
    /// outermost value has none.
    var firstInside = 0
    var isObject = false
    /// The elements or members so far.
    var count = 0
    /// One bit for what each key so far looks like: a key that sets a new bit is new for certain.
    var looks: UInt64 = 0
  }

  /// Keys of an object up to this number are compared as they come; those of a larger one are sorted, so that a text made
  /// for the purpose cannot take a time that grows with the square of its size.
  private static let fewKeys = 16

  private let limits: JSONLimits
  private(set) var nodes: [JSONNode] = []
  /// The strings written with escapes, decoded.
  private(set) var decoded: [UInt8] = []
  private var current = Open()
  private var outer: [Open] = []

  init(limits: JSONLimits) { self.limits = limits }

  mutating func parse(_ bytes: Span<UInt8>) throws(JSONError) {
    guard bytes.count <= limits.allowedBytes else { throw JSONError(.tooLarge, at: limits.allowedBytes) }
    try Self.checkEncoding(bytes)
    // A value takes some ten bytes in most texts.
    nodes.reserveCapacity(bytes.count / 10 + 4)
    var place = afterSpace(bytes, 0)
    while true {
      place = try value(bytes, place)
      // The end of a value may be followed by the ends of the containers around it.
      while true {
        place = afterSpace(bytes, place)
        guard !outer.isEmpty else {
          guard place == bytes.count else { throw JSONError(.trailingBytes, at: place) }
          return
        }
        guard place < bytes.count else { throw JSONError(.truncated, at: place) }
        if bytes[place] == UInt8(ascii: ",") {
          place = afterSpace(bytes, place + 1)
          if current.isObject { place = try key(bytes, place) }
          break
        }
        guard bytes[place] == closing else { throw JSONError(.malformed, at: place) }
        place = try close(bytes, place)
      }
    }
  }

  /// UTF-16 and UTF-32 begin with a mark, or have a zero among the first bytes; JSON in UTF-8 has none there.
  private static func checkEncoding(_ bytes: Span<UInt8>) throws(JSONError) {
    let start = (0..<min(4, bytes.count)).map { bytes[$0] }
    if start.starts(with: [0xEF, 0xBB, 0xBF]) { throw JSONError(.byteOrderMark, at: 0) }
    if start.starts(with: [0xFE, 0xFF]) || start.starts(with: [0xFF, 0xFE]) || start.contains(0) {
      throw JSONError(.otherEncoding, at: 0)
    }
  }

  /// Reads a value: all of it, or the beginnings of the containers up to the first value in them that is no container.
  ///
  /// - Returns: the place after what was read.
  private mutating func value(_ bytes: Span<UInt8>, _ start: Int) throws(JSONError) -> Int {
    var place = start
    while true {
      guard place < bytes.count else { throw JSONError(.truncated, at: place) }
      current.count += 1
      switch bytes[place] {
      case UInt8(ascii: "\""): return try string(bytes, place)
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        try enter(isObject: bytes[place] == UInt8(ascii: "{"), at: place)
        place = afterSpace(bytes, place + 1)
        if place < bytes.count, bytes[place] == closing { return try close(bytes, place) }
        if current.isObject { place = try key(bytes, place) }
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number(bytes, place)
      case UInt8(ascii: "t"): return try literal("true", .true, bytes, place)
      case UInt8(ascii: "f"): return try literal("false", .false, bytes, place)
      case UInt8(ascii: "n"): return try literal("null", .null, bytes, place)
      default: throw JSONError(.malformed, at: place)
      }
    }
  }

  private mutating func literal(
    _ word: String, _ kind: JSONNode.Kind, _ bytes: Span<UInt8>, _ start: Int
  ) throws(JSONError) -> Int {
    var place = start
    for byte in word.utf8 {
      guard place < bytes.count else { throw JSONError(.truncated, at: place) }
      guard bytes[place] == byte else { throw JSONError(.malformed, at: place) }
      place += 1
    }
    nodes.append(JSONNode(kind, start, 0))
    return place
  }

  private mutating func number(_ bytes: Span<UInt8>, _ start: Int) throws(JSONError) -> Int {
    var place = start
    if bytes[place] == UInt8(ascii: "-") { place += 1 }
    if place < bytes.count, bytes[place] == UInt8(ascii: "0") {
      place += 1
      guard place == bytes.count || !isDigit(bytes[place]) else { throw JSONError(.malformed, at: place) }
    } else {
      place = try afterDigits(bytes, place)
    }
    if place < bytes.count, bytes[place] == UInt8(ascii: ".") { place = try afterDigits(bytes, place + 1) }
    if place < bytes.count, bytes[place] | 0x20 == UInt8(ascii: "e") {
      place += 1
      if place < bytes.count, bytes[place] == UInt8(ascii: "+") || bytes[place] == UInt8(ascii: "-") { place += 1 }
      place = try afterDigits(bytes, place)
    }
    nodes.append(JSONNode(.number, start, place - start))
    return place
  }

  /// The place after one digit or more.
  private func afterDigits(_ bytes: Span<UInt8>, _ start: Int) throws(JSONError) -> Int {
    guard start < bytes.count else { throw JSONError(.truncated, at: start) }
    guard isDigit(bytes[start]) else { throw JSONError(.malformed, at: start) }
    var place = start + 1
    while place < bytes.count, isDigit(bytes[place]) { place += 1 }
    return place
  }

  @inline(__always)
  private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  @inline(__always)
  private func afterSpace(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    var place = start
    while place < bytes.count {
      let byte = bytes[place]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { break }
      place += 1
    }
    return place
  }
}

// Containers, and their keys.
extension JSONParser {
  private var closing: UInt8 { current.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]") }

  private mutating func enter(isObject: Bool, at place: Int) throws(JSONError) {
    guard outer.count < limits.allowedDepth else { throw JSONError(.tooDeep, at: place) }
    outer.append(current)
    current = Open(firstInside: nodes.count + 1, isObject: isObject)
    nodes.append(JSONNode(.null, 0, 0))
  }

  /// Ends the innermost container. Gives the place after its bracket.
  private mutating func close(_ bytes: Span<UInt8>, _ place: Int) throws(JSONError) -> Int {
    if current.isObject, current.count > Self.fewKeys, hasEqualKeys(bytes) {
      throw JSONError(.duplicateKey, at: place)
    }
    nodes[current.firstInside - 1] = JSONNode(current.isObject ? .object : .array, current.count, nodes.count)
    current = outer.removeLast()
    return place + 1
  }

  /// Reads a key and its colon. Gives the place of the value.
  private mutating func key(_ bytes: Span<UInt8>, _ start: Int) throws(JSONError) -> Int {
    guard start < bytes.count else { throw JSONError(.truncated, at: start) }
    guard bytes[start] == UInt8(ascii: "\"") else { throw JSONError(.malformed, at: start) }
    let node = nodes.count
    let place = afterSpace(bytes, try string(bytes, start))
    if current.count < Self.fewKeys, isKnown(nodes[node], bytes) { throw JSONError(.duplicateKey, at: start) }
    guard place < bytes.count else { throw JSONError(.truncated, at: place) }
    guard bytes[place] == UInt8(ascii: ":") else { throw JSONError(.malformed, at: place) }
    return afterSpace(bytes, place + 1)
  }

  /// Whether the innermost object has a key already, which is noted.
  private mutating func isKnown(_ key: JSONNode, _ bytes: Span<UInt8>) -> Bool {
    let length = key.second
    var look = length
    if length > 0 { look += 7 * Int(byte(key, 0, bytes)) + 29 * Int(byte(key, length - 1, bytes)) }
    let bit = 1 as UInt64 &<< UInt64(look & 63)
    if current.looks & bit == 0 {
      current.looks |= bit
      return false
    }
    var other = current.firstInside
    for _ in 0..<current.count {
      if nodes[other].second == length, !precedes(nodes[other], key, bytes), !precedes(key, nodes[other], bytes) {
        return true
      }
      other = nodes[other + 1].next(after: other + 1)
    }
    return false
  }

  private func hasEqualKeys(_ bytes: Span<UInt8>) -> Bool {
    var keys: [JSONNode] = []
    keys.reserveCapacity(current.count)
    var place = current.firstInside
    for _ in 0..<current.count {
      keys.append(nodes[place])
      place = nodes[place + 1].next(after: place + 1)
    }
    keys.sort { precedes($0, $1, bytes) }
    return zip(keys, keys.dropFirst()).contains { !precedes($0, $1, bytes) }
  }

  /// An order of strings: by their lengths, then by their bytes.
  private func precedes(_ a: JSONNode, _ b: JSONNode, _ bytes: Span<UInt8>) -> Bool {
    guard a.second == b.second else { return a.second < b.second }
    for offset in 0..<a.second {
      let (mine, theirs) = (byte(a, offset, bytes), byte(b, offset, bytes))
      guard mine == theirs else { return mine < theirs }
    }
    return false
  }

  @inline(__always)
  private func byte(_ string: JSONNode, _ offset: Int, _ bytes: Span<UInt8>) -> UInt8 {
    string.kind == .string ? bytes[string.first + offset] : decoded[string.first + offset]
  }
}

// Strings.
extension JSONParser {
  /// Reads a string. Gives the place after its closing quote.
  private mutating func string(_ bytes: Span<UInt8>, _ quote: Int) throws(JSONError) -> Int {
    var place = quote + 1
    while place < bytes.count {
      let byte = bytes[place]
      if Self.isPlain(byte) {
        place += 1
      } else if byte == UInt8(ascii: "\"") {
        nodes.append(JSONNode(.string, quote + 1, place - quote - 1))
        return place + 1
      } else if byte == UInt8(ascii: "\\") {
        return try stringWithEscapes(bytes, quote, place)
      } else {
        place = try afterCharacter(bytes, place)
      }
    }
    throw JSONError(.truncated, at: place)
  }

  /// Whether a byte is a whole character of a string, and neither ends the string nor begins an escape.
  @inline(__always)
  private static func isPlain(_ byte: UInt8) -> Bool {
    byte &- 0x20 < 0x60 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  /// Goes on with a string whose first escape stands at a place.
  private mutating func stringWithEscapes(
    _ bytes: Span<UInt8>, _ quote: Int, _ firstEscape: Int
  ) throws(JSONError) -> Int {
    let start = decoded.count
    var copied = quote + 1
    var place = firstEscape
    while place < bytes.count {
      let byte = bytes[place]
      if Self.isPlain(byte) {
        place += 1
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        for index in copied..<place { decoded.append(bytes[index]) }
        if byte == UInt8(ascii: "\"") {
          nodes.append(JSONNode(.decodedString, start, decoded.count - start))
          return place + 1
        }
        place = try escape(bytes, place)
        copied = place
      } else {
        place = try afterCharacter(bytes, place)
      }
    }
    throw JSONError(.truncated, at: place)
  }

  /// Decodes the escape at a place. Gives the place after it.
  private mutating func escape(_ bytes: Span<UInt8>, _ backslash: Int) throws(JSONError) -> Int {
    let place = backslash + 1
    guard place < bytes.count else { throw JSONError(.truncated, at: place) }
    switch bytes[place] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded.append(bytes[place])
    case UInt8(ascii: "b"): decoded.append(0x08)
    case UInt8(ascii: "f"): decoded.append(0x0C)
    case UInt8(ascii: "n"): decoded.append(0x0A)
    case UInt8(ascii: "r"): decoded.append(0x0D)
    case UInt8(ascii: "t"): decoded.append(0x09)
    case UInt8(ascii: "u"): return try unicodeEscape(bytes, backslash)
    default: throw JSONError(.malformed, at: place)
    }
    return place + 1
  }

  private mutating func unicodeEscape(_ bytes: Span<UInt8>, _ backslash: Int) throws(JSONError) -> Int {
    let high = try fourDigits(bytes, backslash + 2)
    if let scalar = Unicode.Scalar(high) {
      decoded.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      return backslash + 6
    }
    // The first half of a pair, which the second must follow.
    for (offset, byte) in zip(6..., "\\u".utf8) {
      guard backslash + offset < bytes.count else { throw JSONError(.truncated, at: backslash + offset) }
      guard bytes[backslash + offset] == byte else { throw JSONError(.loneSurrogate, at: backslash) }
    }
    let low = try fourDigits(bytes, backslash + 8)
    guard 0xD800..<0xDC00 ~= high, 0xDC00..<0xE000 ~= low,
      let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    else { throw JSONError(.loneSurrogate, at: backslash) }
    decoded.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    return backslash + 12
  }

  private func fourDigits(_ bytes: Span<UInt8>, _ start: Int) throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for place in start..<start + 4 {
      guard place < bytes.count else { throw JSONError(.truncated, at: place) }
      let byte = bytes[place]
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
      case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
      default: throw JSONError(.malformed, at: place)
      }
    }
    return value
  }

  /// The place after a character of more than one byte, by table 3-7 of the Unicode standard. Control characters, which
  /// must be written as escapes, are refused here too.
  private func afterCharacter(_ bytes: Span<UInt8>, _ start: Int) throws(JSONError) -> Int {
    let more: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch bytes[start] {
    case 0..<0x20: throw JSONError(.malformed, at: start)
    case 0xC2...0xDF: more = 1
    case 0xE0: (more, second) = (2, 0xA0...0xBF)
    case 0xED: (more, second) = (2, 0x80...0x9F)
    case 0xE1...0xEF: more = 2
    case 0xF0: (more, second) = (3, 0x90...0xBF)
    case 0xF1...0xF3: more = 3
    case 0xF4: (more, second) = (3, 0x80...0x8F)
    default: throw JSONError(.invalidUTF8, at: start)
    }
    for place in start + 1...start + more {
      guard place < bytes.count else { throw JSONError(.truncated, at: place) }
      guard (place == start + 1 ? second : 0x80...0xBF) ~= bytes[place] else {
        throw JSONError(.invalidUTF8, at: start)
      }
    }
    return start + more + 1
  }
}
