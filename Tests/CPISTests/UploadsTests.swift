import CPIS
import NHSNumbers
import Testing

@Suite("Section 2. A record by itself, and its sender")
struct UploadsTests {
  private func subject(_ role: UploadRecord.SubjectRole? = .child, number: String = "9990000026")
    -> UploadRecord.Subject
  {
    UploadRecord.Subject(
      role: role, nhsNumber: number, localID: "L1", birthDate: "20150312", givenName: "Ada", familyName: "Okafor")
  }

  private func sent(
    _ kind: PlanKind? = .childProtectionPlan, _ start: String? = "202601050900", _ end: String? = nil
  )
    -> UploadRecord.SentPlan
  {
    UploadRecord.SentPlan(kind: kind, start: start, end: end)
  }

  private func fault(_ change: (inout UploadRecord) -> Void) throws -> UploadFault? {
    var record = UploadRecord(plans: [sent()], subjects: [subject()])
    change(&record)
    do throws(UploadFault) {
      _ = try record.validated(on: try today())
      return nil
    } catch {
      return error
    }
  }

  private func today() throws(UploadFault) -> CivilDay {
    guard let day = CivilDay(compact: "20261121") else { throw UploadFault(.dateUnreadable, at: .record) }
    return day
  }

  @Test("A good record gives the person and its plans; a two-subject record the details of the first")
  func good() throws {
    let mother = subject(.motherOfUnbornChild)
    let record = UploadRecord(
      plans: [
        sent(), sent(.lookedAfterChild, "202601060900", "202602010000"),
        sent(.unbornChildProtectionPlan, "202601070900", "202703010000"),
      ],
      subjects: [subject(), mother])
    let valid = try record.validated(on: try today())
    #expect(valid.person.number == (try NHSNumber(parsing: "9990000026")))
    #expect((valid.person.localID, valid.person.givenName, valid.person.familyName) == ("L1", "Ada", "Okafor"))
    #expect(valid.person.birthDay == CivilDay(compact: "20150312"))
    #expect(valid.changes.map(\.kind) == PlanKind.allCases)
    #expect(valid.changes.map { $0.end?.compact } == [nil, "202602010000", "202703010000"])
    #expect(valid.changes.allSatisfy { !$0.isWithdrawn })
  }

