import CPIS

extension AccessContext {
  /// A nurse at an emergency department, for suites that check or hand on.
  static func sample(encounter: EncounterID? = nil) throws -> AccessContext {
    let nurse = try Worker(
      userID: "555", roleProfileID: "556", jobRole: JobRole(code: "S8000", name: "Nurse"), name: "Sample Nurse",
      activities: [.notifyingQuery])
    return AccessContext(
      author: .worker(nurse), organisation: try Organisation(code: ODSCode("RJ1"), name: "Sample Trust"),
      setting: .emergencyDepartment, tracing: .verified, encounter: encounter)
  }
}
