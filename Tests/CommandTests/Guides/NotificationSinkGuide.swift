import CPIS
import Foundation

// guide begins
/// Yours: a durable queue that keeps each id once.
protocol DurableQueue: Sendable {
  /// Returns when the item is on disk and synced, also when it had the id already.
  func append(_ item: [UInt8], id: UUID) async throws
}

struct QueueSink: NotificationSink {
  let queue: any DurableQueue

  func accept(_ notice: Notice) async throws(SinkError) {
    // The whole notice, as it is: the worker, organisation, setting and time of the check travel in it.
    guard let item = try? notice.stored() else { throw SinkError(.rejected) }
    do { try await queue.append(item, id: notice.id) } catch { throw SinkError(.unavailable) }
  }
}

/// What the queue's other end does with an item. It removes the item only after this returned.
struct QueueWorker {
  let registry: any RegistryClient
  let safeguardingTeam: any NotificationSink  // yours: the trust's own mailbox
  let authorities: any NotificationSink  // yours: by the recipient that the notice names

  func passOn(_ item: [UInt8]) async throws {
    let notice = try Notice(stored: item)
    switch notice {
    case .undeclaredAccess(let notice): try await registry.declare(notice.access)
    case .safeguarding: try await safeguardingTeam.accept(notice)
    case .accessToService, .inactiveNumber: try await authorities.accept(notice)
    @unknown default: throw SinkError(.other)  // a kind of a later version: it stays in the queue
    }
  }
}
// guide ends
