// Inlinable where it is generic: other modules write a dozen numbers a record, each of which would cost a call through
// tables otherwise.

/// Writes numbers and texts as our files have them: numbers with their lowest byte first.
package struct ByteWriter {
  /// What was written.
  @usableFromInline package internal(set) var bytes: [UInt8] = []

  /// Makes an empty one, with room for so many bytes.
  package init(reserving count: Int = 64) { bytes.reserveCapacity(count) }

  /// A number, its lowest byte first.
  @inlinable
  package mutating func put(_ number: some FixedWidthInteger) {
    var rest = UInt64(truncatingIfNeeded: number)
    for _ in 0..<type(of: number).bitWidth / 8 {
      bytes.append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
  }

  /// Bytes as they are.
  package mutating func put(_ other: [UInt8]) { bytes += other }

  /// Bytes as they are.
  package mutating func put(_ other: ArraySlice<UInt8>) { bytes += other }

  /// A text after its length in one byte. Longer ones would be cut, and never come here: reasons are words of ours,
  /// and a key's id that is longer is refused with its item.
  package mutating func putShort(_ text: String) {
    let utf8 = Array(text.utf8.prefix(255))
    put(UInt8(utf8.count))
    put(utf8)
  }
}

/// Reads what ``ByteWriter`` wrote. Each read gives `nil` once the bytes run out or make no sense.
package struct ByteReader {
  @usableFromInline package let bytes: ArraySlice<UInt8>
  @usableFromInline package var offset: Int

  /// Begins at the first of the bytes.
  package init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    self.offset = bytes.startIndex
  }

  /// Whether all was read.
  package var isAtEnd: Bool { offset == bytes.endIndex }

  /// The next number of a width.
  @inlinable
  package mutating func number<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) -> Number? {
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

  /// The next so many bytes.
  package mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
    guard count >= 0, bytes.endIndex - offset >= count else { return nil }
    defer { offset += count }
    return bytes[offset..<offset + count]
  }

  /// The next text that has its length in a byte before it.
  package mutating func shortText() -> String? {
    guard let length: UInt8 = number(), let utf8 = take(Int(length)) else { return nil }
    return String(validating: utf8, as: UTF8.self)
  }
}
