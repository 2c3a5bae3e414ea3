import CPIS
import CPISHL7
import Foundation
import Testing

@Suite("What authorities send that must not pass as it is")
struct OutsideUploadTests {
  private func leeds(_ replacements: (String, String)...) throws -> String {
    var text = try SampleFiles.text("leeds")
    for (old, new) in replacements {
      let range = try #require(text.range(of: old), "\(old)")
      text.replaceSubrange(range, with: new)
    }
    return text
  }

  private func fault(_ reading: Reading) throws -> UploadFault? {
    #expect(reading.error == nil)
    let record = try #require(reading.records.first).record
    let madeOn = UnitedKingdomTime.day(at: try #require(reading.header).creationTime)
    do throws(UploadFault) {
      _ = try record.validated(on: madeOn, fileMadeOn: madeOn)
      return nil
    } catch {
      return error
    }
  }

  @Test("Controls, separators and direction marks in the authority's name become spaces where they come in")
  func senderName() throws {
    for raw in [
      "\u{9B}2J", "&#x9b;2J", "&#x85;2J", "\u{2028}2J", "\u{202E}2J", "\u{2066}2J", "\u{61C}2J", "&#13;2J",
    ] {
      let reading = Reading(try leeds(("<name>LEEDS", "<name>\u{200F} LEEDS\(raw)")))
      #expect(reading.header?.sender.name == "LEEDS 2J CITY COUNCIL", "\(raw)")
    }
    // Joiners stay: they are a part of how names are written.
    #expect(Reading(try leeds(("LEEDS", "LEE\u{200D}DS"))).header?.sender.name == "LEE\u{200D}DS CITY COUNCIL")
  }

  @Test("Patients' names are kept as they were sent, and are given back so")
  func patientNames() throws {
    let reading = Reading(try leeds(("<given>Maya", "<given>Ma\u{202E}\u{9B}ya")))
    #expect(reading.records[0].record.subjects[0].givenName == "Ma\u{202E}\u{9B}ya")
    let upload = LocalAuthorityUpload(header: try #require(reading.header), records: reading.records.map(\.record))
    #expect(try LocalAuthorityUpload(hl7: upload.hl7()).records == upload.records)
  }

  @Test(
    "An authority's name of nothing that can be seen is a fault of every record, and never written",
    arguments: ["", " \n ", "\u{200B}", "\u{A0}", "\u{3164}", "&#x2800;", "<!-- no -->"])
  func blankName(name: String) throws {
    let reading = Reading(try leeds(("LEEDS CITY COUNCIL", name)))
    let header = try #require(reading.header)
    #expect(throws: UploadFault(.authorityNameMissing, at: .sender)) { try header.sender.authority() }
    let upload = LocalAuthorityUpload(header: header, records: reading.records.map(\.record))
    #expect(throws: UploadWritingError(.partMissing, place: .sender)) { try upload.hl7() }
  }

  @Test("A blank name of a child, or a blank id, is not written either")
  func blankParts() throws {
    let upload = try LocalAuthorityUpload(hl7: try SampleFiles.bytes("leeds"))
    for change: (inout UploadRecord.Subject) -> Void in [
      { $0.givenName = " " }, { $0.familyName = "" }, { $0.familyName = "\u{3164}" }, { $0.localID = "\u{200B}" },
      { $0.nhsNumber = " " },
    ] {
      var bad = upload
      change(&bad.records[0].subjects[0])
      let error = #expect(throws: UploadWritingError.self) { try bad.hl7() }
      #expect(error?.place == .subject(1) && error?.recordPosition == 1)
    }
  }

  @Test("A plan of an impossible year is CPR07, and only that record is refused")
  func impossibleDates() throws {
    for year in ["9999", "2100", "1899", "0001"] {
      let reading = Reading(try leeds(("202609140900", "\(year)01010000")))
      #expect(try fault(reading) == UploadFault(.dateOutOfRange, at: .plan(1)), "\(year)")
    }
    for date in ["20991231", "20261121", "00010101", "19061119", "20261121000000"] {
      let reading = Reading(try leeds(("<birthTime value=\"20210730\"/>", "<birthTime value=\"\(date)\"/>")))
      #expect(try fault(reading) == UploadFault(.birthDateImpossible, at: .subject(1)), "\(date)")
    }
  }

  @Test("A file that says it was made before 1900 or after 2099 is refused, and none is written")
  func impossibleCreation() throws {
    for stamp in ["00010101000000", "18991231235959+0000", "21000101000000+0000", "99991231"] {
      let error = try #require(Reading(try leeds(("20261120044500+0000", stamp))).error, "\(stamp)")
      #expect(error.code == .valueUnreadable && error.xPath == "/File/creationTime")
    }
    for stamp in ["19000101000000+0000", "20991231235959+0000"] {
      #expect(Reading(try leeds(("20261120044500+0000", stamp))).error == nil, "\(stamp)")
    }
    var upload = try LocalAuthorityUpload(hl7: try SampleFiles.bytes("leeds"))
    for seconds in [-2_208_988_801.0, 4_102_444_800, .infinity, .nan] {
      upload.header.creationTime = Date(timeIntervalSince1970: seconds)
      #expect(throws: UploadWritingError(.valueInvalid)) { try upload.hl7() }
    }
  }

  @Test("Who gave an authority's own id is kept, and written again")
  func assigner() throws {
    let text = try SampleFiles.text("leeds")
    let own = try #require(text.firstMatch(of: /18\.24" extension="([^"]*)"/)).1
    let reading = Reading(
      try leeds(("extension=\"\(own)\"", "extension=\"\(own)\" assigningAuthorityName=\"RA9:EX &amp; CO\"")))
    #expect(reading.records[0].record.subjects[0].localID == String(own))
    #expect(reading.records[0].record.subjects[0].localIDAssigner == "RA9:EX & CO")
    #expect(reading.records[1].record.subjects[0].localIDAssigner == nil)
    let upload = LocalAuthorityUpload(header: try #require(reading.header), records: reading.records.map(\.record))
    let bytes = try upload.hl7()
    #expect(String(decoding: bytes, as: UTF8.self).contains(" assigningAuthorityName=\"RA9:EX &amp; CO\""))
    #expect(try LocalAuthorityUpload(hl7: bytes) == upload)
    if Schemas.arePresent { #expect(try Schemas.faults(of: [bytes], schema: "REPC_MT000002GB01") == "") }
    // It says who gave an id, so it is nothing without one; one too long to keep is a fault of its record.
    var without = upload
    without.records[0].subjects[0].localID = nil
    #expect(!String(decoding: try without.hl7(), as: UTF8.self).contains("assigningAuthorityName"))
    var forbidden = upload
    forbidden.records[0].subjects[0].localIDAssigner = "a\u{0}"
    #expect(throws: UploadWritingError(.characterForbidden, recordPosition: 1, place: .subject(1))) {
      try forbidden.hl7()
    }
    let long = String(repeating: "x", count: 3000)
    let tooLong = Reading(
      try leeds(("extension=\"\(own)\"", "extension=\"\(own)\" assigningAuthorityName=\"\(long)\"")))
    #expect(tooLong.records[0].record.readingFault == UploadFault(.unreadable, at: .subject(1)))
  }

  @Test("Each use of a phone has an element of its own, also where the numbers are the same")
  func telecoms() throws {
    var upload = try LocalAuthorityUpload(hl7: try SampleFiles.bytes("leeds"))
    upload.header.sender.telecoms = [
      .init(use: "EC", value: "tel:01134960455"), .init(use: "WP", value: "tel:01134960455"),
    ]
    let text = String(decoding: try upload.hl7(), as: UTF8.self)
    #expect(text.contains("<telecom use=\"EC\" value=\"tel:01134960455\"/>"))
    #expect(text.contains("<telecom use=\"WP\" value=\"tel:01134960455\"/>"))
    // What came as one element for both is written as two; a third has no room, and none is merged to make it.
    let both = Reading(
      try leeds(
        ("<telecom use=\"EC\" value=\"tel:01134960455\"/>", "<telecom use=\"EC WP\" value=\"tel:01134960455\"/>"),
        ("<telecom use=\"WP\" value=\"tel:01134960450\"/>", "")))
    #expect(both.header?.sender.telecoms == upload.header.sender.telecoms)
    upload.header.sender.telecoms.append(.init(use: "MC", value: "tel:01134960455"))
    #expect(throws: UploadWritingError(.tooManyParts, place: .sender)) { try upload.hl7() }
  }

  @Test("What a file declares of itself that is not read is named: another version, another encoding")
  func declarations() throws {
    for (declaration, code, words) in [
      ("version=\"1.0\" encoding=\"UTF8\"", .encodingUnsupported, "declares an encoding other than UTF-8"),
      ("version=\"1.0\" encoding=\"ISO-8859-1\"", .encodingUnsupported, "declares an encoding other than UTF-8"),
      ("version=\"1.0\" encoding=\"windows-1252\"", .encodingUnsupported, "declares an encoding other than UTF-8"),
      ("version=\"1.0\" encoding=\"UTF-16\"", .encodingUnsupported, "declares an encoding other than UTF-8"),
      ("version=\"1.1\" encoding=\"UTF-8\"", .versionUnsupported, "not XML 1.0"),
      ("version='1.1' encoding=\"UTF8\"", .versionUnsupported, "not XML 1.0"),
    ] as [(String, UploadReadingError.Code, String)] {
      let error = try #require(
        Reading(try leeds(("version=\"1.0\" encoding=\"UTF-8\"", declaration))).error, "\(declaration)")
      #expect(error.code == code && error.line == 1)
      #expect(error.displayText.contains(words), "\(error.displayText)")
    }
    let text = try SampleFiles.text("leeds")
    for encoding in [String.Encoding.utf16, .utf16LittleEndian, .utf16BigEndian, .utf32] {
      let encoded = try #require(text.data(using: encoding))
      let error = try #require(Reading(Array(encoded)).error)
      #expect(error.code == .encodingUnsupported, "\(encoding)")
    }
    // Declared as UTF-8 and not so: the place of the first byte that is none.
    let latin = try leeds(("Whitaker", "Whitak\u{E9}r"))
    let encoded = try #require(latin.data(using: .isoLatin1))
    let error = try #require(Reading(Array(encoded)).error)
    let place = try #require(latin.range(of: "\u{E9}"))
    #expect(error.code == .encodingInvalid)
    #expect(error.byteOffset == latin[..<place.lowerBound].utf8.count)
    #expect(error.line == latin[..<place.lowerBound].filter { $0 == "\n" }.count + 1)
  }

  @Test("However a file is cut, each line and column that is told is the same")
  func linesAndCuts() throws {
    let text = try leeds(
      ("<id extension=\"587\"/>", "<id extension=\"587\"\n\n/>"), ("<record>", "<record\n\n\n>"),
      ("<pertinentInformation>", "<pertinentInformation\n>\n"))
    let broken = try [
      text, leeds(("<creationTime", "\n\n   \n stray \n\n text<creationTime")),
      leeds(("LEEDS CITY COUNCIL", "a\n\nb \u{FFFE}\n c")), leeds(("<given>Maya", "<given>\n\n\u{1} Maya")),
      leeds(("<id extension=\"587\"/>", "<id\n\n extension=\"abc\"\n/>")),
      leeds(("<transmissionQuantity value=\"5\"/>", "")), leeds(("<record>", "\n&#65;<record>")),
      leeds(("</organisation>", "\n x\n</organisation>")), leeds(("<name>", "<name\n>\n\n\n]]>")),
    ]
    for (number, document) in broken.enumerated() {
      let bytes = Array(document.utf8)
      let whole = Reading(bytes)
      if number > 0 { #expect(whole.error != nil, "document \(number)") }
      for piece in [1, 2, 7, 61, 500] {
        let cut = Reading(bytes, piece: piece)
        #expect(cut.records == whole.records, "document \(number), piece \(piece)")
        #expect(cut.error == whole.error, "document \(number), piece \(piece)")
      }
    }
    let read = Reading(text).records[0]
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[read.line - 1].contains("<record"))
    #expect(lines[read.line(of: .plan(1)) - 1].contains("<pertinentInformation"))
    #expect(lines[read.line(of: .subject(1)) - 1].contains("<subject"))
    // The line of stray text is that of its first character.
    let stray = try #require(Reading(broken[1]).error)
    #expect(broken[1].split(separator: "\n", omittingEmptySubsequences: false)[stray.line - 1].contains("stray"))
    #expect(stray.column == 2)
  }

  @Test("A file over its limit is refused at the same place however it is cut")
  func limitAndCuts() throws {
    let bytes = try SampleFiles.bytes("leeds")
    var limits = UploadLimits()
    limits.fileBytes = 1500
    let whole = Reading(bytes, limits: limits)
    #expect(whole.error?.code == .tooLarge && whole.error?.byteOffset == 1500)
    for piece in [1, 7, 1499, 1500, 1501] {
      let cut = Reading(bytes, piece: piece, limits: limits)
      #expect(cut.error == whole.error && cut.records == whole.records, "piece \(piece)")
    }
  }
}
