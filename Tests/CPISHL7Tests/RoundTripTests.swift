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
