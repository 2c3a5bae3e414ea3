import CPIS
import CPISReference
import NHSNumbers
import Testing

@Suite("Section 2. Uploads: codes of the records")
struct UploadRecordCodeTests {
  typealias Case = (record: UploadRecord, sender: UploadSender, code: UploadRecordCode, place: String)

  /// A record, or a sender, that fails for a reason; the code it must get and where. Exhaustive by its switch.
  static func failing(_ reason: UploadFault.Reason, in registry: ReferenceRegistry) throws -> Case {
    var record = try Sample.record(0)
    var sender = UploadSender(try Sample.authority())
    let (whole, plan, subject) = ("", "/CP-ISRecord/pertinentInformation[1]", "/CP-ISRecord/subject[1]")
    func result(_ code: UploadRecordCode, _ place: String) -> Case {
      (record, sender, code, "/File/record[1]" + place)
    }
    switch reason {
    case .nhsNumberMissing: record.subjects[0].nhsNumber = nil
    case .authorityNameMissing: sender.name = " \u{200B}"
    case .nhsNumberInvalid:
      record.subjects[0].nhsNumber = "9990000000"
      return result(.numberInvalid, subject)
    case .nhsNumberUnknown:
      record = try Sample.record(50)
      return result(.numberUnknown, subject)
    case .nhsNumberSensitive:
      registry.setSensitive(true, for: try Sample.number(0))
      return result(.sensitive, subject)
    case .nhsNumberSuperseded:
      registry.supersede(try Sample.number(0), by: [])
      return result(.superseded, subject)
    case .demographicsDiffer:
      record.subjects[0].familyName = "Okonkwo"
      return result(.notVerified, subject)
    case .givenNameMissing:
      record.subjects[0].givenName = " "
      return result(.notVerified, subject)
    case .familyNameMissing:
      record.subjects[0].familyName = nil
      return result(.notVerified, subject)
    case .subjectsDiffer:
      record.subjects.append(try Sample.subject(1, role: .motherOfUnbornChild))
      return result(.other, "/CP-ISRecord/subject[2]")
    case .birthDateMissing: record.subjects[0].birthDate = nil
    case .planKindMissing:
      record.plans[0].kind = nil
      return result(.other, plan)
    case .planStartMissing:
      record.plans[0].start = ""
      return result(.other, plan)
    case .dateUnreadable:
      record.plans[0].start = "202602300900"
      return result(.other, plan)
    case .dateOutOfRange:
      record.plans[0].start = "999912312359"
      return result(.other, plan)
    case .birthDateImpossible: record.subjects[0].birthDate = "20261122"
    case .planEndsBeforeStart:
      record.plans[0].end = "202601050859"
      return result(.other, plan)
    case .unbornPlanWithoutEnd:
      record = try Sample.record(0, plans: [Sample.sentPlan(.unbornChildProtectionPlan)])
      return result(.other, plan)
    case .subjectMissing:
      record.subjects[0].role = .motherOfUnbornChild
      return result(.other, plan)
    case .planCount:
      record.plans = []
      return result(.other, whole)
    case .subjectCount:
      record.subjects = []
      return result(.other, whole)
    case .eighteenOrOver:
      record.subjects[0].birthDate = "20081121"
      return result(.other, plan)
    case .unreadable:
      record.readingFault = UploadFault(.unreadable, at: .record)
      return result(.other, whole)
    case .emergencyDutyPhoneMissing: sender.telecoms.removeAll { $0.use == "EC" }
    case .emergencyDutyPhoneRepeated: sender.telecoms.append(.init(use: "EC", value: "tel:02079460000"))
    case .officeHoursPhoneRepeated: sender.telecoms.append(.init(use: "WP", value: "tel:02079460000"))
    case .phoneUnusable: sender.telecoms[0].value = "tel:"
    }
    switch reason {
    case .nhsNumberMissing, .birthDateMissing, .birthDateImpossible: return result(.other, subject)
    default: return (record, sender, .other, "/File/communicationFunctionSnd/organisation")
    }
  }

