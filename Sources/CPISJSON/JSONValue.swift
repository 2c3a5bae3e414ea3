/// A value of a document. It is a view: it costs nothing to make, and keeps the document alive.
package struct JSONValue: Sendable {
  /// The types of values.
  package enum Kind: Hashable, Sendable {
    case object, array, string, number, bool, null
  }

  let document: JSONDocument
  /// Its place among the document's nodes.
  let index: Int
  /// How many containers it stands in.
  let depth: Int
  /// A bit for each step on the way here: set if the step was a name that came from the text and was not asked for.
  let unnamed: UInt64

  /// A value directly inside this one.
  func child(_ index: Int, isUnnamed: Bool = false) -> JSONValue {
    let bit: UInt64 = isUnnamed ? 1 &<< UInt64(depth) : 0
    return JSONValue(document: document, index: index, depth: depth + 1, unnamed: unnamed | bit)
  }

  var node: JSONNode { document.nodes[index] }

  /// Its type.
  package var kind: Kind {
    switch node.kind {
    case .null: .null
    case .false, .true: .bool
    case .number: .number
    case .string, .decodedString: .string
    case .array: .array
    case .object: .object
    }
  }

  /// Whether it is `null`.
  package var isNull: Bool { node.kind == .null }
}

// Reading. Nothing is converted: a string is never read as a number, nor a number as a string.
extension JSONValue {
  /// The members, to be read by name.
  package func object() throws(JSONError) -> JSONObject {
    guard node.kind == .object else { throw error(.wrongType) }
    return JSONObject(self)
  }

  /// The elements.
  package func array() throws(JSONError) -> JSONArray {
    guard node.kind == .array else { throw error(.wrongType) }
    return JSONArray(value: self)
  }

  /// The text of a string.
  package func string() throws(JSONError) -> String {
    let node = node
    guard node.isString else { throw error(.wrongType) }
    return document.text(node)
  }

  /// A truth value.
  package func bool() throws(JSONError) -> Bool {
    switch node.kind {
    case .true: return true
    case .false: return false
    default: throw error(.wrongType)
    }
  }

  /// The number as it was written.
  package func number() throws(JSONError) -> JSONNumber {
    let node = node
    guard node.kind == .number else { throw error(.wrongType) }
    return JSONNumber(unchecked: document.text(node))
  }

  /// A whole number, exactly. One with a fraction or an exponent is refused, even when its value is whole.
  package func int() throws(JSONError) -> Int { try integer() }

  /// A whole number, exactly: see ``int()``.
  package func int64() throws(JSONError) -> Int64 { try integer() }

  /// A whole number without a minus sign, exactly: see ``int()``.
  package func uint64() throws(JSONError) -> UInt64 { try integer() }

  private func integer<T: FixedWidthInteger>() throws(JSONError) -> T {
    let node = node
    guard node.kind == .number else { throw error(.wrongType) }
    let text = document.bytes[node.first..<node.first + node.second]
    let isNegative = text.first == UInt8(ascii: "-")
    guard T.isSigned || !isNegative else { throw error(.outOfRange) }
    var result: T = 0
    for byte in isNegative ? text.dropFirst() : text {
      let (product, overflow) = result.multipliedReportingOverflow(by: 10)
      let digit = byte &- UInt8(ascii: "0")
      guard digit < 10, !overflow else { throw error(.outOfRange) }
      let (sum, sumOverflow) =
        isNegative ? product.subtractingReportingOverflow(T(digit)) : product.addingReportingOverflow(T(digit))
      guard !sumOverflow else { throw error(.outOfRange) }
      result = sum
    }
    return result
  }

  /// An error that names this value's place: for a value that is well formed but means nothing to the caller.
  package func error(_ code: JSONError.Code) -> JSONError { JSONError(code, path: path) }

  /// What a string means to the caller.
  ///
  /// - Parameter meaning: returns `nil` for a text that means nothing, which is an error at this value's place.
  package func string<T>(_ meaning: (String) -> T?) throws(JSONError) -> T {
    guard let meant = meaning(try string()) else { throw error(.notUnderstood) }
    return meant
  }
}

extension JSONValue {
  /// The names and positions that lead here: `/patient/0/id`; `/` for the outermost value. A name that was not asked for
  /// shows as `*`, because it comes from the text.
  ///
  /// - Complexity: O(*n*) in the number of values before this one: the path is worked out only when it is asked for.
  package var path: String {
    var (path, here, depth) = ("", 0, 0)
    while here < index, document.nodes[here].isContainer {
      let isObject = document.nodes[here].kind == .object
      var (child, position) = (here + 1, 0)
      while true {
        let value = isObject ? child + 1 : child
        let next = document.nodes[value].next(after: value)
        guard next <= index else {
          let isNamed = unnamed & 1 &<< UInt64(depth) == 0
          path += "/" + (!isObject ? String(position) : isNamed ? document.text(document.nodes[child]) : "*")
          (here, depth) = (value, depth + 1)
          break
        }
        (child, position) = (next, position + 1)
      }
    }
    return path.isEmpty ? "/" : path
  }
}

extension JSONDocument {
  /// The text of a string or a number.
  func text(_ node: JSONNode) -> String {
    let source = node.kind == .decodedString ? decoded : bytes
    return String(decoding: source[node.first..<node.first + node.second], as: UTF8.self)
  }
}

/// The elements of an array, in their order.
package struct JSONArray: Sequence, Sendable {
  let value: JSONValue

  /// How many there are.
  package var count: Int { value.node.first }

  package var underestimatedCount: Int { count }

  package func makeIterator() -> Iterator { Iterator(array: value, index: value.index + 1, left: count) }

  /// Goes from element to element.
  package struct Iterator: IteratorProtocol {
    fileprivate let array: JSONValue
    fileprivate var index: Int
    fileprivate var left: Int

    package mutating func next() -> JSONValue? {
      guard left > 0 else { return nil }
      left -= 1
      let element = array.child(index)
      index = element.node.next(after: index)
      return element
    }
  }
}

