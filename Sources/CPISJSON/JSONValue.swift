/// A value of a document. It is a view: it costs nothing to make, and keeps the document.
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
  /// A bit for each step on the way here: whether it was a name of the text, and none that was asked for.
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

// Reading. What a value is not is refused: no number is made of a string, nor a string of a number.
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

  /// An error that names this value's place: for what is well formed and means nothing to whoever asked.
  package func error(_ code: JSONError.Code) -> JSONError { JSONError(code, path: path) }

  /// What a string means to whoever asked.
  ///
  /// - Parameter meaning: gives `nil` for a text that means nothing, which is an error at this value's place.
  package func string<T>(_ meaning: (String) -> T?) throws(JSONError) -> T {
    guard let meant = meaning(try string()) else { throw error(.notUnderstood) }
    return meant
  }
}

extension JSONValue {
  /// The names and positions that lead here: `/patient/0/id`; `/` for the outermost value. A name that was not asked for
  /// shows as `*`, because it comes from the text.
  ///
  /// - Complexity: O(the values before this one), as nothing is noted until somebody asks.
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