  @Test(
    "CPR01–CPR05 and CPR07: each reason gets its code, its place and the record back, and stops no other record",
    arguments: UploadFault.Reason.allCases)
  func everyReason(reason: UploadFault.Reason) async throws {
    let bench = try Bench()
    let (record, sender, code, place) = try Self.failing(reason, in: bench.registry)
    let ack = bench.registry.ingest(try Sample.upload(1, [record, try Sample.record(7)], sender: sender))
    let rejected = try #require(ack.rejected.first)
    #expect(rejected.code == code)
    #expect(rejected.location == place)
    #expect(rejected.record == record)
    if code == .other { #expect(rejected.reason == UploadFault(reason, at: .record).description) }
    // The sender's phones concern every record of the file; anything else only its own.
    let isOfSender = place.hasSuffix("organisation")
    #expect(ack.fileCode == (isOfSender ? .noneLoaded : .someLoaded))
    #expect(try await bench.found(try Sample.number(0)).isEmpty)
    #expect(try await bench.found(try Sample.number(7)).isEmpty == isOfSender)
  }

  @Test("CPR06: loaded; every code of the table occurs")
  func everyCode() throws {
    var seen: Set<UploadRecordCode> = []
    for reason in UploadFault.Reason.allCases { seen.insert(UploadFault(reason, at: .record).code) }
    seen.insert(.loaded)
    #expect(seen == Set(UploadRecordCode.known))
    let written = UploadRecordCode.known.map(\.rawValue)
    #expect(written == ["CPR01", "CPR02", "CPR03", "CPR04", "CPR05", "CPR06", "CPR07"])
    #expect(try Bench().registry.ingest(try Sample.upload(1, [try Sample.record(0)])).loadedCount == 1)
  }

  @Test("A code that says it all has no reason beside it; the others have one")
  func reasons() throws {
    for reason in UploadFault.Reason.allCases {
      let bench = try Bench()
      let (record, sender, _, _) = try Self.failing(reason, in: bench.registry)
      let ack = bench.registry.ingest(try Sample.upload(1, [record], sender: sender))
      let speaks: Bool =
        switch reason {
        case .nhsNumberUnknown, .nhsNumberSensitive, .nhsNumberSuperseded, .nhsNumberInvalid, .demographicsDiffer:
          false
        default: true
        }
      #expect((ack.rejected.first?.reason != nil) == speaks, "\(reason)")
    }
  }

  @Test(
    "CPR04: not a valid NHS number (format, check digit, old style)",
    arguments: [
      "9990000027", "999000002", "99900000266", "999 000 0026", "999-000-0026", "ABC/123", "AB12345",
      "9999999999", "٩٩٩٠٠٠٠٠٢٦", "999000002X",
    ])
  func invalidNumber(text: String) throws {
    var record = try Sample.record(0)
    record.subjects[0].nhsNumber = text
    let ack = try Bench().registry.ingest(try Sample.upload(1, [record]))
    #expect(ack.rejected.map(\.code) == [.numberInvalid])
  }

  @Test("CPR02 and CPR05 go before CPR03: a sensitive or superseded number says nothing of names")
  func order() throws {
    let bench = try Bench()
    bench.registry.setSensitive(true, for: try Sample.number(0))
    bench.registry.supersede(try Sample.number(0), by: [])
    bench.registry.supersede(try Sample.number(1), by: [])
    var records = [try Sample.record(0), try Sample.record(1)]
    for place in 0...1 { records[place].subjects[0].familyName = "Somebody Else" }
    let ack = bench.registry.ingest(try Sample.upload(1, records))
    #expect(ack.rejected.map(\.code) == [.sensitive, .superseded])
  }

  @Test("CPR07: 18 or over on the day of the file, not a day before; a UCP does not depend on the mother's age")
  func adult() throws {
    for (day, code) in [("202703112359", nil), ("202703120000", .other)] as [(String, UploadRecordCode?)] {
      let bench = try Bench(at: day, known: 0)
      bench.registry.add(try Sample.person(0, born: "20090312"))
      var record = try Sample.record(0)
      record.subjects[0].birthDate = "20090312"
      #expect(bench.registry.ingest(try Sample.upload(1, [record])).rejected.first?.code == code)
      record.plans = [Sample.sentPlan(.unbornChildProtectionPlan, end: "202708010000")]
      record.subjects[0].role = .motherOfUnbornChild
      #expect(bench.registry.ingest(try Sample.upload(2, [record])).fileCode == .allLoaded)
    }
  }

  @Test(
    "Demographic match: family name and birth date equal; given names all, first = first, first = any",
    arguments: [
      ("Okafor", "20150312", "Ada Grace", true),
      ("OKAFOR", "20150312", "ada grace", true),
      ("Okàfor", "20150312", "Áda", true),
      (" Okafor ", "20150312", "Ada  Grace", true),
      ("Okafor", "20150312", "Ada", true),
      ("Okafor", "20150312", "Ada Ruth", true),
      ("Okafor", "20150312", "Grace", true),
      ("Okafor", "20150312", "Grace Ruth", true),
      ("Okafor", "20150312", "Ruth Ada", false),
      ("Okafor", "20150312", "Ad", false),
      ("Okafor", "20150312", "AdaGrace", false),
      ("Okafor-Smith", "20150312", "Ada", false),
      ("Okafo", "20150312", "Ada", false),
      ("Okafor", "20150313", "Ada", false),
      ("Okafor", "201503121530", "Ada", true),
    ])
  func match(family: String, born: String, given: String, matches: Bool) throws {
    var record = try Sample.record(0)
    record.subjects[0].familyName = family
    record.subjects[0].birthDate = born
    record.subjects[0].givenName = given
    let ack = try Bench().registry.ingest(try Sample.upload(1, [record]))
    #expect(ack.rejected.map(\.code) == (matches ? [] : [.notVerified]))
  }

  @Test("Demographic match: diacritics do not count on either side, composed or not; a name of two words is one")
  func diacritics() throws {
    let bench = try Bench(known: 0)
    bench.registry.add(
      Demographics.Person(
        number: try Sample.number(0), birthDay: try Sample.day("20150312"), familyName: "Núñez",
        givenNames: ["Mary Jane", "Zoë"]))
    var record = try Sample.record(0)
    for (fileID, names) in [
      (0, ("nunez", "mary jane zoe")), (1, ("Nu\u{301}n\u{303}ez", "Zoe")), (2, ("NÚÑEZ", "ZOË")),
    ] as [(UploadFileID, (String, String))] {
      record.subjects[0].familyName = names.0
      record.subjects[0].givenName = names.1
      #expect(bench.registry.ingest(try Sample.upload(fileID, [record])).fileCode == .allLoaded)
    }
  }

  @Test("Numbers that nobody listed may be taken on the upload's word, where a tool has no demographics")
  func trusted() async throws {
    let clock = ManualClock(try Sample.time("202611211402"))
    let registry = ReferenceRegistry(demographics: Demographics(unlistedNumbers: .trusted), clock: clock)
    #expect(registry.ingest(try Sample.upload(1, [try Sample.record(0)])).fileCode == .allLoaded)
    registry.add(try Sample.person(1, born: "20140312"))
    #expect(registry.ingest(try Sample.upload(2, [try Sample.record(1)])).rejected.map(\.code) == [.notVerified])
    #expect(registry.numberCount == 1)
    #expect(registry.demographicStatus(of: try Sample.number(0)) == .unknown)
  }
}
