import CPIS
import CPISOutbox
import Foundation
import NHSNumbers

/// The lines of `Documentation/Durability.md` and the quick start, over what a host brings.
struct OutboxGuide {
  let client: any RegistryClient
  let mailbox: any NotificationSink
  let sealer: (any PayloadSealer)?
  let hasher: any PatientHasher
  let folder: String

  func runs(_ patient: NHSNumber, _ context: AccessContext) async throws -> (OutboxCounters, AccessLogHead) {
    func makeService() async throws -> (FileOutboxStore, Outbox, TriageService, Task<Void, any Error>) {
      // outbox begins
      let store = try await FileOutboxStore.open(folder: folder + "/outbox")
      let outbox = try await Outbox(
        store: store,
        delivery: .declarations(to: client, others: mailbox),  // accesses to the registry, all else to a sink
        sealer: sealer)  // `nil` leaves patients on the disk in clear
      let delivering = Task { try await outbox.run() }  // one, for as long as the host lives
      let service = TriageService(registry: client, notices: outbox)
      // outbox ends
      return (store, outbox, service, delivering)
    }
    let (store, outbox, service, delivering) = try await makeService()
    let log = try await AccessLog.open(folder: folder + "/access-log", hasher: hasher)
    // access log begins
    let outcome = await service.check(patient, in: context)
    try await log.record(
      AccessLogEntry(
        time: Date(), patient: patient, context: context, accessID: outcome.access?.id, outcome: .init(outcome)))
    // access log ends
    outbox.wake()
    while outbox.counters.pending > 0 { try await Task.sleep(for: .milliseconds(5)) }
    delivering.cancel()
    _ = await delivering.result
    let (counters, head) = (outbox.counters, try await log.head())
    await store.close()
    await log.close()
    return (counters, head)
  }
}
