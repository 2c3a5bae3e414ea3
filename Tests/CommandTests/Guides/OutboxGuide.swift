import CPIS
import CPISAudit
import CPISOutbox
import Foundation
import NHSNumbers
import Synchronization

/// The lines of `Documentation/Durability.md` and the quick start, over what a host brings.
struct OutboxGuide {
  let client: any RegistryClient
  let mailbox: any NotificationSink
  let sealer: (any PayloadSealer)?
  let hasher: any PatientHasher
  let folder: String

  func runs(_ patient: NHSNumber, _ context: AccessContext) async throws -> (OutboxCounters, AuditHead) {
    func makeService() async throws -> (FileOutboxStore, Outbox, TriageService, Task<Void, any Error>) {
      // outbox begins
      let store = try await FileOutboxStore.open(folder: folder + "/outbox")
      let outbox = try await Outbox(
        store: store,
        delivery: .declarations(to: client, others: mailbox),  // accesses to the registry, all else to a sink
        sealer: sealer)  // `nil` leaves patients on the disk in clear
      let delivering = Task { try await outbox.run() }  // one, for as long as the host lives
      let service = try TriageService(registry: client, notices: outbox)
      // outbox ends
      return (store, outbox, service, delivering)
    }
    let (store, outbox, service, delivering) = try await makeService()
    // audit begins
    let audit = try await AuditLog.open(folder: folder + "/audit", hasher: hasher)  // once, at the start
    let outcome = await service.check(patient, in: context)
    try await audit.record(
      AuditEntry(
        time: Date(), patient: patient, context: context, accessID: outcome.access?.id, outcome: .init(outcome)))
    // audit ends
    outbox.wake()
    while outbox.counters.pending > 0 { try await Task.sleep(for: .milliseconds(5)) }
    delivering.cancel()
    _ = await delivering.result
    let (counters, head) = (outbox.counters, try await audit.head())
    await store.close()
    await audit.close()
    return (counters, head)
  }
}

// relay begins
final class OutboxRelay: NotificationSink {  // give this to TriageService
  private let current = Mutex<Outbox?>(nil)

  func use(_ outbox: Outbox?) { current.withLock { $0 = outbox } }

  func accept(_ notice: Notice) async throws(SinkError) {
    guard let outbox = current.withLock({ $0 }) else { throw SinkError(.unavailable) }
    try await outbox.accept(notice)
  }
}
// relay ends
