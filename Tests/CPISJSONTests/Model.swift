import CPISJSON
import Foundation

/// JSON as a value of its own, to compare with what was written and read.
indirect enum Model: Equatable {
  case null
  case bool(Bool)
  case number(String)
  case string(String)
  case array([Model])
  case object([Member])

  struct Member: Equatable {
    var name: String
    var value: Model
  }
}

extension Model {
  /// What a document holds, read by way of the public calls.
  init(_ value: JSONValue) throws(JSONError) {
    switch value.kind {
    case .null: self = .null
    case .bool: self = .bool(try value.bool())
    case .number: self = .number(try value.number().text)
    case .string: self = .string(try value.string())
    case .array:
      var elements: [Model] = []
      for element in try value.array() { elements.append(try Model(element)) }
      self = .array(elements)
    case .object:
      var members: [Member] = []
      for member in try value.object().members {
        members.append(Member(name: member.name, value: try Model(member.value)))
      }
      self = .object(members)
    }
  }

  /// It as bytes.
  var written: [UInt8] {
    let array = JSONWriter.array { add(to: &$0) }
    return Array(array.dropFirst().dropLast())
  }

  func add(to array: inout JSONArrayWriter) {
    switch self {
    case .null: array.addNull()
    case .bool(let value): array.add(value)
    case .number(let text): if let number = JSONNumber(text) { array.add(number) }
    case .string(let text): array.add(text)
    case .array(let elements): array.array { inner in for element in elements { element.add(to: &inner) } }
    case .object(let members): array.object { inner in for member in members { member.add(to: &inner) } }
    }
  }

  /// Whether Foundation's objects say the same.
  func agrees(with theirs: Any) -> Bool {
    switch (self, theirs) {
    case (.null, is NSNull): true
    case (.bool(let ours), let theirs as Bool): ours == theirs
    case (.string(let ours), let theirs as String): ours == theirs
    case (.number(let ours), let theirs as NSNumber): Self.isNear(Double(ours) ?? .nan, theirs.doubleValue)
    case (.array(let ours), let theirs as [Any]):
      ours.count == theirs.count && zip(ours, theirs).allSatisfy { $0.agrees(with: $1) }
    case (.object(let ours), let theirs as [String: Any]):
      ours.count == theirs.count
        && ours.allSatisfy { member in theirs[member.name].map(member.value.agrees) ?? false }
    default: false
    }
  }

  /// Whether two numbers are equal but for the last bits, of which Foundation loses some on Linux.
  private static func isNear(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 4 * max(a.ulp, b.ulp) }

  /// Whether a number in it is larger than any double.
  var hasHugeNumber: Bool {
    switch self {
    case .number(let text): Double(text).map { !$0.isFinite } ?? true
    case .array(let elements): elements.contains(where: \.hasHugeNumber)
    case .object(let members): members.contains(where: \.value.hasHugeNumber)
    default: false
    }
  }
}

extension Model.Member {
  func add(to object: inout JSONObjectWriter) {
    switch value {
    case .null: object.addNull(name)
    case .bool(let value): object.add(name, value)
    case .number(let text): if let number = JSONNumber(text) { object.add(name, number) }
    case .string(let text): object.add(name, text)
    case .array(let elements):
      object.array(name) { inner in for element in elements { element.add(to: &inner) } }
    case .object(let members): object.object(name) { inner in for member in members { member.add(to: &inner) } }
    }
  }
}

extension Model {
  /// Random values from a seed (SplitMix64).
  struct Random: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      let first = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
      let second = (first ^ first >> 27) &* 0x94D0_49BB_1331_11EB
      return second ^ second >> 31
    }

    mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }

    mutating func members(depth: Int) -> [Member] {
      var names: Set<String> = []
      return (0..<below(6)).compactMap { _ in
        let name = text()
        return names.insert(name).inserted ? Member(name: name, value: value(depth: depth - 1)) : nil
      }
    }

    mutating func value(depth: Int) -> Model {
      switch below(depth > 0 ? 7 : 5) {
      case 0: .null
      case 1: .bool(below(2) == 0)
      case 2: .number(String(Int64(bitPattern: next())))
      case 3: .number("\(Double(below(1_000_000)) / 64)e\(below(200) - 100)")
      case 4: .string(text())
      case 5: .array((0..<below(5)).map { _ in value(depth: depth - 1) })
      default: .object(members(depth: depth))
      }
    }

    /// Text of characters of every length and every need to be escaped, in composed form, as names may be compared.
    mutating func text() -> String {
      let characters = Array("ab z09\"\\/\n\t\0\u{1F}\u{7F}\u{E9}\u{20AC}\u{2028}\u{1F600}\u{FFFF}{}[]:,")
      return String((0..<below(12)).map { _ in characters[below(characters.count)] })
    }

    /// A text with white space between its tokens.
    mutating func spaced(_ bytes: [UInt8]) -> [UInt8] {
      var (spaced, isInString, isEscaped): ([UInt8], Bool, Bool) = ([], false, false)
      for byte in bytes {
        let isQuote = byte == UInt8(ascii: "\"") && !isEscaped
        let isToken = !isInString && (isQuote || "{}[]:,".utf8.contains(byte))
        func spaces() -> [UInt8] { (0..<below(3)).map { _ in [0x20, 0x0A, 0x0D, 0x09][below(4)] } }
        spaced += (isToken ? spaces() : []) + [byte]
        if isToken && !isQuote { spaced += spaces() }
        isEscaped = isInString && byte == UInt8(ascii: "\\") && !isEscaped
        if isQuote { isInString.toggle() }
      }
      return spaced + (0..<below(3)).map { _ in 0x20 }
    }
  }
}
