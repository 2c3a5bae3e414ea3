/// Writes JSON: in the order in which it is told, without white space, the same bytes for the same calls.
///
/// An object or array is open for as long as its closure runs, so that what is written is always well formed. Text is
/// written as it is; only quotes, backslashes, control characters and the two line ends of Unicode (U+2028 and U+2029) are
/// escaped, the last because scripts and tools that read line by line take them for the end of one.
///
/// ```swift
/// let bytes = JSONWriter.object { notice in
///   notice.add("version", 1)
///   notice.array("places") { places in places.add("ward") }
/// }
/// ```
package enum JSONWriter {
  /// The bytes of an object.
  package static func object<E>(_ body: (inout JSONObjectWriter) throws(E) -> Void) throws(E) -> [UInt8] {
    var output = JSONOutput()
    try output.object(body)
    return output.bytes
  }

  /// The bytes of an array.
  package static func array<E>(_ body: (inout JSONArrayWriter) throws(E) -> Void) throws(E) -> [UInt8] {
    var output = JSONOutput()
    try output.array(body)
    return output.bytes
  }

  /// The bytes of a value that was read, without its white space.
  package static func bytes(_ value: JSONValue) -> [UInt8] {
    var output = JSONOutput()
    output.put(value)
    return output.bytes
  }
}

/// Writes the members of an object.
///
/// A name is for one member. Whoever writes it twice writes what no reader of ours accepts.
package struct JSONObjectWriter {
  fileprivate var output: JSONOutput

  package mutating func add(_ name: String, _ text: String) {
    key(name)
    output.put(text)
  }

  package mutating func add(_ name: String, _ value: Bool) {
    key(name)
    output.put(raw: value ? "true" : "false")
  }

  package mutating func add(_ name: String, _ number: JSONNumber) {
    key(name)
    output.put(raw: number.text)
  }

  package mutating func add(_ name: String, _ number: some FixedWidthInteger) { add(name, JSONNumber(number)) }

  /// Adds a value that was read.
  package mutating func add(_ name: String, _ value: JSONValue) {
    key(name)
    output.put(value)
  }

  /// Adds a member that was read: one that is not understood, and kept.
  package mutating func add(_ member: JSONObject.Member) { add(member.name, member.value) }

  package mutating func addNull(_ name: String) {
    key(name)
    output.put(raw: "null")
  }

  package mutating func object<E>(
    _ name: String, _ body: (inout JSONObjectWriter) throws(E) -> Void
  ) throws(E) {
    key(name)
    try output.object(body)
  }

  package mutating func array<E>(_ name: String, _ body: (inout JSONArrayWriter) throws(E) -> Void) throws(E) {
    key(name)
    try output.array(body)
  }

  private mutating func key(_ name: String) {
    output.separate()
    output.put(name)
    output.bytes.append(UInt8(ascii: ":"))
  }
}

/// Writes the elements of an array.
package struct JSONArrayWriter {
  fileprivate var output: JSONOutput

  package mutating func add(_ text: String) {
    output.separate()
    output.put(text)
  }

  package mutating func add(_ value: Bool) {
    output.separate()
    output.put(raw: value ? "true" : "false")
  }

  package mutating func add(_ number: JSONNumber) {
    output.separate()
    output.put(raw: number.text)
  }

  package mutating func add(_ number: some FixedWidthInteger) { add(JSONNumber(number)) }

  /// Adds a value that was read.
  package mutating func add(_ value: JSONValue) {
    output.separate()
    output.put(value)
  }

  package mutating func addNull() {
    output.separate()
    output.put(raw: "null")
  }

  package mutating func object<E>(_ body: (inout JSONObjectWriter) throws(E) -> Void) throws(E) {
    output.separate()
    try output.object(body)
  }

  package mutating func array<E>(_ body: (inout JSONArrayWriter) throws(E) -> Void) throws(E) {
    output.separate()
    try output.array(body)
  }
}

/// The bytes that were written, and whether a comma is due before the next value.
private struct JSONOutput {
  var bytes: [UInt8] = []
  var isFirst = true

  mutating func separate() {
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    isFirst = false
  }

  mutating func object<E>(_ body: (inout JSONObjectWriter) throws(E) -> Void) throws(E) {
    bytes.append(UInt8(ascii: "{"))
    // The bytes move to the inner writer and back: a second reference to them would make the next one copy them all.
    var writer = JSONObjectWriter(output: JSONOutput())
    swap(&writer.output.bytes, &bytes)
    defer {
      swap(&writer.output.bytes, &bytes)
      bytes.append(UInt8(ascii: "}"))
    }
    try body(&writer)
  }

  mutating func array<E>(_ body: (inout JSONArrayWriter) throws(E) -> Void) throws(E) {
    bytes.append(UInt8(ascii: "["))
    var writer = JSONArrayWriter(output: JSONOutput())
    swap(&writer.output.bytes, &bytes)
    defer {
      swap(&writer.output.bytes, &bytes)
      bytes.append(UInt8(ascii: "]"))
    }
    try body(&writer)
  }

  mutating func put(raw text: String) { bytes.append(contentsOf: text.utf8) }

  mutating func put(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    if text.utf8.allSatisfy(Self.isPlain) {
      bytes.append(contentsOf: text.utf8)
    } else {
      for scalar in text.unicodeScalars { put(escaping: scalar) }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Whether a byte needs no second look. U+2028 and U+2029 begin with E2.
  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") && byte != 0xE2
  }

  private mutating func put(escaping scalar: Unicode.Scalar) {
    switch scalar {
    case "\"": put(raw: #"\""#)
    case "\\": put(raw: #"\\"#)
    case "\n": put(raw: #"\n"#)
    case "\r": put(raw: #"\r"#)
    case "\t": put(raw: #"\t"#)
    case "\u{2028}": put(raw: #"\u2028"#)
    case "\u{2029}": put(raw: #"\u2029"#)
    case "\0"..."\u{F}": put(raw: #"\u000"# + String(scalar.value, radix: 16))
    case "\u{10}"..."\u{1F}": put(raw: #"\u00"# + String(scalar.value, radix: 16))
    default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
  }

  /// Writes a value that was read. No deeper than 64 containers, as none that was read is.
  mutating func put(_ value: JSONValue) {
    let document = value.document
    let node = value.node
    switch node.kind {
    case .null: put(raw: "null")
    case .false: put(raw: "false")
    case .true: put(raw: "true")
    case .number: bytes.append(contentsOf: document.bytes[node.first..<node.first + node.second])
    case .string, .decodedString: put(document.text(node))
    case .array: array { elements in for element in JSONArray(value: value) { elements.add(element) } }
    case .object: object { members in for member in JSONObject(value).members { members.add(member) } }
    }
  }
}
