#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif

/// A point in time as HL7 version 3 writes it: `yyyyMMddHHmmss.f+zzzz`, cut off anywhere after the year.
///
/// Without a zone it is UK local time, as everywhere in CP-IS [D]; with one, `+0100`, `+01` or `+1`.
package enum HL7Timestamp {
  /// Reads a time stamp.
  ///
  /// - Returns: `nil` for anything else, and for a day or minute that does not exist.
  package static func date(_ text: String) -> Date? {
    let bytes = Array(text.utf8)
    let zoneStart = bytes.firstIndex { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") } ?? bytes.count
    let parts = bytes[..<zoneStart].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard let digits = parts.first, parts.count <= 2, parts.allSatisfy({ isDigits($0) }),
      parts.count == 1 || digits.count == 14,
      [4, 6, 8, 10, 12, 14].contains(digits.count),
      let local = seconds(Array(digits))
    else { return nil }
    var fraction = 0.0
    if parts.count == 2 {
      guard let read = Double("0." + String(decoding: parts[1], as: UTF8.self)) else { return nil }
      fraction = read
    }
    guard zoneStart < bytes.count else {
      return UnitedKingdomTime.instant(of: local.time).addingTimeInterval(Double(local.second) + fraction)
    }
    guard digits.count >= 10, let offset = zone(bytes[zoneStart...]) else { return nil }
    let utc = (local.time.day.daysSince1970 * 1440 + local.time.minuteOfDay - offset) * 60 + local.second
    return Date(timeIntervalSince1970: Double(utc) + fraction)
  }

  /// Writes an instant to the second, in UTC: `20261120053000+0000`.
  ///
  /// - Returns: `nil` outside the years 1 to 9999.
  package static func text(_ date: Date) -> String? {
    let seconds = date.timeIntervalSince1970.rounded(.down)
    guard seconds.isFinite, seconds >= -62_135_596_800, seconds < 253_402_300_800 else { return nil }
    let total = Int(seconds)
    let day = total >= 0 ? total / 86_400 : (total - 86_399) / 86_400
    let second = total - day * 86_400
    guard let time = CivilTime(CivilDay(daysSince1970: day), hour: second / 3600, minute: second / 60 % 60)
    else { return nil }
    return time.compact + (second % 60 < 10 ? "0" : "") + "\(second % 60)+0000"
  }

  private static func seconds(_ digits: [UInt8]) -> (time: CivilTime, second: Int)? {
    // What is cut off reads as its first: January, the 1st, midnight.
    let text = String(decoding: digits, as: UTF8.self)
    let filled = text + "0101000000".dropFirst(max(0, digits.count - 4))
    guard let time = CivilTime(compact: filled.prefix(12)), let second = Int(filled.suffix(2)), second <= 60
    else { return nil }
    return (time, second)
  }

  /// Minutes ahead of UTC.
  private static func zone(_ text: ArraySlice<UInt8>) -> Int? {
    let digits = text.dropFirst()
    guard [1, 2, 4].contains(digits.count), isDigits(digits),
      let value = Int(String(decoding: digits, as: UTF8.self))
    else { return nil }
    let minutes = digits.count == 4 ? value / 100 * 60 + value % 100 : value * 60
    guard minutes <= 14 * 60, digits.count < 4 || value % 100 < 60 else { return nil }
    return text.first == UInt8(ascii: "-") ? -minutes : minutes
  }

  private static func isDigits(_ text: ArraySlice<UInt8>) -> Bool {
    !text.isEmpty && text.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }
}
