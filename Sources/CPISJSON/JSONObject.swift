/// The members of an object, read by name; it notes which were asked for.
///
/// What a member of an unknown name means is for the reader's rule: ``unread`` has those that nobody asked for, to be kept
/// (``JSONObjectWriter/add(_:)``), ignored or refused.
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

  /// All members, in their order. To see them here is not to read them.
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
