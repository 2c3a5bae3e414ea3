import CPIS
import Foundation
import NHSNumbers
import Testing

@Suite("Small values, and every one that can be stored")
struct ValuesTests {
  @Test("Phone numbers: 3 to 20 digits, an optional +, with or without tel:")
  func phones() throws {
    for count in 0...24 {
      let digits = String(repeating: "7", count: count)
      for text in [digits, "+" + digits, "tel:" + digits, "tel:+" + digits] {
        #expect(((try? PhoneNumber(text)) != nil) == (3...20).contains(count), "\(count)")
      }
    }
    for text in ["", "+", "tel:", "TEL:999", "tel:tel:999", "++999", "9 99", "020-7364", "99９", "999x", "999\n"] {
      #expect(throws: InvalidValue.self) { try PhoneNumber(text) }
    }
    #expect(try PhoneNumber("tel:+442073645006").digits == "+442073645006")
    #expect(try PhoneNumber("999").wireForm == "tel:999")
  }

  @Test("Organisation codes: 1 to 12 ASCII letters and digits, in upper case")
  func organisationCodes() throws {
    for count in 0...14 {
      #expect(((try? ODSCode(String(repeating: "r", count: count))) != nil) == (1...12).contains(count))
    }
    for byte in UInt8(0)..<128 {
      let text = String(UnicodeScalar(byte))
      let isAllowed = text.first?.isLetter == true || text.first?.isNumber == true
      #expect(((try? ODSCode(text)) != nil) == isAllowed)
    }
    #expect(try ODSCode("rj1") == ODSCode("RJ1"))
    #expect(try ODSCode("RJ1") < ODSCode("RJ2"))
    #expect(throws: InvalidValue.self) { try ODSCode("É1") }
    #expect(throws: InvalidValue.self) { try ODSCode("١") }
  }

  private func expectRoundTrip<Value: Codable & Equatable>(_ value: Value) throws {
    let data = try JSONEncoder().encode([value])
    #expect(try JSONDecoder().decode([Value].self, from: data) == [value], "\(Value.self)")
  }

  @Test("Every value that is written as one text comes back equal")
  func roundTrips() throws {
    let authority = try PlansTests.authority()
    try expectRoundTrip(try NHSNumber(parsing: "9990000026"))
    try expectRoundTrip(try #require(CivilDay(compact: "20261121")))
    try expectRoundTrip(try #require(CivilTime(compact: "202611211402")))
    try expectRoundTrip(authority.emergencyDutyPhone)
    try expectRoundTrip(authority.code)
  }

  @Test("What breaks a rule of its type is not read, and the error holds nothing of it")
  func notRead() throws {
    func refused<Value: Decodable>(_ type: Value.Type, _ json: String, secret: String) {
      do {
        _ = try JSONDecoder().decode(type, from: Data(json.utf8))
        Issue.record("\(type) read what it must not")
      } catch {
        #expect(!"\(error)".contains(secret))
      }
    }
    refused(NHSNumber.self, #""9990000027""#, secret: "9990000027")
    refused(NHSNumber.self, #""999 000 0026""#, secret: "999 000 0026")
    refused(CivilDay.self, #""2026-02-30""#, secret: "02-30")
    refused(CivilDay.self, #""20260228""#, secret: "20260228")
    refused(CivilDay.self, #""2026-0228""#, secret: "0228")
    refused(CivilTime.self, #""2026022812""#, secret: "2026022812")
    refused(PhoneNumber.self, #""0207 364""#, secret: "0207 364")
    refused(ODSCode.self, #""R J1""#, secret: "R J1")
  }

  @Test("A cached answer is usable until the first day on which one of its plans leaves or the registry named")
  func lastUsableDay() throws {
    let number = try NHSNumber(parsing: "9990000026")
    func lastDay(_ ends: [String?], _ validThrough: String?) throws -> CivilDay? {
      let plans = try #require(
        RecordedPlans(try ends.map { try PlansTests.plan(.childProtectionPlan, "202001010000", $0) }))
      let answer = RegistryAnswer(
        patient: number, finding: .plans(plans, .complete),
        validThrough: validThrough.flatMap { CivilDay(compact: $0) })
      return CachedAnswer(answer: answer, asOf: Date(timeIntervalSince1970: 0)).lastUsableDay
    }
    #expect(try lastDay([nil], nil) == nil)
    #expect(try lastDay([nil, "202601010000"], nil) == CivilDay(compact: "20270101"))
    #expect(try lastDay([nil, "202601010000"], "20261231") == CivilDay(compact: "20261231"))
    #expect(try lastDay([nil, "202601010000"], "20270201") == CivilDay(compact: "20270101"))
  }
}
