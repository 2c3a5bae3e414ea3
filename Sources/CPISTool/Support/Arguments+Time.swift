import CPIS
import Foundation

extension Arguments {
  /// The instant that an option names as a time on UK clocks; now when it is not given.
  func time(_ name: String) throws(CommandFailure) -> Date {
    guard let text = value(name) else { return Date() }
    guard let time = CivilTime(compact: text.filter { !"-T:".contains($0) }) else {
      throw .usage("\(name) needs a time as 2026-11-21T02:14")
    }
    return UnitedKingdomTime.instant(of: time)
  }
}
