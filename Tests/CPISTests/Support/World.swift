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
    try LocalAuthority(
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

  static func worker(_ id: String = "555021935107", activities: Set<Activity> = Set(Activity.allCases)) throws
    -> Worker
  {
    try Worker(
      userID: id, roleProfileID: "555021936108", jobRole: JobRole(code: "R8001", name: "Nurse"),
      name: "Sam Okafor", activities: activities)
  }

  static func context(
    _ setting: CareSetting = .emergencyDepartment, author: Author? = nil, visit: String? = nil,
    tracing: Tracing = .verified, organisation: String = "RJ1"
  ) throws -> AccessContext {
    AccessContext(
      author: try author ?? .worker(worker()),
      organisation: try Organisation(code: ODSCode(organisation), name: "Example NHS Trust"),
      setting: setting, tracing: tracing,
      visit: try visit.map { text throws(InvalidValue) in try VisitID(text) })
  }

  /// An access under an identity of its own.
  static func access(to patient: NHSNumber, in context: AccessContext, at time: Date) -> Access {
    Access(id: Access.ID(UUID()), patient: patient, context: context, time: time)
  }
}

/// A registry that is asked about every number, as one behind a network is: it rules nothing out from memory.
struct AskedRegistry: RegistryClient {
  let base: ReferenceRegistry

  func plans(for access: Access) async throws(RegistryError) -> RegistryAnswer { try await base.plans(for: access) }
  func declare(_ access: Access) async throws(RegistryError) { try await base.declare(access) }
  func accessHistory(for access: Access) async throws(RegistryError) -> AccessHistory {
    try await base.accessHistory(for: access)
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
    visits: (any VisitMemory)? = nil, key: VisitIdentityKey? = nil,
    policy change: (inout TriagePolicy) -> Void = { _ in }
  ) throws {
    clock = ManualClock(time)
    reference = ReferenceRegistry(clock: clock, seed: 1)
    registry = FaultyRegistry(AskedRegistry(base: reference), clock: clock)
    sink = FaultySink(recording, clock: clock)
    cache = FaultyCache(InMemoryFlagCache(clock: clock), clock: clock)
    var policy = TriagePolicy()
    change(&policy)
    service = try TriageService(
      registry: registry, notices: sink, cache: cache, visits: visits, visitIdentityKey: key, policy: policy,
      clock: serviceClock ?? clock, observer: events)
  }

  /// What the authorities are told of, once the sink's declarations have reached the registry.
  func accessesTold() async throws -> [AccessToServiceNotification.Entry] {
    for case .undeclaredAccess(let notice) in recording.notices { try await reference.declare(notice.access) }
    reference.closeWindow()
    return reference.takeNotices().flatMap { notice -> [AccessToServiceNotification.Entry] in
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
    await clock.drive(with: service, operation)
  }
}

extension ManualClock {
  /// Lets time pass in small steps until an operation ends; before each step the calls of the service's ports that
  /// happen at this moment come to an end.
  func drive<Value: Sendable>(
    with service: TriageService, _ operation: @escaping @Sendable () async -> Value
  ) async -> Value {
    let done = Flag()
    let task = Task {
      defer { done.raise() }
      return await operation()
    }
    let patience = Patience()
    while !done.isRaised {
      // What never ends cannot be waited for.
      precondition(patience.isLeft, "an operation did not end within ten minutes")
      var quietTurns = 0
      while quietTurns < 20, !done.isRaised, patience.isLeft {
        await Task.yield()
        quietTurns = service.isIdle ? quietTurns + 1 : 0
      }
      if !done.isRaised { advance(by: .milliseconds(500)) }
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
