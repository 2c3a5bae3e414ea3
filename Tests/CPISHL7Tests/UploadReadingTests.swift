import CPIS
import CPISHL7
import Foundation
import Testing

@Suite("Reading uploads")
struct UploadReadingTests {
  @Test("The samples are read whole, and every record of them is valid", arguments: SampleFiles.names)
  func samples(name: String) throws {
    let reading = Reading(try SampleFiles.bytes(name))
    #expect(reading.error == nil)
    let summary = try #require(reading.summary)
    #expect(summary.countMatches)
    #expect(summary.recordCount == reading.records.count)
    _ = try summary.header.sender.authority()
    let day = try #require(CivilDay(compact: "20261120"))
    for read in reading.records { _ = try read.record.validated(on: day) }
    #expect(reading.records.map(\.position) == Array(1...reading.records.count))
  }

  @Test("Each field lands where it belongs")
  func fields() throws {
    let reading = Reading(try SampleFiles.bytes("tower-hamlets"))
    let header = try #require(reading.header)
    #expect(header.fileID == 1042)
    #expect(header.sender.code.text == "711")
    #expect(header.sender.name == "LONDON BOROUGH OF TOWER HAMLETS")
    #expect(header.sender.telecoms.map(\.use) == ["EC", "WP"])
    #expect(header.creationTime == Date(timeIntervalSince1970: 1_795_152_600))
    let first = try #require(reading.records.first?.record)
    #expect(first.plans == [.init(kind: .childProtectionPlan, start: "202601120900")])
    #expect(
      first.subjects == [
        .init(
          role: .child, nhsNumber: "9990123012", localID: "TH-20418", birthDate: "20190304", givenName: "Aisha",
          familyName: "Begum")
      ])
    let expecting = try #require(reading.records.map(\.record).first { $0.subjects.count == 2 })
    #expect(expecting.subjects.map(\.role) == [.child, .motherOfUnbornChild])
    #expect(expecting.plans.map(\.kind) == [.lookedAfterChild, .unbornChildProtectionPlan])
  }

  @Test("In pieces of any size the same is read", arguments: [1, 2, 3, 7, 64, 1000])
  func pieces(size: Int) throws {
    let bytes = try SampleFiles.bytes("leeds")
    let whole = Reading(bytes)
    let pieces = Reading(bytes, piece: size)
    #expect(pieces.error == nil)
    #expect(pieces.records == whole.records)
    #expect(pieces.header == whole.header)
  }

  @Test("Damaged anywhere and cut anywhere, a file reads as it does whole, and fails for the same reason")
  func damagedPieces() throws {
    let bytes = try SampleFiles.firstRecord(of: "tower-hamlets")
    for place in stride(from: 0, to: bytes.count, by: 5) {
      for byte: UInt8 in [0x22, 0x26, 0x3C, 0x3E] {
        var damaged = bytes
        damaged[place] = byte
        let whole = Reading(damaged)
        let pieces = Reading(damaged, piece: 1 + place % 17)
        #expect(pieces.error?.code == whole.error?.code, "byte \(place) made \(byte)")
        #expect(pieces.error?.xPath == whole.error?.xPath, "byte \(place) made \(byte)")
        #expect(pieces.records == whole.records, "byte \(place) made \(byte)")
      }
    }
  }

  @Test("Every truncation of a file is found, with the head as far as it was read")
  func truncations() throws {
    let bytes = try SampleFiles.firstRecord(of: "kent")
    let end = try #require(bytes.lastIndex(of: UInt8(ascii: ">")))
    for length in 0..<end {
      let reading = Reading(bytes.prefix(length))
      #expect(reading.summary == nil, "\(length) bytes")
      let error = try #require(reading.error)
      #expect([nil, 2291].contains(error.fileID))
      #expect(error.recordsRead == reading.records.count)
    }
  }

  @Test("No deletion, doubling or change of one byte crashes, or changes the number of records in silence")
  func damagedBytes() throws {
    let bytes = try SampleFiles.firstRecord(of: "leeds")
    let original = Reading(bytes)
    #expect(original.records.count == 1)
    var read = 0
    for place in bytes.indices {
      var variants: [[UInt8]] = []
      variants.append(Array(bytes[..<place] + bytes[(place + 1)...]))
      variants.append(Array(bytes[...place] + bytes[place...]))
      for byte: UInt8 in [0, 0x20, 0x22, 0x26, 0x2F, 0x3C, 0x3E, 0xFF, bytes[place] ^ 1] where byte != bytes[place]
      {
        var changed = bytes
        changed[place] = byte
        variants.append(changed)
      }
      for variant in variants {
        let reading = Reading(variant)
        guard reading.error == nil else { continue }
        read += 1
        #expect(reading.records.count == original.records.count, "byte \(place)")
      }
    }
    #expect(read > 0)
  }

  @Test("Namespace prefixes, white space, order of attributes, CDATA and references do not matter")
  func otherSpellings() throws {
    let text = try SampleFiles.text("leeds")
    let original = Reading(text)
    let prefixed = text.replacing(/<(\/?)([A-Za-z])/) { "<\($0.1)h:\($0.2)" }
      .replacingOccurrences(of: "h:npfitlc:", with: "npfitlc:")
      .replacingOccurrences(of: "xmlns=\"urn:hl7-org:v3\"", with: "xmlns:h=\"urn:hl7-org:v3\"")
    let spellings = [
      prefixed,
      text.replacingOccurrences(of: "npfitlc", with: "loc"),
      text.replacing(/>\s+</, with: "><"),
      text.replacingOccurrences(of: "><", with: ">\n\t <!-- a remark --> <"),
      text.replacing(/root="([^"]*)" extension="([^"]*)"/) { "extension='\($0.2)'\n  root='\($0.1)'" },
      text.replacing(/<family>([^<]*)</) { "<family><![CDATA[\($0.1)]]><" },
      text.replacingOccurrences(of: "Whitaker", with: "&#x57;hi&#116;aker"),
      text.replacingOccurrences(of: "\n", with: "\r\n"),
      "\u{FEFF}" + text,
    ]
    for (index, spelling) in spellings.enumerated() {
      let reading = Reading(spelling)
      #expect(reading.error == nil, "spelling \(index): \(reading.error?.description ?? "")")
      #expect(reading.header == original.header, "spelling \(index)")
      #expect(reading.records.map(\.record) == original.records.map(\.record), "spelling \(index)")
    }
  }

  @Test("One bad record costs only itself, and says why")
  func badRecords() throws {
    let text = try SampleFiles.text("leeds")
    let day = try #require(CivilDay(compact: "20261120"))
    let damages: [(String, String, UploadFault.Reason)] = [
      (
        "<component><lACStartDate><value value=\"202609140900\"/></lACStartDate></component>", "", .planStartMissing
      ),
      ("COCT_TP146100GB01#LACInformation", "COCT_TP146101GB01#CPPInformation", .planKindMissing),
      ("value=\"202609140900\"", "value=\"202609310900\"", .dateUnreadable),
      ("extension=\"9990135347\"", "extension=\"9990135348\"", .nhsNumberInvalid),
      ("<given>Maya</given>", "<given> </given>", .givenNameMissing),
      ("<birthTime value=\"20210730\"/>", "", .birthDateMissing),
      ("<given>Maya</given>", "<given>\(String(repeating: "M", count: 5000))</given>", .unreadable),
      ("<given>Maya</given>", "<given>Maya</given><alias/>", .unreadable),
    ]
    for (old, new, reason) in damages {
      #expect(text.contains(old))
      var damaged = text
      if let range = damaged.range(of: old) { damaged.replaceSubrange(range, with: new) }
      let reading = Reading(damaged)
      #expect(reading.error == nil, "\(reason)")
      #expect(reading.records.count == 5, "\(reason)")
      let found = #expect(throws: UploadFault.self) { try reading.records[0].record.validated(on: day) }
      #expect(found?.reason == reason)
      for read in reading.records.dropFirst() { _ = try read.record.validated(on: day) }
    }
  }

  @Test("A declared document type, a foreign entity, and a bomb are refused")
  func hostileFiles() throws {
    let text = try SampleFiles.text("leeds")
    let bomb = """
      <!DOCTYPE File [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>
      """
    let declaration = #"<?xml version="1.0" encoding="UTF-8"?>"#
    let body = text.replacingOccurrences(of: declaration, with: "")
    #expect(Reading(declaration + bomb + body).error?.code == .doctypeRefused)
    #expect(Reading(text.replacingOccurrences(of: "Whitaker", with: "&b;")).error?.code == .entityRefused)
    #expect(Reading(text.replacingOccurrences(of: "Whitaker", with: "&#0;")).error != nil)
    #expect(Reading("<File xmlns=\"urn:other\"/>").error?.code == .rootUnknown)
    #expect(Reading(text + "<File/>").error?.code == .malformed)
    #expect(Reading(text + "x").error?.code == .malformed)
    for input in ["", " ", "x", "<a>", "<a></b>", "<File"] { #expect(Reading(input).error != nil, "\(input)") }
  }

  @Test("Depth, sizes and counts are capped, each with its own limit")
  func limits() throws {
    let text = try SampleFiles.text("leeds")
    var limits = UploadLimits()
    limits.depth = 5
    #expect(Reading(text, limits: limits).error?.code == .tooDeep)
    limits = UploadLimits()
    limits.fileBytes = 1000
    #expect(Reading(text, limits: limits).error?.code == .tooLarge)
    limits = UploadLimits()
    limits.recordCount = 3
    let cut = Reading(text, limits: limits)
    #expect(cut.error?.code == .tooLarge)
    #expect(cut.records.count == 3)
    limits = UploadLimits()
    limits.recordBytes = 300
    let large = Reading(text, limits: limits)
    #expect(large.error == nil)
    #expect(large.records.allSatisfy { $0.record.readingFault?.reason == .unreadable })
    limits = UploadLimits()
    limits.tokenBytes = 60
    #expect(Reading(text, limits: limits).error?.code == .tooLarge)
    limits = UploadLimits()
    limits.attributes = 1
    #expect(Reading(text, limits: limits).error?.code == .tooLarge)
    limits = UploadLimits()
    limits.namespaces = 1
    #expect(Reading(text, limits: limits).error?.code == .tooLarge)
    for (count, code) in [(64, nil), (65, UploadReadingError.Code.tooLarge)] {
      let foreign = (0..<count).map { "<x xmlns=\"urn:\($0)\"/>" }.joined()
      #expect(
        Reading(text.replacingOccurrences(of: "<name>LEEDS", with: "<name>\(foreign)LEEDS")).error?.code == code)
    }
    let names = String(repeating: "<given>Maya</given>", count: 500)
    let named = Reading(text.replacingOccurrences(of: "<given>Maya</given>", with: names))
    #expect(named.records[0].record.readingFault == UploadFault(.unreadable, at: .subject(1)))
    #expect(named.records[0].record.subjects[0].givenName?.utf8.count ?? 0 <= UploadLimits().textBytes)
    let deep = String(repeating: "<x>", count: 100_000)
    #expect(Reading(text.replacingOccurrences(of: "<given>", with: "<given>\(deep)")).error?.code == .tooDeep)
  }

  @Test("What a reader holds and gives shows no patient when it is printed or dumped")
  func redaction() throws {
    var reader = UploadReader()
    var printed: [String] = []
    func show(_ value: some Any) {
      var dumped = ""
      dump(value, to: &dumped)
      printed += ["\(value)", String(reflecting: value), dumped]
    }
    let text = try SampleFiles.text("leeds")
    let half = try #require(text.range(of: "Maya")).upperBound
    try reader.read(Array(text[..<half].utf8)) { _ in }
    show(reader)
    try reader.read(Array(text[half...].utf8)) { part in
      if case .record(let record) = part {
        show(part)
        show(record)
      }
    }
    #expect(printed.count == 33)
    for text in printed {
      for secret in ["Maya", "9990", "2021", "77, 97, 121"] { #expect(!text.contains(secret)) }
    }
  }

  @Test("The file part is strict: each part missing, doubled or unreadable is an error that names its place")
  func strictHead() throws {
    let text = try SampleFiles.text("leeds")
    for (old, new) in [
      ("<id extension=\"587\"/>", ""), ("<id extension=\"587\"/>", "<id extension=\"abc\"/>"),
      ("<id extension=\"587\"/>", "<id extension=\"587\"/><id extension=\"588\"/>"),
      ("value=\"20261120044500+0000\"", "value=\"20261320\""),
      ("value=\"tel:01134960455\"", "value=\"01134960455\""),
      ("extension=\"212\"", "extension=\"\""), ("<transmissionQuantity value=\"5\"/>", ""),
      ("<record>", "<unknown/><record>"),
    ] {
      var damaged = text
      let range = try #require(damaged.range(of: old))
      damaged.replaceSubrange(range, with: new)
      let error = try #require(Reading(damaged).error, "\(old)")
      #expect(error.xPath.hasPrefix("/File"))
      #expect(error.line > 0)
      #expect(!error.description.contains("999"))
    }
  }

  @Test("A file id is read whatever its length; −1 is none in an upload")
  func fileIDs() throws {
    let text = try SampleFiles.text("leeds")
    func reading(_ id: String) -> Reading {
      Reading(text.replacing("<id extension=\"587\"/>", with: "<id extension=\"\(id)\"/>"))
    }
    let long = String(repeating: "8", count: 40)
    #expect(reading(long).header?.fileID == UploadFileID(long))
    #expect(reading(" 587\n").header?.fileID == 587)
    #expect(reading("0").header?.fileID == 0)
    for id in ["-1", "+587", "5 87", "", "587x"] {
      let error = try #require(reading(id).error, "\(id)")
      #expect(error.code == .valueUnreadable && error.fileID == nil && error.declaredRecordCount == nil, "\(id)")
    }
    let countless = Reading(
      text.replacing("<transmissionQuantity value=\"5\"/>", with: "<transmissionQuantity value=\"-1\"/>"))
    #expect(countless.error?.code == .valueUnreadable)
    #expect(countless.error?.fileID == 587 && countless.error?.declaredRecordCount == nil)
  }

  @Test("The causes that XML gives keep their words, and are all among those documented")
  func causes() throws {
    let file = "<File xmlns='urn:hl7-org:v3'>"
    var limits = UploadLimits()
    limits.depth = 1
    for (document, code, words) in [
      (file + "</b>", .malformed, "not well-formed XML"), ("<File", .truncated, "the file ends too early"),
      (file + "\u{FFFE}</File>", .encodingInvalid, "not UTF-8, or characters that XML forbids"),
      ("<!DOCTYPE a>", .doctypeRefused, "document type declarations are refused"),
      (file + "&e;", .entityRefused, "entities other than those of XML are refused"),
      (file + "<id/>", .tooDeep, "elements are nested too deeply"),
      ("<a b='\(String(repeating: "x", count: 2 << 20))'/>", .tooLarge, "over a size limit"),
    ] as [(String, UploadReadingError.Code, String)] {
      let error = try #require(Reading(document, limits: limits).error, "\(words)")
      #expect(error.code == code)
      #expect(error.displayText == words)
    }
  }

  @Test("A time without a zone is UK local time; with one, it is that instant")
  func timestamps() throws {
    let text = try SampleFiles.text("leeds")
    for (stamp, seconds) in [
      ("20260701120000", 1_782_903_600.0), ("20260701120000+0000", 1_782_907_200),
      ("20260701130000+0100", 1_782_907_200),
      ("202601011200", 1_767_268_800), ("20260101", 1_767_225_600),
    ] {
      let reading = Reading(text.replacingOccurrences(of: "20261120044500+0000", with: stamp))
      #expect(reading.header?.creationTime.timeIntervalSince1970 == seconds, "\(stamp)")
    }
  }
}
