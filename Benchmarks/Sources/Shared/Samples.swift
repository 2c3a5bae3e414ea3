import CPIS
import Foundation
import NHSNumbers

/// The values of `CPIS` that are timed and counted with. All of them are made here, so that a change of the library's
/// initialisers is met in one place.
package enum Samples {
  /// A nurse at an emergency department.
  ///
  /// - Parameter visit: the visit that the context names; `nil` for none.
  package static func context(visit: String? = nil) throws -> AccessContext {
    let nurse = try Worker(
      userID: "555", roleProfileID: "556", jobRole: JobRole(code: "S8000", name: "Nurse"), name: "Sample Nurse",
      activities: [.notifyingQuery])
    return AccessContext(
      author: .worker(nurse), organisation: try Organisation(code: ODSCode("RJ1"), name: "Sample Trust"),
      setting: .emergencyDepartment, tracing: .verified,
      visit: try visit.map { text throws(InvalidValue) in try VisitID(text) })
  }

  /// A child protection plan that has run for years.
  package static func plan() throws -> Plan {
    let authority = try LocalAuthority(
      code: try ODSCode("711"), name: "Sample Council", emergencyDutyPhone: try PhoneNumber("02079460000"),
      officeHoursPhone: nil)
    return try Plan(
      kind: .childProtectionPlan, start: CivilTime(startOf: CivilDay(daysSince1970: 18_000)), end: nil,
      authority: authority)
  }

  /// A notice that can be handed on: an access that the registry could not be told of.
  package static func notice(_ number: Int) throws -> Notice {
    guard let patient = NHSNumber(payload: 999_000_002) else { throw NotDone("no patient") }
    return try notice(number, of: patient)
  }

  /// A notice that need not wait for any other.
  package static func noticeOfItsOwnPatient(_ number: Int) throws -> Notice {
    // Of ten payloads in a row at most one has no check digit.
    let numbers = (0..<10).lazy.compactMap { NHSNumber(payload: UInt32(999_000_000 + number * 10 + $0)) }
    guard let patient = numbers.first else { throw NotDone("no patient") }
    return try notice(number, of: patient)
  }

  private static func notice(_ number: Int, of patient: NHSNumber) throws -> Notice {
    let access = Access(id: Access.ID(identity(number)), patient: patient, context: try context(), time: time)
    return .undeclaredAccess(UndeclaredAccess(id: identity(number), access: access))
  }

  /// A Friday in November, ten in the morning: an instant for clocks that stand still.
  package static let time = Date(timeIntervalSince1970: 20_777 * 86_400 + 36_000)

  /// The same identity for the same number in every run.
  private static func identity(_ number: Int) -> UUID {
    var random = SplitMix64(seed: UInt64(number))
    let (high, low) = (random.next().bigEndian, random.next().bigEndian)
    return withUnsafeBytes(of: (high, low)) { UUID(uuid: $0.load(as: uuid_t.self)) }
  }
}

/// Takes every notice over and forgets it: what handing on costs is not measured with it.
package struct Discard: NotificationSink {
  package init() {}

  package var answersInPlace: Bool { true }

  package func accept(_ notice: Notice) async throws(SinkError) {}
}

/// A registry that rules nothing out from memory, as one behind a network: each check asks it.
package struct AskedRegistry: RegistryClient {
  private let registry: any RegistryClient

  package init(_ registry: any RegistryClient) { self.registry = registry }

  package var answersInPlace: Bool { registry.answersInPlace }

  package func plans(for access: Access) async throws(RegistryError) -> RegistryAnswer {
    try await registry.plans(for: access)
  }

  package func declare(_ access: Access) async throws(RegistryError) { try await registry.declare(access) }

  package func accessHistory(for access: Access) async throws(RegistryError) -> AccessHistory {
    try await registry.accessHistory(for: access)
  }
}

/// Shows one time always, so that no hour strikes while something is counted.
package struct StandingClock: WallClock {
  package init() {}

  package var now: Date { Samples.time }

  package func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }
}

/// A registry that is never available.
package struct DownRegistry: RegistryClient {
  package init() {}

  package func plans(for access: Access) async throws(RegistryError) -> RegistryAnswer {
    throw RegistryError(.unavailable)
  }

  package func declare(_ access: Access) async throws(RegistryError) { throw RegistryError(.unavailable) }

  package func accessHistory(for access: Access) async throws(RegistryError) -> AccessHistory {
    throw RegistryError(.unavailable)
  }
}
