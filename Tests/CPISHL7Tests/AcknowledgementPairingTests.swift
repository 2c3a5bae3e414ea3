import CPIS
import CPISHL7
import Foundation
import Testing

@Suite("Which record an acknowledgement speaks of")
struct AcknowledgementPairingTests {
  /// A message of the schema, put together from what it says of records and what it gives back.
  private struct Message {
    var fileCode = "CPF03"
    var recordCount = 4
    /// Markup of the details, in their order.
    var details: [String] = []
    /// Markup of the messages, in their order.
    var messages: [String] = []

    var bytes: [UInt8] {
      let records =
        details.isEmpty ? "" : "<acknowledgementRecord>\(details.joined(separator: "\n"))</acknowledgementRecord>"
      return Array(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <FileResponse xmlns="urn:hl7-org:v3" xmlns:npfitlc="NPFIT:HL7:Localisation" \
        xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><creationTime value="20261120053000+0000"/>
        <id extension="587"/><transmissionQuantity value="\(recordCount)"/>
        <acknowledgementFile><acknowledgementFileDetail><code code="\(fileCode)" displayName="Partial File Upload"/>\
        </acknowledgementFileDetail></acknowledgementFile>
        \(records)
        <communicationFunctionRcv><organisation><id root="2.16.840.1.113883.2.1.3.2.4.19.1" extension="212"/>
        <name>LEEDS CITY COUNCIL</name><telecom use="EC" value="tel:01134960455"/></organisation>\
        </communicationFunctionRcv>
        <failedReturnedCP-ISRecords><value value="2"/></failedReturnedCP-ISRecords>
        \(messages.joined(separator: "\n"))
        <successfulReturnedCP-ISRecords><value value="2"/></successfulReturnedCP-ISRecords></FileResponse>
        """.utf8)
    }

    func read() throws -> UploadAcknowledgement {
      if Schemas.arePresent { #expect(try Schemas.faults(of: [bytes], schema: "REPC_MT000003GB01") == "") }
      return try UploadAcknowledgement(hl7: bytes)
    }
  }

  private static func detail(_ code: String, _ location: String, _ inside: String = "") -> String {
    """
    <acknowledgementRecordDetail><code code="\(code)" codeSystem="2.16.840.1.113883.2.1.3.2.4.17.473" \
    displayName="x">\(inside)</code><location>\(location)</location></acknowledgementRecordDetail>
    """
  }

  private static func detail(_ code: String, _ position: Int) -> String {
    detail(code, "/File/record[\(position)]/CP-ISRecord/subject[1]")
  }

  private static func subject(_ name: String, _ number: String) -> String {
    """
    <subject><npfitlc:contentId root="2.16.840.1.113883.2.1.3.2.4.18.16" extension="COCT_TP145101GB01#Child"/>\
    <COCT_TP145101GB01.Child><id root="2.16.840.1.113883.2.1.4.1" extension="\(number)"/><childPerson>\
    <birthTime value="20210730"/><name><given>Maya</given><family>\(name)</family></name></childPerson>\
    </COCT_TP145101GB01.Child></subject>
    """
  }

  private static func message(_ content: String) -> String {
    """
    <message><cP-ISLAAcknowledgementResponse><pertinentInformation1>\(content)</pertinentInformation1>\
    </cP-ISLAAcknowledgementResponse></message>
    """
  }

  /// A record given back, known by its family name.
  private static func bad(_ name: String, number: String = "9990135347") -> String {
    message(
      """
      <invalidCP-ISRecord><pertinentInformation><npfitlc:contentId root="2.16.840.1.113883.2.1.3.2.4.18.16" \
      extension="COCT_TP146100GB01#LACInformation"/><COCT_TP146100GB01.LACInformation><component><lACStartDate>\
      <value value="202609140900"/></lACStartDate></component></COCT_TP146100GB01.LACInformation>\
      </pertinentInformation>\(subject(name, number))</invalidCP-ISRecord>
      """)
  }

  private static func good(_ name: String) -> String {
    message("<validCP-ISRecord>\(subject(name, "9990135347"))</validCP-ISRecord>")
  }

  private static func names(_ acknowledgement: UploadAcknowledgement) -> [String?] {
    acknowledgement.rejected.map { $0.record?.subjects.first?.familyName }
  }

  @Test("With a detail for every record, a fault has its own record, and good ones are no faults")
  func everyRecord() throws {
    let details = [
      Self.detail("CPR06", 1), Self.detail("CPR02", 2), Self.detail("CPR06", 3), Self.detail("CPR03", 4),
    ]
    for messages in [
      [Self.bad("Two"), Self.bad("Four")],
      [Self.good("One"), Self.bad("Two"), Self.good("Three"), Self.bad("Four")],
      [Self.good("One"), Self.good("Three"), Self.bad("Two"), Self.bad("Four")],
    ] {
      let read = try Message(details: details, messages: messages).read()
      #expect(read.rejected.map(\.code) == [.sensitive, .notVerified])
      #expect(Self.names(read) == ["Two", "Four"])
      #expect(read.rejected.map(\.recordPosition) == [2, 4])
      #expect(
        read.loadedLocations == [
          "/File/record[1]/CP-ISRecord/subject[1]", "/File/record[3]/CP-ISRecord/subject[1]",
        ])
      #expect(read.unpairedRecords.isEmpty)
    }
  }

  @Test("Two details of one record both have it, and shift none that follow")
  func twoDetails() throws {
    let read = try Message(
      details: [
        Self.detail("CPR07", "/File/record[2]/CP-ISRecord/pertinentInformation[1]"), Self.detail("CPR03", 2),
        Self.detail("CPR02", 4),
      ], messages: [Self.bad("Two"), Self.bad("Four")]
    ).read()
    #expect(read.rejected.map(\.code) == [.other, .notVerified, .sensitive])
    #expect(Self.names(read) == ["Two", "Two", "Four"])
    #expect(read.unpairedRecords.isEmpty)
  }

  @Test("Details in any order are paired by the place, not by their order")
  func shuffled() throws {
    let read = try Message(
      details: [
        Self.detail("CPR02", 4), Self.detail("CPR03", 2), Self.detail("CPR05", 4), Self.detail("CPR06", 3),
      ],
      messages: [Self.bad("Two"), Self.bad("Four")]
    ).read()
    #expect(read.rejected.map(\.code) == [.sensitive, .notVerified, .superseded])
    #expect(Self.names(read) == ["Four", "Two", "Four"])
  }

  @Test("A pairing that a record contradicts is not made: the file's order is not the only one")
  func contradicted() throws {
    // The number of the record that comes first is no NHS number, and only the second place says so.
    let messages = [Self.bad("First", number: "123"), Self.bad("Second")]
    let read = try Message(details: [Self.detail("CPR04", 4), Self.detail("CPR03", 2)], messages: messages).read()
    #expect(Self.names(read) == ["First", "Second"])
    // Neither order fits: nothing is said of either.
    let neither = try Message(details: [Self.detail("CPR03", 4), Self.detail("CPR03", 2)], messages: messages)
      .read()
    #expect(Self.names(neither) == [nil, nil])
    #expect(neither.unpairedRecords.map { $0.subjects.first?.familyName } == ["First", "Second"])
    let place = "/File/record[2]/CP-ISRecord/pertinentInformation[3]"
    let absent = try Message(details: [Self.detail("CPR07", place)], messages: [Self.bad("First")]).read()
    #expect(Self.names(absent) == [nil] && absent.unpairedRecords.count == 1)
    let second = "/File/record[2]/CP-ISRecord/subject[2]"
    #expect(
      try Message(details: [Self.detail("CPR07", second)], messages: [Self.bad("First")]).read().unpairedRecords
        .count
        == 1)
  }

  @Test("What cannot be paired is kept: records without details, details without records, counts that differ")
  func unpaired() throws {
    let bare = try Message(messages: [Self.bad("Two"), Self.bad("Four")]).read()
    #expect(bare.rejected.isEmpty)
    #expect(bare.unpairedRecords.map { $0.subjects.first?.familyName } == ["Two", "Four"])
    let silent = try Message(details: [Self.detail("CPR02", 2), Self.detail("CPR03", 4)]).read()
    #expect(silent.rejected.map(\.code) == [.sensitive, .notVerified] && Self.names(silent) == [nil, nil])
    // One of two was given back, and nothing says which.
    let fewer = try Message(details: [Self.detail("CPR02", 2), Self.detail("CPR03", 4)], messages: [Self.bad("X")])
      .read()
    #expect(Self.names(fewer) == [nil, nil] && fewer.unpairedRecords.count == 1)
    let more = try Message(details: [Self.detail("CPR02", 2)], messages: [Self.bad("X"), Self.bad("Y")]).read()
    #expect(Self.names(more) == [nil] && more.unpairedRecords.count == 2)
    // The only record that is not loaded is the only one given back.
    let none = try Message(
      details: [Self.detail("CPR06", 1), Self.detail("CPR06", 2)], messages: [Self.good("One"), Self.good("Two")]
    ).read()
    #expect(none.rejected.isEmpty && none.unpairedRecords.isEmpty && none.loadedLocations.count == 2)
  }

  @Test("A message without a record stands for one that could not be given back")
  func nilMessages() throws {
    let read = try Message(
      details: [Self.detail("CPR07", 1), Self.detail("CPR02", 2), Self.detail("CPR03", 4)],
      messages: ["<message xsi:nil=\"true\"/>", Self.bad("Two"), Self.bad("Four")]
    ).read()
    #expect(Self.names(read) == [nil, "Two", "Four"])
    #expect(read.unpairedRecords.isEmpty)
    let records = try Message(messages: ["<message xsi:nil=\"1\"/>"]).read()
    #expect(records.rejected.isEmpty && records.unpairedRecords.isEmpty)
  }

  @Test("A place is understood in the ways that XPaths are written")
  func places() throws {
    let written =
      [
        ("/File/record[3]", 3), ("/File[1]/record[ 12 ]/CP-ISRecord[1]", 12), ("//record[2]", 2),
        ("/hl7:File/hl7:record[7]/hl7:CP-ISRecord/hl7:subject[2]", 7),
        ("/*[local-name()='File']/*[local-name()='record'][5]/*[local-name()='CP-ISRecord']", 5),
        ("/File/record[position()=4]", 4), ("/*[local-name() = \"record\"][position() = 6]", 6),
        ("/File/record", nil), ("/File/record[0]", nil), ("/File/record[-1]", nil), ("/File/record[last()]", nil),
        ("/File/recording[2]", nil), ("/File/record[99999999999999999999]", nil), ("", nil), ("record 3", nil),
        ("/File/communicationFunctionSnd/organisation", nil), ("/File/x[3]/record", nil), ("/File/record[+3]", nil),
      ] as [(String, Int?)]
    for (text, position) in written {
      let found = UploadAcknowledgement.RejectedRecord(code: .other, reason: nil, location: text, record: nil)
      #expect(found.recordPosition == position, "\(text)")
    }
    let prefixed = try Message(
      details: [
        Self.detail("CPR02", "/h:File/h:record[4]"), Self.detail("CPR03", "/*/*[local-name()='record'][2]"),
      ], messages: [Self.bad("Two"), Self.bad("Four")]
    ).read()
    #expect(Self.names(prefixed) == ["Four", "Two"])
  }

  @Test("A place in the acknowledgement itself names its message")
  func placesOfMessages() throws {
    let path = "/FileResponse/message[2]/cP-ISLAAcknowledgementResponse"
    let read = try Message(
      details: [Self.detail("CPR02", path), Self.detail("CPR03", "/FileResponse/message[3]")],
      messages: [Self.good("One"), Self.bad("Two"), Self.bad("Three")]
    ).read()
    #expect(Self.names(read) == ["Two", "Three"] && read.unpairedRecords.isEmpty)
    let beyond = try Message(
      details: [
        Self.detail("CPR02", "/FileResponse/message[9]"), Self.detail("CPR02", "/FileResponse/message[1]"),
      ],
      messages: [Self.good("One"), Self.bad("Two")]
    ).read()
    #expect(Self.names(beyond) == [nil, nil] && beyond.unpairedRecords.count == 1)
  }

  @Test("Places that name no record are paired only where each has a record and each record a place")
  func withoutPositions() throws {
    let sender = "/File/communicationFunctionSnd/organisation"
    let all = try Message(
      details: [Self.detail("CPR07", sender), Self.detail("CPR07", sender)],
      messages: [Self.bad("One"), Self.bad("Two")]
    ).read()
    #expect(Self.names(all) == ["One", "Two"])
    let some = try Message(
      details: [Self.detail("CPR07", sender), Self.detail("CPR03", 2)], messages: [Self.bad("X")]
    )
    .read()
    #expect(Self.names(some) == [nil, "X"])
    let only = try Message(
      recordCount: 1, details: [Self.detail("CPR07", "/File/record")], messages: [Self.bad("X")]
    )
    .read()
    #expect(Self.names(only) == ["X"])
  }

  @Test(
    "Places out of order beside one that names no record leave a doubt, and so does an order that a code contradicts"
  )
  func doubt() throws {
    let mixed = try Message(
      details: [
        Self.detail("CPR02", 4), Self.detail("CPR07", "/File/communicationFunctionSnd"), Self.detail("CPR03", 2),
      ], messages: [Self.bad("A"), Self.bad("B"), Self.bad("C")]
    ).read()
    #expect(Self.names(mixed) == [nil, nil, nil] && mixed.unpairedRecords.count == 3)
    // Only the upload's order has the plan that a place names, and there a code contradicts the record.
    let place = "/File/record[4]/CP-ISRecord/pertinentInformation[2]"
    let plans = Self.bad("B").replacing("<invalidCP-ISRecord>", with: "<invalidCP-ISRecord>" + Self.plan)
    let contradicted = try Message(
      details: [Self.detail("CPR07", place), Self.detail("CPR03", 2)],
      messages: [Self.bad("A", number: "1"), plans]
    ).read()
    #expect(Self.names(contradicted) == [nil, nil] && contradicted.unpairedRecords.count == 2)
    let agreed = try Message(
      details: [Self.detail("CPR07", place), Self.detail("CPR03", 2)], messages: [Self.bad("A"), plans]
    ).read()
    #expect(Self.names(agreed) == ["B", "A"])
  }

  private static let plan = """
    <pertinentInformation><npfitlc:contentId root="2.16.840.1.113883.2.1.3.2.4.18.16" \
    extension="COCT_TP146101GB01#CPPInformation"/><COCT_TP146101GB01.CPPInformation><component><cPPStartDate>\
    <value value="202609140900"/></cPPStartDate></component></COCT_TP146101GB01.CPPInformation>\
    </pertinentInformation>
    """

  @Test("Codes that are not ours are kept as they are, for the file and for a record; so is a code left out")
  func unknownCodes() throws {
    var message = Message(
      details: [Self.detail("CPR42", 2), Self.detail("ZZ", 4)], messages: [Self.bad("Two"), Self.bad("Four")])
    let read = try message.read()
    #expect(read.rejected.map { $0.code?.rawValue } == ["CPR42", "ZZ"])
    #expect(Self.names(read) == ["Two", "Four"])
    message.details = [
      "<acknowledgementRecordDetail><code nullFlavor=\"UNK\"><originalText>why</originalText></code>"
        + "<location>/File/record[2]</location></acknowledgementRecordDetail>"
    ]
    message.messages = [Self.bad("Two")]
    let codeless = try message.read()
    #expect(codeless.rejected.map(\.code) == [nil] && codeless.rejected[0].reason == "why")
    #expect(Self.names(codeless) == ["Two"])
    message = Message(fileCode: "CPF77")
    #expect(try UploadAcknowledgement(hl7: message.bytes).fileCode == UploadFileCode(rawValue: "CPF77"))
    // What was read is written again, where the schema takes it.
    for value in [read, codeless] { #expect(try UploadAcknowledgement(hl7: value.hl7()) == value) }
    #expect(throws: UploadWritingError(.valueInvalid)) {
      try UploadAcknowledgement(hl7: message.bytes).hl7()
    }
  }

  @Test("Codes that say more are kept: translations, and qualifiers with their values")
  func detailCodes() throws {
    let inside = """
      <originalText>why</originalText>\
      <translation code="D12" codeSystem="2.16.840.1.113883.2.1.3.2.4.17.475" displayName="Start\u{9B}2Jdate">\
      <qualifier code="Q1"><value code="Q2" displayName="two"/></qualifier></translation>\
      <translation displayName="a name only"/>
      """
    let read = try Message(
      details: [Self.detail("CPR07", "/File/record[2]", inside)], messages: [Self.bad("Two")]
    ).read()
    let rejected = try #require(read.rejected.first)
    #expect(rejected.reason == "why")
    #expect(
      rejected.detailCodes == [
        .init(code: "D12", codeSystem: "2.16.840.1.113883.2.1.3.2.4.17.475", displayName: "Start 2Jdate"),
        .init(code: "Q1"), .init(code: "Q2", displayName: "two"), .init(code: nil, displayName: "a name only"),
      ])
    let bytes = try read.hl7()
    #expect(try UploadAcknowledgement(hl7: bytes) == read)
    if Schemas.arePresent { #expect(try Schemas.faults(of: [bytes], schema: "REPC_MT000003GB01") == "") }
    // Also where they stand beside a code, not within a translation, as Spine writes those of a query.
    let message = Message(details: [Self.detail("CPR07", 2)], messages: [Self.bad("Two")])
    let spine = String(decoding: message.bytes, as: UTF8.self)
      .replacing("displayName=\"x\"></code>", with: "displayName=\"x\"><qualifier code=\"Q9\"/></code>")
    #expect(try UploadAcknowledgement(hl7: Array(spine.utf8)).rejected[0].detailCodes.map(\.code) == ["Q9"])
  }

  @Test(
    "Controls and direction marks in what a service says become spaces; what was given back stays as it was sent")
  func forgery() throws {
    let read = try Message(
      details: [
        Self.detail(
          "CPR07", "/File/record[2]\u{85}CPR06", "<originalText>bad\u{2028}CPR06\u{202E}ok</originalText>")
      ],
      messages: [Self.bad("Two\u{9B}")]
    ).read()
    #expect(read.rejected.map(\.reason) == ["bad CPR06 ok"])
    #expect(read.rejected.map(\.location) == ["/File/record[2] CPR06"])
    #expect(Self.names(read) == ["Two\u{9B}"])
  }

  @Test("What was not loaded, not given back or not paired is written so that it is read back the same")
  func roundTrip() throws {
    var generator = UploadGenerator(seed: 11)
    let records = (0..<4).map { _ in generator.record() }
    var incomplete = records[1]
    incomplete.plans[0].start = nil
    let value = UploadAcknowledgement(
      creationTime: Date(timeIntervalSince1970: 1_795_152_600), fileID: 7, recordCount: 9,
      recipient: try generator.upload().header.sender, fileCode: .someLoaded, loadedCount: 2, failedCount: 4,
      rejected: [
        .init(code: .other, reason: "one", location: "/File/record[2]", record: records[0]),
        .init(code: .other, reason: "withheld", location: "/File/record[3]", record: incomplete),
        .init(code: .sensitive, reason: nil, location: "/File/record[5]", record: records[2]),
        .init(code: .notVerified, reason: nil, location: "/File/record[5]", record: records[2]),
      ], loadedLocations: ["/File/record[1]", "/File/record[4]"])
    let bytes = try value.hl7()
    if Schemas.arePresent { #expect(try Schemas.faults(of: [bytes], schema: "REPC_MT000003GB01") == "") }
    var expected = value
    expected.rejected[1].record = nil
    #expect(try UploadAcknowledgement(hl7: bytes) == expected)
    var loose = value
    loose.rejected = []
    loose.loadedLocations = []
    loose.unpairedRecords = [records[0], records[3]]
    #expect(try UploadAcknowledgement(hl7: loose.hl7()) == loose)
  }
}
