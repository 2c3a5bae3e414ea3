import CPIS
import CPISHL7
import Foundation
import Testing

@Suite("Writing uploads")
struct RoundTripTests {
  @Test("What is written is read back equal, for 600 generated files", arguments: 0..<6)
  func roundTrip(block: UInt64) throws {
    for seed in block * 100..<(block + 1) * 100 {
      var generator = UploadGenerator(seed: seed)
      let upload = try generator.upload()
      let bytes = try upload.hl7()
      #expect(try LocalAuthorityUpload(hl7: bytes) == upload, "seed \(seed)")
      #expect(try LocalAuthorityUpload(hl7: bytes).hl7() == bytes, "seed \(seed)")
    }
  }

  @Test("What is written validates against the NHS schema", .enabled(if: Schemas.arePresent, Schemas.absence))
  func validates() throws {
    let messages = try (0..<UInt64(600)).map { seed in
      var generator = UploadGenerator(seed: seed)
      return try generator.upload().hl7()
    }
    #expect(try Schemas.faults(of: messages, schema: "REPC_MT000002GB01") == "")
    let samples = try SampleFiles.names.map(SampleFiles.bytes)
    #expect(try Schemas.faults(of: samples, schema: "REPC_MT000002GB01") == "")
  }

  @Test("The check against the schema can fail", .enabled(if: Schemas.arePresent, Schemas.absence))
  func schemaCheckCanFail() throws {
    let text = try SampleFiles.text("leeds").replacingOccurrences(of: "<record>", with: "<record><x/>")
    #expect(try Schemas.faults(of: [Array(text.utf8)], schema: "REPC_MT000002GB01") != "")
  }

