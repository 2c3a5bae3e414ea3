import CPIS
import CPISReference
import Foundation
import NHSNumbers
import Testing

/// Sample values. Numbers come from the range that is for tests only.
enum Sample {
  /// The test number with an index, counted from 0 over the valid ones of the test range.
  static func number(_ index: Int) throws -> NHSNumber {
    // One payload in eleven has no check digit, never two in a row, so this ends.
    var payload: UInt32 = 999_000_000
    var left = index
    while true {
      if let number = NHSNumber(payload: payload), !number.isPlaceholder {
        if left == 0 { return number }
        left -= 1
      }
      payload += 1
    }
  }

  static func day(_ compact: String) throws -> CivilDay { try #require(CivilDay(compact: compact)) }

  static func time(_ compact: String) throws -> CivilTime { try #require(CivilTime(compact: compact)) }

  static func instant(_ compact: String) throws -> Date { UnitedKingdomTime.instant(of: try time(compact)) }

  static func authority(
    _ code: String = "711", name: String = "Tower Hamlets", duty: String = "02073645006",
    office: String? = "02073645000"
  ) throws -> LocalAuthority {
    try LocalAuthority(
      code: try ODSCode(code), name: name, emergencyDutyPhone: try PhoneNumber(duty),
      officeHoursPhone: try office.map { try PhoneNumber($0) })
  }

  static func plan(
    _ kind: PlanKind = .childProtectionPlan, start: String = "202601050900", end: String? = nil,
    authority: LocalAuthority? = nil
  ) throws -> Plan {
    try Plan(
      kind: kind, start: try time(start), end: try end.map { try time($0) },
      authority: try authority ?? Sample.authority())
  }

  static func nurse(
    _ userID: String = "555000000101", name: String = "Asha Patel",
    activities: Set<Activity> = [.notifyingQuery, .silentQuery]
  ) throws -> Author {
    .worker(
      try Worker(
        userID: userID, roleProfileID: "R-\(userID)", jobRole: JobRole(code: "R8001", name: "Nurse"), name: name,
        activities: activities))
  }

  static func trust(_ code: String = "RJ1", name: String = "St Agnes Hospital") throws -> Organisation {
    try Organisation(code: ODSCode(code), name: name)
  }

  static func context(
    _ setting: CareSetting = .emergencyDepartment, author: Author? = nil, organisation: Organisation? = nil,
    tracing: Tracing = .verified
  ) throws -> AccessContext {
    AccessContext(
      author: try author ?? nurse(), organisation: try organisation ?? trust(), setting: setting, tracing: tracing)
  }

  /// An access to a patient's record, under an identity of its own unless one is given.
  static func access(
    _ patient: NHSNumber, _ context: AccessContext? = nil, id: Access.ID = Access.ID(UUID()), at time: Date
  ) throws -> Access {
    Access(id: id, patient: patient, context: try context ?? Sample.context(), time: time)
  }

  static func person(_ index: Int, born: String = "20150312") throws -> Demographics.Person {
    Demographics.Person(
      number: try number(index), birthDay: try day(born), familyName: "Okafor", givenNames: ["Ada", "Grace"])
  }

  static func sentPlan(
    _ kind: PlanKind? = .childProtectionPlan, start: String? = "202601050900", end: String? = nil,
    deleted: String? = nil
  ) -> UploadRecord.SentPlan {
    UploadRecord.SentPlan(kind: kind, start: start, end: end, deleted: deleted)
  }

  static func subject(_ index: Int, role: UploadRecord.SubjectRole? = .child) throws -> UploadRecord.Subject {
    UploadRecord.Subject(
      role: role, nhsNumber: try number(index).wireForm, localID: "L\(index)", birthDate: "20150312",
      givenName: "Ada Grace", familyName: "Okafor")
  }

  static func record(_ index: Int, plans: [UploadRecord.SentPlan]? = nil) throws -> UploadRecord {
    let plans = plans ?? [sentPlan()]
    let isForMother = plans.contains { $0.kind == .unbornChildProtectionPlan }
    return UploadRecord(
      plans: plans, subjects: [try subject(index, role: isForMother ? .motherOfUnbornChild : .child)])
  }

  static func header(_ fileID: UploadFileID, count: Int, sender: UploadSender? = nil) throws -> UploadHeader {
    UploadHeader(
      creationTime: try instant("202611210400"), fileID: fileID, declaredRecordCount: count,
      sender: try sender ?? UploadSender(authority()))
  }

  static func upload(_ fileID: UploadFileID, _ records: [UploadRecord], sender: UploadSender? = nil) throws
    -> LocalAuthorityUpload
  {
    LocalAuthorityUpload(header: try header(fileID, count: records.count, sender: sender), records: records)
  }
}

/// A registry with its clock, at 14:02 on 21 November 2026.
struct Bench {
  let clock: ManualClock
  let registry: ReferenceRegistry

  /// Patients 0 to `known` − 1 are known to the demographics service.
  init(at time: String = "202611211402", known: Int = 12) throws {
    clock = ManualClock(try Sample.time(time))
    registry = ReferenceRegistry(
      demographics: Demographics(try (0..<known).map { try Sample.person($0) }), clock: clock, seed: 1)
  }

  func set(_ compact: String) throws { clock.set(try Sample.instant(compact)) }

  /// The plans found, `[]` standing for the finding "no plan under this number".
  func found(
    _ number: NHSNumber, _ context: AccessContext? = nil, id: Access.ID = Access.ID(UUID())
  ) async throws -> [Plan] {
    let access = try access(number, context ?? Sample.context(.generalPractice), id: id)
    let answer = try await registry.plans(for: access)
    #expect(answer.patient == number)
    switch answer.finding {
    case .plans(let plans, let completeness):
      #expect(completeness == .complete)
      return Array(plans)
    case .noPlanUnderThisNumber: return []
    }
  }

  func history(_ number: NHSNumber) async throws -> [AccessHistory.Entry] {
    try await registry.accessHistory(for: try access(number, Sample.context(.generalPractice))).entries
  }

  /// An access now.
  func access(
    _ number: NHSNumber, _ context: AccessContext? = nil, id: Access.ID = Access.ID(UUID())
  ) throws -> Access {
    try Sample.access(number, context, id: id, at: clock.now)
  }

  /// Closes the window, and gives the notices to authorities that were due.
  func notifications() -> [AccessToServiceNotification] {
    registry.closeWindow()
    return registry.takeNotices().compactMap { notice in
      guard case .accessToService(let notification) = notice else { return nil }
      return notification
    }
  }
}
