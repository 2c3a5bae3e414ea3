import CPIS
import Foundation
import NHSNumbers
import Testing

/// One value for each golden file, with every part present in one and every optional part absent in another.
struct StoredSample: Sendable, CustomTestStringConvertible {
  let name: String
  /// Writes it.
  let stored: @Sendable () throws -> [UInt8]
  /// Whether bytes read as an equal value.
  let readsEqual: @Sendable ([UInt8]) throws -> Bool
  /// Reads bytes, whatever comes of it.
  let read: @Sendable ([UInt8]) throws -> Void

  var testDescription: String { name }

  /// What it is a form of: the first word of its name.
  var form: Substring { name.prefix { $0 != "-" } }

  var goldenFile: URL {
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Golden/stored-v1/\(name).json")
  }

  private init<Value: Equatable & Sendable>(
    _ name: String, _ value: Value, _ stored: @escaping @Sendable (Value) throws -> [UInt8],
    _ read: @escaping @Sendable ([UInt8]) throws -> Value
  ) {
    self.name = name
    self.stored = { try stored(value) }
    self.readsEqual = { try read($0) == value }
    self.read = { _ = try read($0) }
  }

  static func all() throws -> [StoredSample] {
    let time = Date(timeIntervalSince1970: 1_795_227_249.120)
    let mother = try NHSNumber(parsing: "9990000026")
    let authority = try LocalAuthority(
      code: ODSCode("711"), name: "Tower Hamlets", emergencyDutyPhone: PhoneNumber("02073645006"),
      officeHoursPhone: PhoneNumber("+442073645000"))
    let bare = try LocalAuthority(
      code: ODSCode("212"), name: "LEEDS CITY COUNCIL", emergencyDutyPhone: PhoneNumber("01134960455"),
      officeHoursPhone: nil)
    let nurse = Author.worker(
      try Worker(
        userID: "555021935107", roleProfileID: "555021936108", jobRole: JobRole(code: "R8001", name: "Nurse"),
        name: "Łucja \"Lu\" O’Neill", activities: [.notifyingQuery, .silentQuery]))
    let clerk = Author.worker(
      try Worker(userID: "1", roleProfileID: "2", jobRole: nil, name: "Sam Okafor", activities: []))
    let system = Author.system(
      try AccreditedSystem(
        asid: "200000001", name: "EPR", responsiblePerson: "Dr Lee", activities: [.notifyingQuery]))
    let trust = try Organisation(code: ODSCode("RJ1"), name: "Example NHS Trust")
    func id(_ last: UInt8) -> UUID { UUID(uuid: (0, 0, 0, 1, 0xC0, 0xDE, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, last)) }
    func access(_ author: Author, _ setting: CareSetting, _ visit: String?) throws -> Access {
      Access(
        id: Access.ID(id(1)), patient: mother,
        context: AccessContext(
          author: author, organisation: trust, setting: setting, tracing: .verified,
          visit: try visit.map { text throws(InvalidValue) in try VisitID(text) }), time: time)
    }
    let plans = try #require(
      RecordedPlans([
        try Plan(
          kind: .unbornChildProtectionPlan, start: Sample.time("202601120900"), end: Sample.time("202612240000"),
          authority: authority),
        try Plan(kind: .childProtectionPlan, start: Sample.time("202601130000"), end: nil, authority: bare),
        try Plan(kind: .lookedAfterChild, start: Sample.time("202502280001"), end: nil, authority: bare),
      ]))
    let origin = AnswerOrigin(source: .cacheWhileRegistryDown, asOf: time - 600, checkedAt: time)
    let own = try CareSetting(name: "gynaecology", displayText: "Gynaecology", care: .unscheduled)

    func notice(_ name: String, _ notice: Notice) -> StoredSample {
      StoredSample(name, notice, { try $0.stored() }, { try Notice(stored: $0) })
    }
    func answer(_ name: String, _ answer: CachedAnswer) -> StoredSample {
      StoredSample(name, answer, { try $0.stored() }, { try CachedAnswer(stored: $0) })
    }
    let whole = CachedAnswer(
      answer: RegistryAnswer(
        patient: mother, finding: .plans(plans, .complete), validThrough: CivilDay(compact: "20261231")), asOf: time
    )
    var visit = RememberedVisit(accessID: Access.ID(id(1)), firstCheck: time)
    let bareVisit = visit
    visit.isAuthorityTold = true
    visit.isSafeguardingTold = true
    visit.found = whole
    return [
      notice(
        "notice-undeclared-access",
        .undeclaredAccess(UndeclaredAccess(id: id(2), access: try access(nurse, .maternity, "visit-1")))),
      notice(
        "notice-undeclared-access-of-a-system",
        .undeclaredAccess(UndeclaredAccess(id: id(3), access: try access(system, own, nil)))),
      notice(
        "notice-safeguarding",
        .safeguarding(
          SafeguardingNotice(
            id: id(4), access: try access(clerk, .camhs(.scheduled), nil), plans: plans,
            completeness: .partial(unreadableEntries: 2), origin: origin, isRepeat: true))),
      notice(
        "notice-access-to-service",
        .accessToService(
          AccessToServiceNotification(
            id: id(5), creationTime: time, recipient: authority,
            groups: [
              .init(
                fileID: 7,
                accesses: [
                  .init(
                    id: Access.ID(id(1)), time: time, author: nurse, organisation: trust, patient: mother,
                    localID: "L-1"),
                  .init(
                    id: Access.ID(id(6)), time: time + 1, author: system, organisation: trust, patient: mother,
                    localID: nil),
                ])
            ]))),
      notice(
        "notice-access-to-service-empty",
        .accessToService(AccessToServiceNotification(id: id(7), creationTime: time, recipient: bare, groups: []))),
      notice(
        "notice-inactive-number",
        .inactiveNumber(
          InactiveNumberNotice(
            id: id(8), creationTime: time, recipient: bare, oldNumber: mother, replacements: [Sample.numbers[3]],
            fileID: 8))),
      StoredSample(
        "access", try access(nurse, .emergencyDepartment, "visit-1"), { try $0.stored() },
        { try Access(stored: $0) }),
      answer("answer-plans", whole),
      answer(
        "answer-plans-partial",
        CachedAnswer(
          answer: RegistryAnswer(patient: mother, finding: .plans(plans, .partial(unreadableEntries: nil))),
          asOf: time)),
      answer(
        "answer-none",
        CachedAnswer(answer: RegistryAnswer(patient: mother, finding: .noPlanUnderThisNumber), asOf: time)),
      StoredSample("visit", visit, { try $0.stored() }, { try RememberedVisit(stored: $0) }),
      StoredSample("visit-opened", bareVisit, { try $0.stored() }, { try RememberedVisit(stored: $0) }),
    ]
  }
}
