import CPIS
import Foundation
import NHSNumbers

/// The values of `CPIS` that are timed and counted with. All of them are made here, so that a change of the library's
/// initialisers is met in one place.
package enum Samples {
  /// A nurse at an emergency department.
  ///
  /// - Parameters:
  ///   - number: which of many: each has an identity of its own, the same in every run.
  ///   - visit: the visit that the context names; `nil` for none.
  package static func context(_ number: Int = 0, visit: String? = nil) throws -> AccessContext {
    let nurse = Worker(
      userID: "555", roleProfileID: "556", jobRoleCode: "S8000", jobRoleName: "Nurse", name: "Sample Nurse",
      activities: [.notifyingQuery])
    return AccessContext(
      author: .worker(nurse), organisation: Organisation(code: try ODSCode("RJ1"), name: "Sample Trust"),
      setting: .emergencyDepartment, tracing: .verified, encounter: visit.map { EncounterID($0) },
      traceID: TraceID(identity(number)))
  }

  /// A child protection plan that has run for years.
  package static func plan() throws -> Plan {
    let authority = LocalAuthority(
      code: try ODSCode("711"), name: "Sample Council", emergencyDutyPhone: try PhoneNumber("02079460000"),
      officeHoursPhone: nil)
    return try Plan(
      kind: .childProtectionPlan, start: CivilTime(startOf: CivilDay(daysSince1970: 18_000)), end: nil,
      authority: authority)
  }

  /// A notice that can be handed on: an access that the registry could not be told of.
  package static func notice(_ number: Int) throws -> Notice {
    guard let patient = NHSNumber(payload: 999_000_002) else { throw NotDone("no patient") }
    return .undeclaredAccess(AccessDeclaration(patient: patient, context: try context(number), time: time))
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

  package func accept(_ notice: Notice) async throws(SinkError) {}
}

/// A registry that rules nothing out from memory, as one behind a network: each check asks it.
package struct AskedRegistry: RegistryClient {
  private let registry: any RegistryClient

  package init(_ registry: any RegistryClient) { self.registry = registry }

  package func plans(
    for patient: NHSNumber, in context: AccessContext
  ) async throws(RegistryError) -> RegistryAnswer {
    try await registry.plans(for: patient, in: context)
  }

  package func declare(_ access: AccessDeclaration) async throws(RegistryError) {
    try await registry.declare(access)
  }

  package func accessHistory(
    for patient: NHSNumber, in context: AccessContext
  ) async throws(RegistryError) -> AccessHistory {
    try await registry.accessHistory(for: patient, in: context)
  }
}
