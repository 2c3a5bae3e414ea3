import CPIS

extension AccessContext {
  /// A nurse at an emergency department, for suites that check or hand on.
  static func sample(encounter: EncounterID? = nil) throws -> AccessContext {
    let nurse = Worker(
      userID: "555", roleProfileID: "556", jobRoleCode: "S8000", jobRoleName: "Nurse", name: "Sample Nurse",
      activities: [.notifyingQuery])
    return AccessContext(
      author: .worker(nurse), organisation: Organisation(code: try ODSCode("RJ1"), name: "Sample Trust"),
      setting: .emergencyDepartment, tracing: .verified, encounter: encounter)
  }
}