  @Test("Each fault of a subject is found where it is")
  func subjects() throws {
    #expect(try fault { $0.subjects[0].nhsNumber = nil } == UploadFault(.nhsNumberMissing, at: .subject(1)))
    #expect(try fault { $0.subjects[0].nhsNumber = "" } == UploadFault(.nhsNumberMissing, at: .subject(1)))
    for text in ["9990000027", "999 000 0026", "AB123456", "9999999999"] {
      #expect(try fault { $0.subjects[0].nhsNumber = text } == UploadFault(.nhsNumberInvalid, at: .subject(1)))
    }
    #expect(try fault { $0.subjects[0].role = nil } == UploadFault(.subjectMissing, at: .subject(1)))
    #expect(try fault { $0.subjects[0].birthDate = nil } == UploadFault(.birthDateMissing, at: .subject(1)))
    for name in [nil, "", "  "] {
      #expect(try fault { $0.subjects[0].givenName = name } == UploadFault(.givenNameMissing, at: .subject(1)))
      #expect(try fault { $0.subjects[0].familyName = name } == UploadFault(.familyNameMissing, at: .subject(1)))
    }
    #expect(try fault { $0.subjects = [] } == UploadFault(.subjectCount, at: .record))
    #expect(try fault { $0.subjects.append($0.subjects[0]) } == UploadFault(.subjectCount, at: .record))
    #expect(
      try fault { $0.subjects.append(subject(.motherOfUnbornChild, number: "9990000034")) }?.place == .subject(2))
  }

  @Test("A birth date is eight digits or a whole time stamp; a tail that is none is found")
  func birthDates() throws {
    for text in ["20150312", "2015031212", "201503121200", "20150312120000.25", "201503120030+0100"] {
      #expect(try fault { $0.subjects[0].birthDate = text } == nil, "\(text)")
    }
    for text in [
      "20150229", "2015", "201503", "12/03/2015", "2015031x", "20150312garbage", "20150312 ", "201503121",
      "2015031299", "201503121260", "20150312+0100", "201503121200+", "20150312120000.",
    ] {
      let found = try fault { $0.subjects[0].birthDate = text }
      #expect(found == UploadFault(.dateUnreadable, at: .subject(1)), "\(text)")
    }
  }

  @Test("A date that the wire cannot carry, before 1900 or after 2099, is CPR07, whichever of a plan's it is")
  func impossibleDates() throws {
    for text in ["999912312359", "210001010000", "189912312359", "000101010000"] {
      let found = UploadFault(.dateOutOfRange, at: .plan(1))
      #expect(found.code == .other)
      #expect(try fault { $0.plans[0].start = text } == found, "\(text)")
      #expect(try fault { ($0.plans[0].start, $0.plans[0].end) = ("190001010000", text) } == found, "\(text)")
      #expect(try fault { $0.plans[0].deleted = text } == found, "\(text)")
    }
    #expect(
      try fault { ($0.plans[0].start, $0.plans[0].end) = ("190001010000", "209912312359") } == nil)
  }

  @Test("Nobody was born after the file was made, nor more than 120 years before it: CPR07")
  func impossibleBirthDates() throws {
    let found = UploadFault(.birthDateImpossible, at: .subject(1))
    #expect(found.code == .other)
    func fault(_ birthDate: String, fileMadeOn day: String? = nil) throws -> UploadFault? {
      var record = UploadRecord(
        plans: [sent(.unbornChildProtectionPlan, "202601050900", "202703010000")],
        subjects: [subject(.motherOfUnbornChild)])
      record.subjects[0].birthDate = birthDate
      do throws(UploadFault) {
        _ = try record.validated(on: try today(), fileMadeOn: day.flatMap { CivilDay(compact: $0) })
        return nil
      } catch {
        return error
      }
    }
    for text in ["20991231", "20261122", "202611220000", "00010101", "19061120", "18991231", "99991231"] {
      #expect(try fault(text) == found, "\(text)")
    }
    for text in ["20261121", "202611212359", "19061121"] { #expect(try fault(text) == nil, "\(text)") }
    // The file's own day counts, not the day on which it is read.
    #expect(try fault("20261120", fileMadeOn: "20261120") == nil)
    #expect(try fault("20261121", fileMadeOn: "20261120") == found)
    #expect(try fault("19000101", fileMadeOn: "20191231") == nil)
    #expect(try fault("18991231", fileMadeOn: "20191230") == found)
    // Of a second subject too.
    var record = UploadRecord(plans: [sent()], subjects: [subject(), subject(.motherOfUnbornChild)])
    record.subjects[1].birthDate = "20991231"
    #expect(throws: UploadFault(.birthDateImpossible, at: .subject(2))) { try record.validated(on: try today()) }
  }

  @Test("A name of nothing that can be seen is missing")
  func invisibleNames() throws {
    for name in ["\u{200B}", "\u{3164}", "\u{AD}\u{2800}", "\u{202E}", "\u{301}"] {
      #expect(try fault { $0.subjects[0].givenName = name } == UploadFault(.givenNameMissing, at: .subject(1)))
      #expect(try fault { $0.subjects[0].familyName = name } == UploadFault(.familyNameMissing, at: .subject(1)))
    }
  }

  @Test("A blank id of the authority's own is none")
  func blankLocalID() throws {
    for id in ["", " ", "\u{200B}"] {
      var record = UploadRecord(plans: [sent()], subjects: [subject(), subject(.motherOfUnbornChild)])
      record.subjects[0].localID = id
      record.subjects[1].localID = "L2"
      #expect(try record.validated(on: try today()).person.localID == "L2")
    }
  }

  @Test("The second subject is the same girl: another birth date or name under her number is not verified, CPR03")
  func secondSubject() throws {
    func fault(_ change: (inout UploadRecord.Subject) -> Void) throws -> UploadFault? {
      try self.fault { record in
        var mother = subject(.motherOfUnbornChild)
        change(&mother)
        record.subjects.append(mother)
      }
    }
    let differs = UploadFault(.demographicsDiffer, at: .subject(2))
    #expect(differs.code == .notVerified)
    #expect(try fault { $0.birthDate = "19900312" } == differs)
    #expect(try fault { $0.familyName = "Okonkwo" } == differs)
    #expect(try fault { $0.givenName = "Grace" } == differs)
    #expect(try fault { $0.givenName = "Ada Grace" } == differs)
    #expect(try fault { $0.nhsNumber = "9990000034" } == UploadFault(.subjectsDiffer, at: .subject(2)))
    #expect(
      try fault {
        ($0.birthDate, $0.givenName, $0.familyName) = ("201503121200", " ADA ", "OKAFOR")
      } == nil)
  }

  @Test("The authority's own id is the first subject's, or the second's where the first has none")
  func localIDs() throws {
    for (first, second, kept) in [
      ("L1", "L2", "L1"), ("L1", nil, "L1"), (nil, "L2", "L2"), (nil, nil, nil),
    ] as [(String?, String?, String?)] {
      var record = UploadRecord(plans: [sent()], subjects: [subject(), subject(.motherOfUnbornChild)])
      record.subjects[0].localID = first
      record.subjects[1].localID = second
      #expect(try record.validated(on: try today()).person.localID == kept)
    }
  }

  @Test("Each fault of a plan is found where it is, on whichever of three plans", arguments: 0...2)
  func plans(place: Int) throws {
    func fault(_ change: (inout UploadRecord.SentPlan) -> Void) throws -> UploadFault? {
      try self.fault { record in
        record.plans = [sent(), sent(), sent()]
        change(&record.plans[place])
      }
    }
    let at = UploadFault.Place.plan(place + 1)
    #expect(try fault { $0.kind = nil } == UploadFault(.planKindMissing, at: at))
    #expect(try fault { $0.start = nil } == UploadFault(.planStartMissing, at: at))
    #expect(try fault { $0.start = "" } == UploadFault(.planStartMissing, at: at))
    #expect(try fault { $0.start = "20260105" } == UploadFault(.dateUnreadable, at: at))
    #expect(try fault { $0.end = "never" } == UploadFault(.dateUnreadable, at: at))
    #expect(try fault { $0.deleted = "x" } == UploadFault(.dateUnreadable, at: at))
    #expect(try fault { $0.end = "202601050859" } == UploadFault(.planEndsBeforeStart, at: at))
    #expect(try fault { $0.end = "202601050900" } == nil)
    #expect(try fault { $0.kind = .unbornChildProtectionPlan } == UploadFault(.unbornPlanWithoutEnd, at: at))
    #expect(
      try fault { $0 = sent(.unbornChildProtectionPlan, "202601050900", "202609010000") }
        == UploadFault(.subjectMissing, at: at))
    let xPath = "/File/record[9]/CP-ISRecord/pertinentInformation[\(place + 1)]"
    #expect(UploadFault(.planStartMissing, at: at).xPath(inRecord: 9) == xPath)
  }

  @Test("A record holds one to three plans, and one that could not be read is refused as such")
  func counts() throws {
    #expect(try fault { $0.plans = [] } == UploadFault(.planCount, at: .record))
    #expect(try fault { $0.plans = Array(repeating: sent(), count: 4) } == UploadFault(.planCount, at: .record))
    for count in 1...3 { #expect(try fault { $0.plans = Array(repeating: sent(), count: count) } == nil) }
    let unreadable = UploadFault(.unreadable, at: .plan(2))
    #expect(try fault { $0.readingFault = unreadable } == unreadable)
  }

  @Test("18 or over: from the 18th birthday on for CPP and LAC, never for a UCP")
  func eighteen() throws {
    #expect(try fault { $0.subjects[0].birthDate = "20081122" } == nil)
    #expect(try fault { $0.subjects[0].birthDate = "20081121" } == UploadFault(.eighteenOrOver, at: .plan(1)))
    #expect(
      try fault {
        $0.subjects[0].birthDate = "19801121"
        $0.subjects[0].role = .motherOfUnbornChild
        $0.plans = [sent(.unbornChildProtectionPlan, "202601050900", "202703010000")]
      } == nil)
  }

  @Test("The sender: EC exactly one, WP none or one, tel: plus digits and an optional +")
  func sender() throws {
    let authority = try PlansTests.authority()
    func fault(_ telecoms: [(String, String)]) throws -> UploadFault.Reason? {
      let sender = UploadSender(
        code: authority.code, name: authority.name,
        telecoms: telecoms.map { UploadSender.Telecom(use: $0.0, value: $0.1) })
      do throws(UploadFault) {
        _ = try sender.authority()
        return nil
      } catch {
        #expect(error.place == .sender)
        #expect(error.code == .other)
        return error.reason
      }
    }
    #expect(try UploadSender(authority).authority() == authority)
    #expect(try fault([("EC", "tel:02073645006")]) == nil)
    #expect(try fault([("EC", "tel:+442073645006"), ("WP", "tel:02073645000")]) == nil)
    #expect(try fault([]) == .emergencyDutyPhoneMissing)
    #expect(try fault([("WP", "tel:02073645000")]) == .emergencyDutyPhoneMissing)
    #expect(try fault([("EC", "tel:02073645006"), ("EC", "tel:02073645006")]) == .emergencyDutyPhoneRepeated)
    #expect(
      try fault([("EC", "tel:02073645006"), ("WP", "tel:1234"), ("WP", "tel:1234")]) == .officeHoursPhoneRepeated)
    for value in ["", "tel:", "tel:+", "tel:020 7364", "none", "tel:٠٢٠٧", "tel:020a"] {
      #expect(try fault([("EC", value)]) == .phoneUnusable)
      #expect(try fault([("EC", "tel:02073645006"), ("WP", value)]) == .phoneUnusable)
    }
  }

  @Test("A phone whose use the file does not state is neither the duty team's nor the office's")
  func useless() throws {
    let authority = try PlansTests.authority()
    var sender = UploadSender(authority)
    sender.telecoms.append(UploadSender.Telecom(use: nil, value: "none"))
    #expect(try sender.authority() == authority)
    sender.telecoms = [UploadSender.Telecom(use: nil, value: "tel:02073645006")]
    #expect(throws: UploadFault(.emergencyDutyPhoneMissing, at: .sender)) { try sender.authority() }
  }

  @Test("A file id is a run of digits of any length; nothing else is one, −1 least of all")
  func fileIDs() throws {
    let long = String(repeating: "9", count: 40)
    for (text, digits) in [("0", "0"), ("000", "0"), ("587", "587"), ("00587", "587"), (long, long)] {
      let id = try #require(UploadFileID(text))
      #expect(id.digits == digits)
      #expect("\(id)" == digits)
      #expect(UploadFileID(Substring(text)) == id)
    }
    for text in ["", "-1", "−1", "+1", " 1", "1 ", "1.0", "1e3", "٣", "0x1", "abc", "1\u{301}"] {
      #expect(UploadFileID(text) == nil, "\(text)")
    }
    #expect(587 as UploadFileID == UploadFileID(587))
    #expect(UploadFileID("0587") == 587)
  }

  @Test("File ids are in the order of the numbers they are")
  func fileIDOrder() throws {
    let texts = [
      "0", "9", "10", "99", "100", "18446744073709551615", "18446744073709551616", "99999999999999999999",
    ]
    let ids = try texts.map { try #require(UploadFileID($0)) }
    #expect(ids.reversed().sorted() == ids)
    #expect(try #require(UploadFileID("007")) < 10)
    #expect(!(ids[3] < ids[3]))
    #expect(Set(ids + ids).count == texts.count)
    #expect(UploadFileID(.max) == ids[5])
  }

  @Test("A place is given without a position where the record is not known")
  func placeOfUnknownRecord() {
    for (place, known, unknown) in [
      (.record, "/File/record[4]", "/File/record"),
      (
        .plan(2), "/File/record[4]/CP-ISRecord/pertinentInformation[2]",
        "/File/record/CP-ISRecord/pertinentInformation[2]"
      ),
      (.subject(1), "/File/record[4]/CP-ISRecord/subject[1]", "/File/record/CP-ISRecord/subject[1]"),
      (.sender, "/File/communicationFunctionSnd/organisation", "/File/communicationFunctionSnd/organisation"),
    ] as [(UploadFault.Place, String, String)] {
      #expect(UploadFault(.unreadable, at: place).xPath(inRecord: 4) == known)
      #expect(UploadFault(.unreadable, at: place).xPath(inRecord: nil) == unknown)
    }
  }

  @Test("Every reason has words of its own, which hold nothing of the record")
  func words() {
    let words = UploadFault.Reason.allCases.map { UploadFault($0, at: .record).description }
    #expect(Set(words).count == words.count)
    #expect(UploadFault(.subjectMissing, at: .record).xPath(inRecord: 3) == "/File/record[3]")
    #expect(
      UploadFault(.phoneUnusable, at: .sender).xPath(inRecord: 3) == "/File/communicationFunctionSnd/organisation")
    #expect(
      UploadFault(.birthDateMissing, at: .subject(2)).xPath(inRecord: 3) == "/File/record[3]/CP-ISRecord/subject[2]"
    )
  }

  @Test("Codes are written as the service writes them")
  func codes() {
    #expect(UploadFileCode.known.map(\.rawValue) == (1...6).map { "CPF0\($0)" })
    #expect(UploadRecordCode.known.map(\.rawValue) == (1...7).map { "CPR0\($0)" })
  }
}
