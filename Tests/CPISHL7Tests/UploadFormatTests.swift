import CPIS
import CPISHL7
import Foundation
import Testing

@Suite("The format of an upload, rule by rule")
struct UploadFormatTests {
  /// The first sample with stretches of its text replaced, each where it stands first.
  private func leeds(_ replacements: (String, String)...) throws -> Reading {
    var text = try SampleFiles.text("leeds")
    for (old, new) in replacements {
      let range = try #require(text.range(of: old), "\(old)")
      text.replaceSubrange(range, with: new)
    }
    return Reading(text)
  }

  /// The reading fault of the first record, while all others are read whole.
  private func fault(_ reading: Reading) -> UploadFault? {
    #expect(reading.error == nil)
    #expect(reading.records.count == 5)
    #expect(reading.records.dropFirst().allSatisfy { $0.record.readingFault == nil })
    return reading.records.first?.record.readingFault
  }

  private let number = "<id root=\"2.16.840.1.113883.2.1.4.1\" extension=\"9990135347\"/>"
  private let birth = "<birthTime value=\"20210730\"/>"
  private let start = "<component><lACStartDate><value value=\"202609140900\"/></lACStartDate></component>"

  @Test("A zone is at most 14 hours, to either side, and its minutes are below 60")
  func zones() throws {
    let base = 1_795_152_600.0 + 15 * 60
    for (zone, hours) in [
      ("+1400", 14.0), ("-1400", -14), ("+14", 14), ("-9", -9), ("+0530", 5.5), ("+1359", 13 + 59.0 / 60),
      ("+0000", 0),
    ] {
      let reading = try leeds(("20261120044500+0000", "20261120054500\(zone)"))
      let created = try #require(reading.header, "\(zone)").creationTime.timeIntervalSince1970
      #expect(created == base - hours * 3600, "\(zone)")
    }
    for zone in ["+1401", "-1401", "+15", "+1500", "+0060", "+01000", "+010", "+", "-", "Z", "+-1", "+1x"] {
      #expect(
        try leeds(("20261120044500+0000", "20261120054500\(zone)")).error?.code == .valueUnreadable, "\(zone)")
    }
  }

  @Test("A time has whole pairs of digits, a fraction only after seconds, and a zone only after hours")
  func times() throws {
    for (stamp, isRead) in [
      ("20261120044500.25+0000", true), ("2026112004+0000", true), ("20261120+0000", false), ("202611200", false),
      ("2026112004.5", false), ("20261120044500.", false), ("20261120044561", false), ("20261120044560", true),
      ("20261120250000", false), ("", false), ("2026.1.1", false), ("2026", true), ("202611", true),
    ] {
      #expect((try leeds(("20261120044500+0000", stamp)).error == nil) == isRead, "\(stamp)")
    }
  }

  @Test("Two NHS numbers, two own ids or an id of another kind leave open who is meant: unreadable")
  func identifiers() throws {
    let subject = UploadFault(.unreadable, at: .subject(1))
    let own = "<id root=\"2.16.840.1.113883.2.1.3.2.4.18.24\" extension=\"X\"/>"
    #expect(fault(try leeds((number, number + number))) == subject)
    #expect(fault(try leeds((number, number + number.replacing("9990135347", with: "9990133972")))) == subject)
    #expect(fault(try leeds((number, number + own))) == subject)
    #expect(fault(try leeds((number, number + "<id root=\"1.2.3\" extension=\"X\"/>"))) == subject)
    #expect(fault(try leeds((number, number + "<id extension=\"X\"/>"))) == subject)
    #expect(fault(try leeds(("18.24\" extension=\"LCS-448120\"", "18.24\""))) == subject)
    #expect(fault(try leeds((number, ""))) == nil)
  }

  @Test("A part that comes twice is unreadable, also where both say the same")
  func doubled() throws {
    let subject = UploadFault(.unreadable, at: .subject(1))
    let plan = UploadFault(.unreadable, at: .plan(1))
    #expect(fault(try leeds((birth, birth + birth))) == subject)
    let family = "<family>Osei-Bonsu</family>"
    #expect(fault(try leeds((family, family + family))) == subject)
    #expect(fault(try leeds((start, start + start))) == plan)
    let value = "<value value=\"202609140900\"/>"
    #expect(fault(try leeds((value, value + value))) == plan)
  }

  @Test("Stray text is unreadable in a record, and refuses the file in its head; in a name it says nothing")
  func strayText() throws {
    #expect(fault(try leeds(("<record>", "<record>x"))) == UploadFault(.unreadable, at: .record))
    #expect(fault(try leeds((start, "x" + start))) == UploadFault(.unreadable, at: .plan(1)))
    #expect(fault(try leeds((birth, "&#65;" + birth))) == UploadFault(.unreadable, at: .subject(1)))
    #expect(fault(try leeds((birth, " &#32;<![CDATA[ ]]>\n" + birth))) == nil)
    #expect(fault(try leeds(("<given>", "Miss <given>"))) == nil)
    for (old, new) in [
      ("<creationTime", "x<creationTime"), ("<organisation>", "<organisation>x"), ("<record>", "x<record>"),
      ("<telecom use=\"EC\" value=\"tel:01134960455\"/>", "<telecom use=\"EC\" value=\"tel:01134960455\"/>x"),
    ] {
      #expect(try leeds((old, new)).error?.code == .partUnexpected, "\(new)")
    }
  }

  @Test("Only an end or a delete date may be nil; anything else that is makes its record unreadable")
  func disallowedNil() throws {
    let xsi = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\""
    for mark in [xsi, "nullFlavor=\"UNK\"", xsi.replacing("true", with: "1")] {
      for (name, place) in [
        ("<lACStartDate>", UploadFault.Place.plan(1)), ("<component>", .plan(1)),
        ("<value value=\"202609140900\"", .plan(1)), ("<given>", .subject(1)), ("<childPerson>", .subject(1)),
        ("<birthTime", .subject(1)), ("<record>", .record), ("<CP-ISRecord>", .record),
      ] {
        let marked = name.hasSuffix(">") ? "\(name.dropLast()) \(mark)>" : "\(name) \(mark)"
        #expect(fault(try leeds((name, marked))) == UploadFault(.unreadable, at: place), "\(marked)")
      }
      #expect(fault(try leeds((start, start + "<component1 \(mark)/>"))) == nil)
      #expect(fault(try leeds((start, start + "<component2><lACDeleteDate \(mark)/></component2>"))) == nil)
      #expect(try leeds(("<organisation>", "<organisation \(mark)>")).error?.code == .valueUnreadable)
    }
    let notNil = xsi.replacing("true", with: "false")
    #expect(fault(try leeds(("<birthTime", "<birthTime \(notNil)"))) == nil)
    #expect(
      fault(try leeds(("<birthTime", "<birthTime updateMode=\"A\""))) == UploadFault(.unreadable, at: .subject(1)))
  }

  @Test("An end or delete date says a time or that there is none, and never both or neither")
  func datesWithoutValue() throws {
    let plan = UploadFault(.unreadable, at: .plan(1))
    for (component, name) in [("component1", "lACEndDate"), ("component2", "lACDeleteDate")] {
      func with(_ content: String) throws -> UploadFault? {
        fault(try leeds((start, start + "<\(component)>\(content)</\(component)>")))
      }
      #expect(try with("<\(name)><value value=\"202609150900\"/></\(name)>") == nil)
      #expect(try with("<\(name)><value/></\(name)>") == plan)
      #expect(try with("<\(name)></\(name)>") == plan)
      #expect(try with("") == plan)
      #expect(try with("<\(name) nullFlavor=\"UNK\"><value value=\"202609150900\"/></\(name)>") == plan)
      #expect(try with("<cPPEndDate><value value=\"202609150900\"/></cPPEndDate>") == plan)
    }
  }

  @Test("A head with three phones, a use that is none, or a negative id is refused")
  func heads() throws {
    let office = "<telecom use=\"WP\" value=\"tel:01134960450\"/>"
    #expect(try leeds((office, office + office)).error?.code == .partUnexpected)
    #expect(try leeds((office, office.replacing("WP", with: "XX"))).error?.code == .valueUnreadable)
    #expect(try leeds((office, office.replacing("tel:", with: "tel: "))).error?.code == .valueUnreadable)
    #expect(try leeds((office, "")).error == nil)
    for id in ["-587", "-1", "−587", "--587"] {
      #expect(try leeds(("<id extension=\"587\"/>", "<id extension=\"\(id)\"/>")).error?.code == .valueUnreadable)
    }
    #expect(
      try leeds(("root=\"2.16.840.1.113883.2.1.3.2.4.19.1\"", "root=\"1.2.3\"")).error?.code == .valueUnreadable)
    #expect(try leeds(("4.19.1", "4.19.2")).error == nil)
    let function = "<communicationFunctionSnd>"
    #expect(try leeds(("<organisation>", "<organisation/><organisation>")).error?.code == .partMissing)
    #expect(try leeds((function, function + "</communicationFunctionSnd>" + function)).error?.code == .partMissing)
    #expect(try leeds(("communicationFunctionSnd", "communicationFunctionRcv")).error != nil)
    let long = String(repeating: "x", count: 3000)
    #expect(try leeds(("LEEDS CITY COUNCIL", long)).error?.code == .tooLarge)
    #expect(try leeds(("extension=\"212\"", "extension=\"\(long)\"")).error?.code == .tooLarge)
  }

  @Test("Attributes that come twice, prefixes that are not declared, and ]]> in text refuse the file")
  func malformed() throws {
    for (old, new) in [
      ("<id extension=\"587\"/>", "<id extension=\"587\" extension=\"588\"/>"),
      (birth, "<birthTime value=\"20210730\" value=\"20210730\"/>"),
      (birth, "<birthTime xmlns:p=\"u\" xmlns:q=\"u\" p:x=\"1\" q:x=\"1\" value=\"20210730\"/>"),
      (birth, "<p:birthTime value=\"20210730\"/>"), (birth, "<birthTime p:value=\"20210730\"/>"),
      ("Maya", "Ma]]>ya"), ("LEEDS", "LEE]]>DS"),
    ] {
      #expect(try leeds((old, new)).error?.code == .malformed, "\(new)")
    }
    #expect(try leeds(("Maya", "Ma]]&gt;ya")).records.first?.record.subjects[0].givenName == "Ma]]>ya")
    let twoSpaces = "<birthTime xmlns:p=\"u\" xmlns:q=\"v\" p:x=\"1\" q:x=\"1\" x=\"1\" value=\"20210730\"/>"
    #expect(fault(try leeds((birth, twoSpaces))) == nil)
  }

  @Test("Elements may be nested as deeply as the limit says, and not one deeper")
  func depth() throws {
    func code(_ depth: Int) throws -> UploadReadingError.Code? {
      let inner = String(repeating: "<x>", count: depth - 4) + String(repeating: "</x>", count: depth - 4)
      let text = try SampleFiles.text("leeds").replacing("LEEDS CITY COUNCIL", with: inner + "LEEDS")
      return Reading(text).error?.code
    }
    let limit = UploadLimits().depth
    #expect(try code(limit) == nil)
    #expect(try code(limit + 1) == .tooDeep)
  }

  @Test("A reader that has failed says the same again, whatever is done with it")
  func failedReader() throws {
    var reader = UploadReader()
    let first = #expect(throws: UploadReadingError.self) { try reader.read(Array("<File><b>".utf8)) { _ in } }
    let again = #expect(throws: UploadReadingError.self) { try reader.read(Array("<x/>".utf8)) { _ in } }
    let last = #expect(throws: UploadReadingError.self) { try reader.finish() }
    #expect(first != nil && first == again && first == last)
    let error = try #require(first)
    #expect(error.localizedDescription == error.description && "\(error)" == String(reflecting: error))
    let other = UploadReadingError(.init(rawValue: "later"), line: 1, column: 2, byteOffset: 1, xPath: "/File")
    #expect(other.description == "later (line 1, column 2, /File)")
  }

  @Test("A file without a record, or cut off before one, is refused and says what it was")
  func recordless() throws {
    let text = try SampleFiles.text("leeds")
    let head = try #require(text.range(of: "<record>")).lowerBound
    let whole = Reading(text[..<head] + "</File>")
    #expect(whole.error?.code == .recordsMissing)
    #expect(whole.error?.fileID == 587 && whole.error?.sender?.code.text == "212")
    #expect(Reading(String(text[..<head])).error?.code == .truncated)
    #expect(Reading("<File xmlns=\"urn:hl7-org:v3\"/>").error?.code == .partMissing)
    #expect(Reading(text[..<head] + "<record/></File>").records.count == 1)
    let late = try leeds(("</record>", "</record><id extension=\"1\"/>"))
    #expect(late.error?.code == .partUnexpected && late.records.count == 1)
  }

  @Test("Names that are not text, and parts too long to keep, are faults of their record")
  func names() throws {
    let subject = UploadFault(.unreadable, at: .subject(1))
    #expect(fault(try leeds(("<given>", "<given representation=\"B64\">"))) == subject)
    #expect(fault(try leeds(("<given>", "<given representation=\"TXT\">"))) == nil)
    let long = String(repeating: "x", count: 3000)
    #expect(fault(try leeds(("Maya", long))) == subject)
    #expect(fault(try leeds(("20210730", long))) == subject)
    #expect(fault(try leeds(("Maya</given>", "Maya</given><given>\(long.prefix(2046))</given>"))) == subject)
    #expect(
      fault(try leeds(("<value value=\"202609140900\"", "<value value=\"\(long)\"")))
        == UploadFault(.unreadable, at: .plan(1)))
  }
}
