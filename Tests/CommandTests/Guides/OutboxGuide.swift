import CPIS
import CPISAudit
import CPISOutbox
import Foundation
import NHSNumbers

/// The lines of `Documentation/Durability.md` and the quick start, over what a host brings.
struct OutboxGuide {
  let client: any RegistryClient
  let mailbox: any NotificationSink
  let sealer: (any PayloadSealer)?
  let monitor: any EventObserver
  let hasher: any PatientHasher
  let folder: String

  func runs(_ patient: NHSNumber, _ context: AccessContext) async throws -> (OutboxCounters?, AuditHead) {
    func makeService() throws -> (OutboxService, TriageService, Task<Void, Never>) {
      // outbox begins
      let notices = try OutboxService(
        folder: folder + "/outbox",
        delivery: .declarations(to: client, others: mailbox),  // accesses to the registry, all else to a sink
        sealer: sealer,  // `nil` leaves patients on the disk in clear
        observer: monitor)
      let delivering = Task { await notices.run() }  // one, for as long as the host lives
      let service = try TriageService(registry: client, notices: notices)
      // outbox ends
      return (notices, service, delivering)
    }
    let (notices, service, delivering) = try makeService()
    // audit begins
    let audit = try await AuditLog.open(folder: folder + "/audit", hasher: hasher)  // once, at the start
    let outcome = await service.check(patient, in: context)
    try await audit.record(
      AuditEntry(
        time: Date(), patient: patient, context: context, accessID: outcome.access?.id, outcome: .init(outcome)))
    // audit ends
    await notices.wake()
    var tries = 0
    while let outbox = await notices.outbox, outbox.counters.pending > 0, tries < 2_000 {
      tries += 1
      try await Task.sleep(for: .milliseconds(5))
    }
    delivering.cancel()
    await delivering.value
    let (counters, head) = (await notices.outbox?.counters, try await audit.head())
    await notices.close()
    await audit.close()
    return (counters, head)
  }
}
