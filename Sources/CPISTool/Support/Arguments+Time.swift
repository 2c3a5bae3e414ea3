import CPIS
import Foundation

extension Arguments {
  /// The instant that an option names as a time on UK clocks; now when it is not given.
  func time(_ name: String) throws(CommandFailure) -> Date {
    guard let text = value(name) else { return Date() }
    let digits = text.filter { !"-T:".contains($0) }
    guard let time = CivilTime(compact: digits) else {
      guard digits.utf8.count == 12, digits.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) else {
        throw .usage("\(name) needs a time as 2026-11-21T02:14")
      }
      throw .usage(CivilDay(compact: digits.prefix(8)) == nil ? "\(name): no such day" : "\(name): no such time")
    }
    let instant = UnitedKingdomTime.instant(of: time)
    // The library reads a time in the hour that is skipped in March an hour later. Whoever types one is mistaken.
    guard UnitedKingdomTime.civilTime(at: instant) == time else {
      throw .usage("\(name): no such time; UK clocks went forward over it")
    }
    return instant
  }
}
