import CPIS
import CPISHL7
import CPISReference
import Foundation
import NHSNumbers
import Testing

@Suite("Acknowledgements")
struct AcknowledgementTests {
  /// The codes of records that were not loaded.
  private static let failures = UploadRecordCode.known.filter { $0 != .loaded }

  private func acknowledgement(
    _ fileCode: UploadFileCode, codes: [UploadRecordCode] = [], fileID: UploadFileID? = 7, count: Int? = 9
  ) throws -> UploadAcknowledgement {
    var generator = UploadGenerator(seed: 3)
    let upload = try generator.upload()
    return UploadAcknowledgement(
      creationTime: Date(timeIntervalSince1970: 1_795_152_600), fileID: fileID, recordCount: count,
      recipient: upload.header.sender, fileCode: fileCode, loadedCount: 2, failedCount: codes.count,
      rejected: codes.enumerated().map { index, code in
        .init(
          code: code, reason: index % 2 == 0 ? "plan ends before it starts" : nil,
          location: "/File/record[\(index + 1)]", record: generator.record())
      })
  }

  private func all() throws -> [UploadAcknowledgement] {
    try UploadFileCode.known.map { try acknowledgement($0) }
      + Self.failures.map { try acknowledgement(.someLoaded, codes: [$0]) }
      + [
        try acknowledgement(.noneLoaded, codes: Self.failures),
        try acknowledgement(.fileError, fileID: nil, count: nil),
        try acknowledgement(.fileError, fileID: 7, count: nil),
        try acknowledgement(.fileError, fileID: nil, count: 9),
      ]
  }

  @Test("Every file code and every record code is written and read back equal")
  func roundTrip() throws {
    for value in try all() {
      #expect(try UploadAcknowledgement(hl7: value.hl7()) == value)
    }
  }

  @Test("Every acknowledgement validates against the NHS schema", .enabled(if: Schemas.arePresent, Schemas.absence))
  func validates() throws {
    #expect(try Schemas.faults(of: try all().map { try $0.hl7() }, schema: "REPC_MT000003GB01") == "")
  }

