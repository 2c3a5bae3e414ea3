import CPIS
import CPISOutbox
import Foundation

/// The demonstration's outbox, in a temporary folder that is removed at the end.
struct DemoOutbox {
  private let outbox: Outbox
  private let store: FileOutboxStore
  private let folder: URL

  /// Makes the folder, and an outbox in it that declares to a registry and hands all else to a sink.
  init(registry: some RegistryClient, sink: some NotificationSink, clock: some WallClock)
    async throws(CommandFailure)
  {
    folder = FileManager.default.temporaryDirectory.appending(path: "cpis-demo-\(UUID().uuidString)")
    do throws(OutboxError) {
      store = try await FileOutboxStore.open(folder: folder.path(percentEncoded: false))
      outbox = try await Outbox(
        store: store, delivery: .declarations(to: registry, others: sink), sealer: nil, clock: clock,
        random: { 0.5 })
    } catch {
      throw .unreadable("no outbox could be made in a temporary folder (\(error.code.rawValue))")
    }
  }

  var sink: any NotificationSink { outbox }

  /// How many notices are to be delivered.
  var pending: UInt64 { outbox.counters.pending }

  /// Hands on what is due: what a host's `run()` does by itself.
  func drain() async throws(CommandFailure) {
    do throws(OutboxError) { try await outbox.drain() } catch {
      throw .unreadable("the outbox in a temporary folder stopped (\(error.code.rawValue))")
    }
  }

  func remove() async {
    await store.close()
    try? FileManager.default.removeItem(at: folder)
  }
}