extension JSONValue: WithheldJSON {}
extension JSONArray: WithheldJSON {}

/// The members of an object, read by name. It keeps track of which were asked for.
///
/// What to do with members of unknown names is for the caller to decide: ``unread`` gives those that were never asked for,
/// to be kept (``JSONObjectWriter/add(_:)``), ignored or refused.
///
/// - Complexity: asking for members in the order in which they were written takes one step for each; in any other order a
///   search among all of them.
package struct JSONObject: Sendable {
  /// A member.
  package struct Member: Sendable {
    /// Its name. It comes from the text, and may name a person.
    package let name: String
    package let value: JSONValue
  }

  /// The object as a value.
  package let value: JSONValue
  /// How many members there are.
  package let count: Int
  /// The member after the one that was found last: its node and its position.
  private var next: (node: Int, position: Int)
  /// A bit for each of the first 64 members that was asked for, and the positions of later ones.
  private var read: UInt64 = 0
  private var readLater: Set<Int> = []

  init(_ value: JSONValue) {
    self.value = value
    count = value.node.first
    next = (value.index + 1, 0)
  }

  /// The member of a name; `nil` when there is none. It counts as read.
  package subscript(name: String) -> JSONValue? {
    mutating get {
      let document = value.document
      for _ in 0..<count {
        if next.position == count { next = (value.index + 1, 0) }
        let (key, position) = next
        next = (document.nodes[key + 1].next(after: key + 1), position + 1)
        guard document.isEqual(document.nodes[key], name) else { continue }
        if position < 64 { read |= 1 &<< UInt64(position) } else { readLater.insert(position) }
        return value.child(key + 1)
      }
      return nil
    }
  }

  /// The member of a name, which must be there.
  package mutating func required(_ name: String) throws(JSONError) -> JSONValue {
    if let value = self[name] { return value }
    let path = value.path
    throw JSONError(.missing, path: (path == "/" ? "" : path) + "/" + name)
  }

  /// The members that nobody has asked for yet, in their order.
  package var unread: [Member] {
    members.enumerated().filter { place, _ in
      place < 64 ? read & 1 &<< UInt64(place) == 0 : !readLater.contains(place)
    }.map(\.element)
  }

  /// All members, in their order. Listing them does not count as reading them.
  package var members: [Member] {
    var (members, key): ([Member], Int) = ([], value.index + 1)
    members.reserveCapacity(count)
    for _ in 0..<count {
      let member = value.child(key + 1, isUnnamed: true)
      members.append(Member(name: value.document.text(value.document.nodes[key]), value: member))
      key = member.node.next(after: key + 1)
    }
    return members
  }
}

// Members that must be there, by the type of their values.
extension JSONObject {
  package mutating func object(_ name: String) throws(JSONError) -> JSONObject { try required(name).object() }

  package mutating func array(_ name: String) throws(JSONError) -> JSONArray { try required(name).array() }

  package mutating func string(_ name: String) throws(JSONError) -> String { try required(name).string() }

  package mutating func string<T>(_ name: String, _ meaning: (String) -> T?) throws(JSONError) -> T {
    try required(name).string(meaning)
  }

  package mutating func bool(_ name: String) throws(JSONError) -> Bool { try required(name).bool() }

  package mutating func number(_ name: String) throws(JSONError) -> JSONNumber { try required(name).number() }

  package mutating func int(_ name: String) throws(JSONError) -> Int { try required(name).int() }

  package mutating func int64(_ name: String) throws(JSONError) -> Int64 { try required(name).int64() }

  package mutating func uint64(_ name: String) throws(JSONError) -> UInt64 { try required(name).uint64() }
}

extension JSONDocument {
  /// Whether a key is a name, byte by byte: no two ways to write an accent are one name.
  fileprivate func isEqual(_ key: JSONNode, _ name: String) -> Bool {
    let name = name.utf8
    guard key.second == name.count else { return false }
    var place = key.first
    if key.kind == .string {
      for byte in name {
        guard bytes[place] == byte else { return false }
        place += 1
      }
    } else {
      for byte in name {
        guard decoded[place] == byte else { return false }
        place += 1
      }
    }
    return true
  }
}

extension JSONObject: WithheldJSON {}
extension JSONObject.Member: WithheldJSON {}

/// A number as it is written, so that no digit of it is lost or invented: `1.10` stays `1.10`.
package struct JSONNumber: Hashable, Sendable {
  /// The digits, with sign, fraction and exponent.
  package let text: String

  /// For a text that was read as a number.
  fileprivate init(unchecked text: String) { self.text = text }

  /// The number that a text spells by the rules of JSON; `nil` when it spells none.
  package init?(_ text: String) {
    guard let document = try? JSONDocument(Array(text.utf8)), let number = try? document.root.number(),
      number.text.utf8.count == text.utf8.count
    else { return nil }
    self = number
  }

  /// A whole number.
  package init(_ value: some FixedWidthInteger) { text = String(value) }

  /// A number in the fewest digits that read back as the same value; `nil` for infinities and NaN, which JSON cannot hold.
  package init?(_ value: Double) {
    guard value.isFinite else { return nil }
    text = value.description
  }

  /// The nearest `Double`; `nil` when the number is larger than any.
  package var double: Double? { Double(text).flatMap { $0.isFinite ? $0 : nil } }
}

extension JSONNumber: WithheldJSON {}
