#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif

/// An instant as stored forms and logs write it: ISO 8601 in UTC to the millisecond, `2026-11-21T02:14:09.120Z`.
///
/// Foundation's formatters take locale and time zone into account, and accept more than they write.
package enum UTCTimestamp {
  /// Writes an instant, rounded to the millisecond.
  ///
  /// - Returns: `nil` for one that is no number, or lies outside the years 1 to 9999.
  package static func text(_ date: Date) -> String? {
    let milliseconds = (date.timeIntervalSince1970 * 1000).rounded()
    guard milliseconds.isFinite, milliseconds >= -62_135_596_800_000, milliseconds < 253_402_300_800_000 else {
      return nil
    }
    let (seconds, fraction) = divided(Int(milliseconds), by: 1000)
    let (days, second) = divided(seconds, by: 86_400)
    return TextBuilder.text(capacity: 24) { text in
      text.add(CivilDay(daysSince1970: days), separator: "-")
      text.add("T")
      text.add(second / 3600, width: 2)
      text.add(":")
      text.add(second / 60 % 60, width: 2)
      text.add(":")
      text.add(second % 60, width: 2)
      text.add(".")
      text.add(fraction, width: 3)
      text.add("Z")
    }
  }

  /// Reads an instant: date and time of day to the second, a fraction of one to nine digits or none, and `Z`.
  ///
  /// - Returns: `nil` for anything else, and for a day or time of day that does not exist.
  package static func date(_ text: String) -> Date? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"),
      bytes[16] == UInt8(ascii: ":"), bytes.last == UInt8(ascii: "Z"),
      let day = CivilDay(iso8601: text.prefix(10)),
      let time = DigitFields(text.dropFirst(11).prefix(8).filter { $0 != ":" }, widths: [2, 2, 2]),
      time[0] < 24, time[1] < 60, time[2] < 60
    else { return nil }
    let seconds = ((day.daysSince1970 * 24 + time[0]) * 60 + time[1]) * 60 + time[2]
    if bytes.count == 20 { return Date(timeIntervalSince1970: Double(seconds)) }
    let digits = bytes.count - 21
    guard bytes[19] == UInt8(ascii: "."), (1...9).contains(digits),
      let fraction = DigitFields(text.dropFirst(20).dropLast(), widths: [digits])
    else { return nil }
    let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
    return Date(timeIntervalSince1970: Double(seconds) + Double(fraction[0]) / scale)
  }

  private static func divided(_ value: Int, by divisor: Int) -> (Int, Int) {
    let quotient = value >= 0 ? value / divisor : (value - divisor + 1) / divisor
    return (quotient, value - quotient * divisor)
  }
}

extension Date {
  /// The instant to the millisecond, as our files have it, so that what is in memory is what is on disk.
  package init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }

  /// Milliseconds since 1970. An instant that is none, or beyond the year 9999, is taken to its nearest bound.
  package var milliseconds: Int64 {
    let value = (timeIntervalSince1970 * 1000).rounded()
    guard value.isFinite else { return 0 }
    return Int64(min(max(value, -62_135_596_800_000), 253_402_300_799_000))
  }

  /// The same instant without what our files do not keep.
  package var toTheMillisecond: Date { Date(milliseconds: milliseconds) }
}
