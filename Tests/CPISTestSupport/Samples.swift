package import CPIS
package import Foundation
package import NHSNumbers

/// Numbers of the range that is for tests only.
package func sampleNumber(_ index: Int) throws -> NHSNumber {
  // In steps of three, so that no two indices come to one number when a payload has no check digit.
  var payload = UInt32(999_000_000 + (index % 300_000) * 3)
  while true {
    if let number = NHSNumber(payload: payload) { return number }
    payload += 1
  }
}

/// An identity by number.
package func sampleID(_ index: Int) -> UUID {
  let n = UInt32(truncatingIfNeeded: index)
  func byte(_ shift: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: n >> shift) }
  return UUID(uuid: (byte(24), byte(16), byte(8), byte(0), 0xC0, 0xDE, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 1))
}

/// The instant at which samples happen.
package let sampleTime = Date(timeIntervalSince1970: 1_795_000_000)

/// A worker who may check.
package func nurse() throws -> Author {
  .worker(
    try Worker(
      userID: "555000000001", roleProfileID: "555000000002", jobRole: JobRole(code: "S0010", name: "Nurse"),
      name: "Sample Nurse", activities: [.notifyingQuery]))
}

/// A context of a visit of its own, by number.
package func sampleContext(_ index: Int) throws -> AccessContext {
  AccessContext(
    author: try nurse(), organisation: try Organisation(code: ODSCode("RJ1"), name: "Sample Trust"),
    setting: .emergencyDepartment, tracing: .verified, visit: try VisitID("visit-\(index)"))
}

/// A child's access; both are chosen by number.
package func sampleAccess(_ index: Int, child: Int) throws -> Access {
  Access(
    id: Access.ID(sampleID(index)), patient: try sampleNumber(child), context: try sampleContext(index),
    time: sampleTime.addingTimeInterval(Double(index)))
}
