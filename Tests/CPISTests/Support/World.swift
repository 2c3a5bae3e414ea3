import CPIS
import CPISReference
import Foundation
import NHSNumbers
import Testing

/// The numbers, people and places that the tests of the triage service share.
enum Sample {
  /// The first valid numbers of the test range, in order.
  static let numbers: [NHSNumber] = (999_000_001...999_000_400).compactMap { NHSNumber(payload: $0) }

  static let night = time("202611210214")
  static let morning = time("202611201030")

  /// A time in the form of messages. A slip in a test is recorded as an issue.
  static func time(_ text: String) -> CivilTime {
    if let time = CivilTime(compact: text) { return time }
    Issue.record("not a time: \(text)")
    return CivilTime(startOf: CivilDay(daysSince1970: 0))
  }

  static func authority(_ code: String = "711", office: String? = "02079460001") throws -> LocalAuthority {
    LocalAuthority(
      code: try ODSCode(code), name: "AUTHORITY \(code)", emergencyDutyPhone: try PhoneNumber("02079460000"),
      officeHoursPhone: try office.map { text throws(InvalidValue) in try PhoneNumber(text) })
  }

  static func plan(
    _ kind: PlanKind = .childProtectionPlan, start: String = "202601120900", end: String? = nil,
    authority: String = "711", office: String? = "02079460001"
  ) throws -> Plan {
    try Plan(
      kind: kind, start: time(start), end: end.map(time),
      authority: try Sample.authority(authority, office: office))
  }

  static func worker(_ id: String = "555021935107", activities: Set<Activity> = Set(Activity.allCases)) -> Worker {
    Worker(
      userID: id, roleProfileID: "555021936108", jobRoleCode: "R8001", jobRoleName: "Nurse",
      name: "Sam Okafor", activities: activities)
  }

  static func context(
    _ setting: CareSetting = .emergencyDepartment, author: Author = .worker(worker()), encounter: String? = nil,
    tracing: Tracing = .verified, organisation: String = "RJ1"
  ) throws -> AccessContext {
    AccessContext(
      author: author, organisation: Organisation(code: try ODSCode(organisation), name: "Example NHS Trust"),
      setting: setting, tracing: tracing, encounter: encounter.map { EncounterID($0) })
  }
}

/// A trust with a service, the ports behind it, and the means to make each of them fail.
struct World {
  let clock: ManualClock
  let reference: ReferenceRegistry
  let registry: FaultyRegistry
  let recording = RecordingSink()
  let sink: FaultySink
  let cache: FaultyCache
  let events = EventRecorder()
  let service: TriageService

  init(
    at time: CivilTime = Sample.night, serviceClock: (any WallClock)? = nil,
    policy change: (inout TriagePolicy) -> Void = { _ in }
  ) {
    clock = ManualClock(time)
    reference = ReferenceRegistry(clock: clock, seed: 1)
    registry = FaultyRegistry(reference, clock: clock)
    sink = FaultySink(recording, clock: clock)
    cache = FaultyCache(InMemoryFlagCache(clock: clock), clock: clock)
    var policy = TriagePolicy()
    change(&policy)
    service = TriageService(
      registry: registry, notices: sink, cache: cache, policy: policy, clock: serviceClock ?? clock,
      observer: events)
  }

  /// What the authorities are told of, once the sink's declarations have reached the registry.
  func accessesTold() async throws -> [AccessToServiceNotification.Access] {
    for case .undeclaredAccess(let access) in recording.notices { try await reference.declare(access) }
    reference.closeWindow()
    return reference.takeNotices().flatMap { notice -> [AccessToServiceNotification.Access] in
      guard case .accessToService(let notification) = notice else { return [] }
      return notification.groups.flatMap(\.accesses)
    }
  }

  var safeguardingNotices: [SafeguardingNotice] {
    recording.notices.compactMap { notice in
      guard case .safeguarding(let safeguarding) = notice else { return nil }
      return safeguarding
    }
  }

  /// Lets time pass in small steps until an operation ends.
  func drive<Value: Sendable>(_ operation: @escaping @Sendable () async -> Value) async -> Value {
    let done = Flag()
    let task = Task {
      defer { done.raise() }
      return await operation()
    }
    while !done.isRaised {
      for _ in 0..<20 where !done.isRaised { await Task.yield() }
      if !done.isRaised { clock.advance(by: .milliseconds(500)) }
    }
    return await task.value
  }
}

extension TriageOutcome {
  var plans: PlansRecorded? {
    if case .plansRecorded(let found) = self { return found }
    return nil
  }

  var noPlan: NoPlanRecorded? {
    if case .noPlanRecorded(let answer) = self { return answer }
    return nil
  }

  var refusal: NotChecked? {
    if case .notChecked(let refusal) = self { return refusal }
    return nil
  }
}
