import CPIS
import CPISHL7
import CPISOutbox
import Foundation
import NHSNumbers
import Shared

/// What leaves the process, comes into it, or outlives it: notices in an outbox, and uploads.
extension Operation {
  static let messages = [
    Operation("enqueue a notice, durably", per: "notice", count: 200) {
      let outbox = try await emptyOutbox()
      let notices = try (0..<400).map(Samples.notice)
      return { range in
        for place in range { try await outbox.enqueue(notices[place]) }
        return Int(outbox.counters.accepted) - range.lowerBound
      }
    },
    Operation("read an upload", per: "record", count: 500) {
      let bytes = try upload(500).hl7()
      return { _ in try LocalAuthorityUpload(hl7: bytes).records.count }
    },
    Operation("write an upload", per: "record", count: 500) {
      let whole = try upload(500)
      return { range in try whole.hl7().isEmpty ? 0 : range.count }
    },
  ]

  /// On a real disk: in this package's own build folder, not where temporary files may lie in memory.
  private static func emptyOutbox() async throws -> Outbox {
    let folder = FileManager.default.currentDirectoryPath + "/.build/counted-outbox"
    if FileManager.default.fileExists(atPath: folder) { try FileManager.default.removeItem(atPath: folder) }
    return try await Outbox(
      store: FileOutboxStore.open(folder: folder), delivery: Delivery { _ in }, sealer: nil, clock: StandingClock())
  }

  private static func upload(_ count: Int) throws -> LocalAuthorityUpload {
    let plan = try Samples.plan()
    let header = UploadHeader(
      creationTime: Samples.time, fileID: 587, declaredRecordCount: count, sender: UploadSender(plan.authority))
    let records = KeyPattern.uniform.keys(count, seed: 3).map { number in
      UploadRecord(
        plans: [UploadRecord.SentPlan(kind: .childProtectionPlan, start: "202511050930", end: "202611181600")],
        subjects: [
          UploadRecord.Subject(
            role: .child, nhsNumber: number.wireForm, localID: "LCS-440263", birthDate: "20120405",
            givenName: "Sample", familyName: "Child")
        ])
    }
    return LocalAuthorityUpload(header: header, records: records)
  }
}
