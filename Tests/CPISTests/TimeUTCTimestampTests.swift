import CPIS
import Foundation
import Testing

@Suite("Instants as stored forms write them")
struct TimeUTCTimestampTests {
  @Test("An instant is written in UTC to the millisecond, and comes back equal")
  func roundTrip() throws {
    let formatter = ISO8601DateFormatter()
    formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
    for seconds in [0, -1, 1_795_227_249.12, -2_208_988_800.5, 1_583_020_799.999, 253_402_300_799.999] {
      let date = Date(timeIntervalSince1970: seconds)
      let text = try #require(UTCTimestamp.text(date))
      #expect(text == formatter.string(from: date))
      #expect(abs(try #require(UTCTimestamp.date(text)).timeIntervalSince(date)) < 0.000_5)
      #expect(UTCTimestamp.text(try #require(UTCTimestamp.date(text))) == text)
    }
  }

  @Test(
    "What is no instant of the years 1 to 9999 has no text",
    arguments: [Double.nan, Double.infinity, -Double.infinity, 253_402_300_800, -62_135_596_801])
  func noText(seconds: Double) {
    #expect(UTCTimestamp.text(Date(timeIntervalSince1970: seconds)) == nil)
  }

  @Test("A fraction of one to nine digits or none is read")
  func fractions() {
    let whole = Date(timeIntervalSince1970: 1_795_227_249)
    #expect(UTCTimestamp.date("2026-11-21T02:14:09Z") == whole)
    #expect(UTCTimestamp.date("2026-11-21T02:14:09.5Z") == whole + 0.5)
    #expect(UTCTimestamp.date("2026-11-21T02:14:09.000000001Z") == whole + 0.000_000_001)
  }

  @Test(
    "Anything else is not an instant",
    arguments: [
      "", "2026-11-21", "2026-11-21T02:14:09", "2026-11-21T02:14Z", "2026-02-30T02:14:09Z", "2026-11-21T24:00:00Z",
      "2026-11-21T02:60:00Z", "2026-11-21T02:14:60Z", "2026-11-21t02:14:09Z", "2026-11-21 02:14:09Z",
      "2026-11-21T02:14:09+00:00", "2026-11-21T02:14:09.Z", "2026-11-21T02:14:09.0000000001Z",
      "2026-11-21T02:14:09,5Z",
      "2026-11-21T0é:14:09Z", "+026-11-21T02:14:09Z", "2026-1-21T002:14:09Z", "2026-11-21T02:14:09.-5Z",
      "2026-11-21T0214::09Z",
    ])
  func notAnInstant(text: String) {
    #expect(UTCTimestamp.date(text) == nil)
  }
}