  @Test("From upload to acknowledgement: good records are loaded, bad ones given back with code, reason and place")
  func endToEnd() throws {
    var text = try SampleFiles.text("leeds")
    text = text.replacingOccurrences(of: "9990133972", with: "9990133973")
    text = text.replacingOccurrences(
      of: "<component><lACStartDate><value value=\"202609140900\"/></lACStartDate></component>", with: "")
    let clock = ManualClock(CivilTime(startOf: try #require(CivilDay(compact: "20261120"))))
    let registry = ReferenceRegistry(demographics: Demographics(unlistedNumbers: .trusted), clock: clock)
    let result = registry.ingest(try LocalAuthorityUpload(hl7: Array(text.utf8)))
    #expect(result.fileCode == .someLoaded)
    #expect(result.rejected.map(\.code) == [.other, .numberInvalid])
    let bytes = try result.hl7()
    let read = try UploadAcknowledgement(hl7: bytes)
    #expect(read.loadedCount == 3)
    #expect(read.failedCount == 2)
    // The one without a start date cannot be held by the schema: a message without a record stands in its place.
    #expect(read.rejected.map(\.code) == [.other, .numberInvalid])
    #expect(read.rejected.map(\.record) == [nil, result.rejected[1].record])
    #expect(read.rejected.map(\.location) == result.rejected.map(\.location))
    #expect(read.rejected[0].reason == "plan start date missing")
    if Schemas.arePresent { #expect(try Schemas.faults(of: [bytes], schema: "REPC_MT000003GB01") == "") }
  }

  @Test("Truncated, damaged and foreign messages are errors, never an acknowledgement that says less")
  func damage() throws {
    let value = try acknowledgement(.someLoaded, codes: [.sensitive])
    let bytes = try value.hl7()
    let end = try #require(bytes.lastIndex(of: UInt8(ascii: ">")))
    for length in stride(from: 0, to: end, by: 3) {
      #expect(throws: UploadReadingError.self) { try UploadAcknowledgement(hl7: bytes.prefix(length)) }
    }
    for place in stride(from: 0, to: bytes.count, by: 3) {
      for byte: UInt8 in [0x20, 0x22, 0x3C, 0x3E] {
        var changed = bytes
        changed[place] = byte
        guard let read = try? UploadAcknowledgement(hl7: changed) else { continue }
        #expect(read.rejected.count == value.rejected.count)
      }
    }
    #expect(throws: UploadReadingError.self) { try UploadAcknowledgement(hl7: try SampleFiles.bytes("leeds")) }
    let doctype = #"<!DOCTYPE x []>"# + String(decoding: bytes, as: UTF8.self).dropFirst(38)
    #expect(throws: UploadReadingError.self) { try UploadAcknowledgement(hl7: Array(doctype.utf8)) }
  }

  @Test("Records and places are capped as in an upload")
  func limits() throws {
    let value = try acknowledgement(.noneLoaded, codes: Array(Self.failures.prefix(3)))
    let text = String(decoding: try value.hl7(), as: UTF8.self)
    func code(_ text: String, _ limits: UploadLimits) -> UploadReadingError.Code? {
      do throws(UploadReadingError) {
        _ = try UploadAcknowledgement(hl7: Array(text.utf8), limits: limits)
        return nil
      } catch {
        return error.code
      }
    }
    var limits = UploadLimits()
    limits.recordCount = 3
    #expect(code(text, limits) == nil)
    limits.recordCount = 2
    #expect(code(text, limits) == .tooLarge)
    // Records without places do not get past the cap either.
    let placeless = text.replacing(/<acknowledgementRecord>(.|\n)*<\/acknowledgementRecord>/, with: "")
    #expect(code(placeless, limits) == .tooLarge)
    #expect(try UploadAcknowledgement(hl7: Array(placeless.utf8)).unpairedRecords.count == 3)
    limits = UploadLimits()
    limits.recordBytes = 300
    let read = try UploadAcknowledgement(hl7: Array(text.utf8), limits: limits)
    #expect(read.rejected.count == 3)
    #expect(read.rejected.allSatisfy { $0.record?.readingFault?.reason == .unreadable })
    limits = UploadLimits()
    limits.tokenBytes = 60
    #expect(code(text, limits) == .tooLarge)
  }

  @Test("A part that comes twice is refused: neither could be believed")
  func repeatedParts() throws {
    let text = String(decoding: try acknowledgement(.noneLoaded, codes: [.sensitive]).hl7(), as: UTF8.self)
    func code(_ text: String) -> UploadReadingError.Code? {
      do throws(UploadReadingError) {
        _ = try UploadAcknowledgement(hl7: Array(text.utf8))
        return nil
      } catch {
        return error.code
      }
    }
    #expect(code(text) == nil)
    for name in [
      "acknowledgementFile", "acknowledgementRecord", "location", "originalText", "failedReturnedCP-ISRecords",
      "successfulReturnedCP-ISRecords", "cP-ISLAAcknowledgementResponse", "pertinentInformation1",
      "invalidCP-ISRecord",
    ] {
      let start = try #require(text.range(of: "<\(name)>"), "\(name)")
      let end = try #require(text.range(of: "</\(name)>"), "\(name)")
      let part = text[start.lowerBound..<end.upperBound]
      #expect(code(text.replacingOccurrences(of: part, with: part + part)) == .partUnexpected, "\(name)")
    }
    for value in ["<value value=\"1\"/></failed", "<value value=\"2\"/></successful"] {
      #expect(text.contains(value))
      let doubled = text.replacingOccurrences(of: value, with: "<value value=\"9\"/>" + value)
      #expect(code(doubled) == .partUnexpected, "\(value)")
    }
  }

  @Test("What could not be read is −1 in the message and nowhere else")
  func unreadable() throws {
    func text(_ fileID: UploadFileID?, _ count: Int?) throws -> String {
      String(decoding: try acknowledgement(.fileError, fileID: fileID, count: count).hl7(), as: UTF8.self)
    }
    let blind = try text(nil, nil)
    #expect(blind.contains("<id extension=\"-1\"/>") && blind.contains("<transmissionQuantity value=\"-1\"/>"))
    #expect(!(try text(1, 1)).contains("\"-1\""))
    let long = try #require(UploadFileID("123456789012345678901234567890"))
    #expect(try UploadAcknowledgement(hl7: Array(text(long, 0).utf8)).fileID == long)
    for (old, new) in [
      ("<id extension=\"-1\"/>", "<id extension=\"-2\"/>"), ("<id extension=\"-1\"/>", "<id extension=\"\"/>"),
      ("<id extension=\"-1\"/>", "<id extension=\"-01\"/>"),
      ("<transmissionQuantity value=\"-1\"/>", "<transmissionQuantity value=\"-2\"/>"),
      ("<transmissionQuantity value=\"-1\"/>", "<transmissionQuantity value=\"unknown\"/>"),
    ] {
      do throws(UploadReadingError) {
        _ = try UploadAcknowledgement(hl7: Array(blind.replacingOccurrences(of: old, with: new).utf8))
        Issue.record("\(new) was read")
      } catch {
        #expect(error.code == .valueUnreadable, "\(new)")
        #expect(error.fileID == nil && error.declaredRecordCount == nil)
      }
    }
  }

  @Test("A rejected record without a reason, or with an empty one, has no text of it")
  func reasons() throws {
    var value = try acknowledgement(.noneLoaded, codes: [.other, .sensitive, .notVerified])
    value.rejected[0].reason = nil
    value.rejected[1].reason = ""
    value.rejected[2].reason = "a < b"
    let bytes = try value.hl7()
    #expect(String(decoding: bytes, as: UTF8.self).components(separatedBy: "<originalText>").count == 2)
    #expect(try UploadAcknowledgement(hl7: bytes).rejected.map(\.reason) == [nil, nil, "a < b"])
    value.rejected[2].reason = "a\u{0}b"
    #expect(throws: UploadWritingError(.characterForbidden)) { try value.hl7() }
  }

  @Test("What the schema cannot hold is refused")
  func refusals() throws {
    var value = try acknowledgement(.someLoaded)
    value.recipient.telecoms = []
    #expect(throws: UploadWritingError.self) { try value.hl7() }
    value = try acknowledgement(.someLoaded)
    value.recordCount = -1
    #expect(throws: UploadWritingError(.valueInvalid)) { try value.hl7() }
    value = try acknowledgement(.someLoaded)
    value.failedCount = -1
    #expect(throws: UploadWritingError(.valueInvalid)) { try value.hl7() }
    // A record that was loaded is not among those that were not.
    value = try acknowledgement(.someLoaded, codes: [.loaded])
    #expect(throws: UploadWritingError(.valueInvalid)) { try value.hl7() }
  }

  @Test("An authority that gave no name, or three phones, is acknowledged all the same; nothing blank is written")
  func recipients() throws {
    var value = try acknowledgement(.noneLoaded)
    for name in ["", " ", "\u{200B}", "\u{3164}"] {
      value.recipient.name = name
      let read = try UploadAcknowledgement(hl7: value.hl7())
      #expect(read.recipient.name == value.recipient.code.text)
    }
    value.recipient.name = "Leeds\u{85}\u{202E}x"
    value.recipient.telecoms = [
      .init(use: "EC", value: "tel:1234"), .init(use: "WP", value: "tel:1234"), .init(use: "MC", value: "tel:5678"),
    ]
    let bytes = try value.hl7()
    let read = try UploadAcknowledgement(hl7: bytes)
    #expect(read.recipient.name == "Leeds x")
    #expect(read.recipient.telecoms == Array(value.recipient.telecoms.prefix(2)))
    if Schemas.arePresent { #expect(try Schemas.faults(of: [bytes], schema: "REPC_MT000003GB01") == "") }
  }
}
