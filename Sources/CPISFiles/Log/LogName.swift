internal import CPISDigests

/// The names that a log's folder may hold. Any other is foreign: never read, changed or removed.
enum LogName: Hashable, Sendable {
  /// Held by whoever has the folder open.
  case lock
  /// A file that was not finished.
  case temporary
  /// Room set aside for when the disk is full.
  case reserve
  /// A part of the log, by the sequence number of its first frame.
  case segment(UInt64)
  /// Bytes of the log that could not be read.
  case quarantine
  /// Not ours.
  case foreign

  init(_ name: String, of format: LogFormat) {
    switch name {
    case Folder.lockName: self = .lock
    case Folder.temporaryName: self = .temporary
    case Self.reserveName: self = .reserve
    default:
      if let number = Self.number(name, after: format.name + "-"), number <= Frame.highestSequence {
        self = .segment(number)
      } else if Self.isQuarantine(name) {
        self = .quarantine
      } else {
        self = .foreign
      }
    }
  }

  static let reserveName = "reserve"

  static func segment(first sequence: UInt64, of format: LogFormat) -> String {
    format.name + "-" + hex16(sequence)
  }

  /// The same bytes of the same place have the same name, so that a second try at mending makes no second copy of
  /// them; and other bytes of that place, as a failing disk may give, do not replace the first.
  static func quarantine(segment: UInt64, offset: Int, _ bytes: [UInt8]) -> String {
    var crc = CRC64()
    crc.add(bytes[...])
    return quarantinePrefix + [segment, UInt64(offset), crc.value].map(hex16).joined(separator: "-")
  }

  private static let quarantinePrefix = "quarantine-"

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
package func hex16(_ number: UInt64) -> String {
  let digits = String(number, radix: 16)
  return String(repeating: "0", count: 16 - digits.utf8.count) + digits
}
