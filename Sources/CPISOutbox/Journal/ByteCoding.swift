/// Writes numbers and texts as the journal does: numbers with their lowest byte first.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  mutating func put(_ number: some FixedWidthInteger) {
    var rest = UInt64(truncatingIfNeeded: number)
    for _ in 0..<type(of: number).bitWidth / 8 {
      bytes.append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
  }

  mutating func put(_ other: [UInt8]) { bytes += other }

  /// A text after its length in one byte. Longer ones would be cut, and never come here: reasons are words of ours,
  /// and a key's id that is longer is refused with its item.
  mutating func putShort(_ text: String) {
    let utf8 = Array(text.utf8.prefix(255))
    put(UInt8(utf8.count))
    put(utf8)
  }
}

/// Reads what ``ByteWriter`` wrote. Each read gives `nil` once the bytes run out or make no sense.
struct ByteReader {
  private let bytes: ArraySlice<UInt8>
  private var offset: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    self.offset = bytes.startIndex
  }

  var isAtEnd: Bool { offset == bytes.endIndex }

  mutating func number<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) -> Number? {
    let width = Number.bitWidth / 8
    guard bytes.endIndex - offset >= width else { return nil }
    var value: UInt64 = 0
    var place = width
    while place > 0 {
      place -= 1
      value = value << 8 | UInt64(bytes[offset + place])
    }
    offset += width
    return Number(truncatingIfNeeded: value)
  }

  mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
    guard count >= 0, bytes.endIndex - offset >= count else { return nil }
    defer { offset += count }
    return bytes[offset..<offset + count]
  }

  mutating func shortText() -> String? {
    guard let length: UInt8 = number(), let utf8 = take(Int(length)) else { return nil }
    return String(validating: utf8, as: UTF8.self)
  }
}
