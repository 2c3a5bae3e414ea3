import CPIS
import CPISAudit
import Foundation
import NHSNumbers

/// A hasher that is not for use: it hashes everybody to the same.
struct SampleHasher: PatientHasher {
  func hash(_ patient: NHSNumber) throws(SealerError) -> [UInt8] { [UInt8](repeating: 7, count: 32) }
}

/// An audit log on the disk.
struct AuditFolder {
  let path = FileManager.default.temporaryDirectory.appending(path: "cpis-audit-\(UUID().uuidString)")
    .path(percentEncoded: false)
  let heads: [AuditHead]

  /// Records checks, one a segment where asked, and keeps the head after each.
  init(records count: Int, segmentEach: Bool = false) async throws {
    var rotation = AuditLog.Rotation()
    if segmentEach { rotation.segmentBytes = 1 }
    let audit = try await AuditLog.open(folder: path, hasher: SampleHasher(), rotation: rotation)
    var heads: [AuditHead] = []
    for index in 1...count {
      guard case .undeclaredAccess(let notice) = try OutboxFolder.notice(index) else { continue }
      let access = notice.access
      try await audit.record(
        AuditEntry(
          time: access.time, patient: access.patient, context: access.context, accessID: access.id,
          outcome: .plansRecorded(.registry)))
      heads.append(try await audit.head())
    }
    self.heads = heads
    await audit.close()
  }

  /// The names of the segments, oldest first.
  func segments() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasPrefix("audit-") }.sorted()
      .map { path + "/" + $0 }
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }
}
