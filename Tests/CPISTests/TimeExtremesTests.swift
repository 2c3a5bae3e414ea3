import CPIS
import Foundation
import Testing

@Suite("Time at its extremes")
struct TimeExtremesTests {
  @Test("No day and no instant traps: those out of range become the nearest of the years 1 to 9999")
  func clamped() {
    for days in [Int.min, -719_163, 2_932_897, .max] {
      let day = CivilDay(daysSince1970: days)
      #expect([1, 9999].contains(day.components.year))
      #expect((1...7).contains(day.weekday))
      for more in [Int.min, -1, 0, 1, .max] { #expect((1...9999).contains(day.adding(days: more).components.year)) }
    }
    #expect(CivilDay(daysSince1970: -719_162) == CivilDay(year: 1, month: 1, day: 1))
    #expect(CivilDay(daysSince1970: 2_932_896) == CivilDay(year: 9999, month: 12, day: 31))
    for seconds in [-Double.infinity, -1e300, 1e300, .infinity, .nan] {
      let time = UnitedKingdomTime.civilTime(at: Date(timeIntervalSince1970: seconds))
      #expect((1...9999).contains(time.day.components.year))
      _ = UnitedKingdomTime.instant(of: time)
    }
  }
}
