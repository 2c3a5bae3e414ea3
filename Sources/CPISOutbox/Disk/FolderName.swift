internal import CPISDigests

/// The names that a folder of ours may hold. Any other is foreign: never read, changed or removed.
enum FolderName: Hashable, Sendable {
  /// Held by whoever has the folder open.
  case lock
  /// A file that was not finished.
  case temporary
  /// A part of the journal, by the sequence number of its first frame.
  case segment(UInt64)
  /// Bytes of the journal that could not be read.
  case quarantine
  /// Not ours.
  case foreign

  static let lockName = "lock"
  static let temporaryName = "unfinished"

  static func segmentName(first sequence: UInt64) -> String { segmentPrefix + hex16(sequence) }

  /// The same bytes of the same place have the same name, so that a second try at mending makes no second copy of
  /// them; and other bytes of that place, as a failing disk may give, do not replace the first.
  static func quarantineName(segment: UInt64, offset: Int, _ bytes: [UInt8]) -> String {
    var crc = CRC64()
    crc.add(bytes[...])
    return quarantinePrefix + [segment, UInt64(offset), crc.value].map(hex16).joined(separator: "-")
  }

  private static let segmentPrefix = "journal-"
  private static let quarantinePrefix = "quarantine-"

  init(_ name: String) {
    switch name {
    case Self.lockName: self = .lock
    case Self.temporaryName: self = .temporary
    default:
      if let number = Self.number(name, after: Self.segmentPrefix), number <= Frame.highestSequence {
        self = .segment(number)
      } else if Self.isQuarantine(name) {
        self = .quarantine
      } else {
        self = .foreign
      }
    }
  }

  private static func number(_ name: String, after prefix: String) -> UInt64? {
    guard name.hasPrefix(prefix), let number = UInt64(name.dropFirst(prefix.count), radix: 16),
      name == prefix + hex16(number)
    else { return nil }
    return number
  }

  private static func isQuarantine(_ name: String) -> Bool {
    guard name.hasPrefix(quarantinePrefix) else { return false }
    let parts = name.dropFirst(quarantinePrefix.count).split(separator: "-", omittingEmptySubsequences: false)
    return parts.count == 3 && parts.allSatisfy { number(String($0), after: "") != nil }
  }
}

/// A number as 16 hexadecimal digits, so that names sort as numbers do.
func hex16(_ number: UInt64) -> String {
  let digits = String(number, radix: 16)
  return String(repeating: "0", count: 16 - digits.utf8.count) + digits
}
