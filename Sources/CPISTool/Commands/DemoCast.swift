import CPIS
import NHSNumbers

/// A patient's arrival during the night of the demonstration. Every number is a test number.
struct Arrival {
  /// When, on UK clocks: `yyyyMMddHHmm`.
  let time: String
  let setting: CareSetting
  /// What the hospital's own system shows of the patient.
  let patient: String
  /// The number as it was typed, or came in a message.
  let number: String
  let worker: Worker
  let visit: VisitID
  /// What the scene is to show.
  let note: String

  var role: String { worker.jobRole?.name ?? "Staff" }
}

/// The staff and patients of the demonstration.
struct DemoCast {
  let trust: Organisation
  let nurse: Worker
  let evening: [Arrival]
  let outage: Arrival
  let morning: [Arrival]

  /// When the registry is back, on UK clocks.
  let registryReturns = "202611210140"

  init() throws(InvalidValue) {
    trust = try Organisation(code: ODSCode("RJ1"), name: "Example NHS Trust")
    let clerk = try Self.worker("100000000001", "Receptionist", "Priya Nair", [.notifyingQuery])
    nurse = try Self.worker("100000000002", "Nurse", "Sam Okafor", [.notifyingQuery])
    let midwife = try Self.worker("100000000003", "Midwife", "Ellen Byrne", [.notifyingQuery])
    let healthVisitor = try Self.worker("100000000004", "Health visitor", "Jo Marsh", [.silentQuery])

    evening = try [
      Arrival(
        time: "202611201540", setting: .emergencyDepartment, patient: "Aisha Begum, 7", number: "999 012 3012",
        worker: clerk, visit: VisitID("A1"), note: "registered, and the office of the authority is open"),
      Arrival(
        time: "202611201552", setting: .emergencyDepartment, patient: "Aisha Begum, 7", number: "999 012 3012",
        worker: nurse, visit: VisitID("A1"), note: "triaged: the same visit, one access to the authority"),
      Arrival(
        time: "202611201905", setting: .emergencyDepartment, patient: "Oliver Hart, 4", number: "999 000 0026",
        worker: nurse, visit: VisitID("A2"), note: "nothing recorded"),
      Arrival(
        time: "202611202130", setting: .maternity, patient: "Nadia Khatun, 28", number: "999 012 5759",
        worker: midwife, visit: VisitID("M1"), note: "a plan for her unborn child, held under her number"),
      Arrival(
        time: "202611202210", setting: .emergencyDepartment, patient: "Maya Osei-Bonsu, 5", number: "999 013 5347",
        worker: nurse, visit: VisitID("A3"), note: "plans of two authorities, late in the evening"),
      Arrival(
        time: "202611202320", setting: .emergencyDepartment, patient: "name not given, about 9",
        number: "999 012 3013", worker: clerk, visit: VisitID("A4"), note: "a digit mistyped"),
    ]

    outage = try Arrival(
      time: "202611210115", setting: .emergencyDepartment, patient: "Samir Choudhury, 12", number: "999 012 4388",
      worker: nurse, visit: VisitID("A5"), note: "the registry is down")

    morning = try [
      Arrival(
        time: "202611210200", setting: .emergencyDepartment, patient: "Samir Choudhury, 12", number: "999 012 4388",
        worker: nurse, visit: VisitID("A5"), note: "the registry is back: the same visit, checked again"),
      Arrival(
        time: "202611210230", setting: .maternity, patient: "Freya Lindqvist, 25", number: "999 012 8499",
        worker: midwife, visit: VisitID("M2"), note: "her baby was due three weeks ago"),
      Arrival(
        time: "202611210910", setting: .schoolNursingAndHealthVisiting, patient: "Leo O'Sullivan, 9",
        number: "999 012 7123", worker: healthVisitor, visit: VisitID("S1"),
        note: "scheduled care: a silent read"),
    ]
  }

  private static func worker(_ id: String, _ role: String, _ name: String, _ activities: Set<Activity>)
    throws(InvalidValue)
    -> Worker
  {
    try Worker(
      userID: id, roleProfileID: "2\(id.dropFirst())", jobRole: JobRole(code: "R8000", name: role), name: name,
      activities: activities)
  }
}