  @Test("What the schema cannot hold is refused with its place, and nothing is written of it")
  func refusals() throws {
    var generator = UploadGenerator(seed: 7)
    let upload = try generator.upload()
    let good = try LocalAuthorityUpload(hl7: try SampleFiles.bytes("leeds")).records[0]
    func expectRefused(_ change: (inout UploadRecord) -> Void, _ code: UploadWritingError.Code) {
      var bad = upload
      var record = good
      change(&record)
      bad.records = [good, record]
      bad.header.declaredRecordCount = 2
      let error = #expect(throws: UploadWritingError.self) { try bad.hl7() }
      #expect(error?.code == code)
      #expect(error?.recordPosition == 2)
    }
    expectRefused({ $0.plans = [] }, .partMissing)
    expectRefused({ $0.plans = Array(repeating: $0.plans[0], count: 4) }, .tooManyParts)
    expectRefused({ $0.subjects = Array(repeating: $0.subjects[0], count: 3) }, .tooManyParts)
    expectRefused({ $0.plans[0].kind = nil }, .partMissing)
    expectRefused({ $0.plans[0].start = nil }, .partMissing)
    expectRefused({ $0.plans[0].start = "20260101" }, .valueInvalid)
    expectRefused({ $0.subjects[0].birthDate = "x" }, .valueInvalid)
    expectRefused({ $0.subjects[0].familyName = "a\u{0}b" }, .characterForbidden)
    expectRefused({ $0.readingFault = UploadFault(.unreadable, at: .record) }, .recordUnreadable)
    #expect(throws: UploadWritingError(.recordsMissing)) {
      try LocalAuthorityUpload(header: upload.header, records: []).hl7()
    }
  }

  @Test("A phone without a stated use is written and read back as such, where the schema has room for it")
  func phoneWithoutUse() throws {
    var generator = UploadGenerator(seed: 8)
    var upload = try generator.upload()
    let duty = UploadSender.Telecom(use: "EC", value: "tel:02079460311")
    let other = UploadSender.Telecom(use: nil, value: "tel:02079460312")
    upload.header.sender.telecoms = [duty, other]
    let bytes = try upload.hl7()
    #expect(String(decoding: bytes, as: UTF8.self).contains("use=\"\" value=\"tel:02079460312\""))
    #expect(try LocalAuthorityUpload(hl7: bytes) == upload)
    upload.header.sender.telecoms = [duty, UploadSender.Telecom(use: nil, value: duty.value), other]
    #expect(throws: UploadWritingError(.tooManyParts, place: .sender)) { try upload.hl7() }
    upload.header.sender.telecoms = [UploadSender.Telecom(use: "XX", value: duty.value)]
    #expect(throws: UploadWritingError(.valueInvalid, place: .sender)) { try upload.hl7() }
  }

  @Test("A birth date is written in any form that the schema has, and in no other")
  func birthDates() throws {
    var upload = try LocalAuthorityUpload(hl7: try SampleFiles.bytes("leeds"))
    for text in [
      "2021", "20210730", "202107301015+0100", "20210730101500.25", "20210730101500.25-0000", "2021073010+1",
    ] {
      upload.records[0].subjects[0].birthDate = text
      #expect(try LocalAuthorityUpload(hl7: upload.hl7()) == upload, "\(text)")
      if Schemas.arePresent {
        #expect(try Schemas.faults(of: [upload.hl7()], schema: "REPC_MT000002GB01") == "", "\(text)")
      }
    }
    for text in [
      "", "20210730+0100", "20210730.5", "20210730101500.", "20210730101500.x", "202107301015+",
      "202107301015+01000",
      "202107301015+01x0", "2021073010150012", "2021-07-30",
    ] {
      upload.records[0].subjects[0].birthDate = text
      #expect(throws: UploadWritingError(.valueInvalid, recordPosition: 1, place: .subject(1)), "\(text)") {
        try upload.hl7()
      }
    }
  }

  @Test("What the schema requires of a record is not left out: an end of an unborn child's plan, an id, a name")
  func requiredParts() throws {
    let upload = try LocalAuthorityUpload(hl7: try SampleFiles.bytes("leeds"))
    for change: (inout UploadRecord) -> Void in [
      { $0.plans[0] = .init(kind: .unbornChildProtectionPlan, start: "202609140900") },
      { ($0.subjects[0].nhsNumber, $0.subjects[0].localID) = (nil, nil) }, { $0.subjects[0].role = nil },
      { $0.subjects[0].birthDate = nil }, { $0.subjects[0].givenName = nil }, { $0.subjects[0].familyName = nil },
      { $0.subjects = [] },
    ] {
      var bad = upload
      change(&bad.records[1])
      let error = #expect(throws: UploadWritingError.self) { try bad.hl7() }
      #expect(error?.code == .partMissing && error?.recordPosition == 2)
      #expect(error?.localizedDescription == error?.description)
    }
    var forbidden = upload
    forbidden.records[0].subjects[0].localID = "L\u{0}"
    #expect(throws: UploadWritingError(.characterForbidden, recordPosition: 1, place: .subject(1))) {
      try forbidden.hl7()
    }
    forbidden = upload
    forbidden.header.sender.name = "L\u{FFFE}"
    #expect(throws: UploadWritingError(.characterForbidden, place: .sender)) { try forbidden.hl7() }
  }

  @Test("An error of a record whose position is not known names none")
  func unknownPosition() {
    let place = UploadFault.Place.plan(2)
    #expect(
      "\(UploadWritingError(.valueInvalid, place: place))"
        == "cannot be written: valueInvalid (/File/record/CP-ISRecord/pertinentInformation[2])")
    #expect("\(UploadWritingError(.valueInvalid, recordPosition: 3, place: place))".contains("record[3]"))
    #expect("\(UploadWritingError(.recordsMissing))" == "cannot be written: recordsMissing (/File)")
  }

  @Test("Written record by record, a file is the same, and a wrong count is found")
  func streaming() throws {
    let upload = try LocalAuthorityUpload(hl7: try SampleFiles.bytes("kent"))
    var writer = try UploadWriter(upload.header)
    var bytes: [UInt8] = []
    for record in upload.records { bytes += try writer.write(record) }
    #expect(try bytes + writer.finish() == upload.hl7())
    #expect(throws: UploadWritingError.self) { try writer.write(upload.records[0]) }
    #expect(throws: UploadWritingError(.countDiffers)) { try UploadWriter(upload.header).finish() }
  }
}
