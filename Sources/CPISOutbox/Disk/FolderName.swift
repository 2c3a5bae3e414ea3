/// The names that a folder of ours may hold. Any other is foreign: never read, changed or removed.
enum FolderName: Hashable, Sendable {
  /// Held by whoever has the folder open.
  case lock
  /// A file that was not finished.
  case temporary
  /// A part of the journal, by the sequence number of its first frame.
  case segment(UInt64)
  /// Bytes of the journal that could not be read, by a running number.
  case quarantine(UInt64)
  /// Not ours.
  case foreign

  static let lockName = "lock"
  static let temporaryName = "unfinished"

  static func segmentName(first sequence: UInt64) -> String { "journal-" + hex16(sequence) }
  static func quarantineName(number: UInt64) -> String { "quarantine-" + hex16(number) }

  init(_ name: String) {
    switch name {
    case Self.lockName: self = .lock
    case Self.temporaryName: self = .temporary
    default:
      if let number = Self.number(in: name, after: "journal-") {
        self = .segment(number)
      } else if let number = Self.number(in: name, after: "quarantine-") {
        self = .quarantine(number)
      } else {
        self = .foreign
      }
    }
  }

  private static func number(in name: String, after prefix: String) -> UInt64? {
    guard name.hasPrefix(prefix), let number = UInt64(name.dropFirst(prefix.count), radix: 16),
      name == prefix + hex16(number)
    else { return nil }
    return number
  }
}

/// A number as 16 hexadecimal digits, so that names sort as numbers do.
func hex16(_ number: UInt64) -> String {
  let digits = String(number, radix: 16)
  return String(repeating: "0", count: 16 - digits.utf8.count) + digits
}
