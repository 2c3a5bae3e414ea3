import CPIS
import Foundation

// guide begins
/// Yours: a durable queue that keeps each id once.
protocol DurableQueue: Sendable {
  /// Returns when the item is on disk and synced, also when it had the id already.
  func append(_ item: Data, id: UUID) async throws
}

struct QueueSink: NotificationSink {
  let queue: any DurableQueue

  func accept(_ notice: Notice) async throws(SinkError) {
    // The whole notice, as it is: the worker, organisation, setting and time of the check travel in it.
    guard let item = try? JSONEncoder().encode(notice) else { throw SinkError(.rejected) }
    do { try await queue.append(item, id: notice.id) } catch { throw SinkError(.unavailable) }
  }
}

/// What the queue's other end does with an item. It removes the item only after this returned.
struct QueueWorker {
  let registry: any RegistryClient
  let safeguardingTeam: any NotificationSink  // yours: the trust's own mailbox
  let authorities: any NotificationSink  // yours: by the recipient that the notice names

  func passOn(_ item: Data) async throws {
    let notice = try JSONDecoder().decode(Notice.self, from: item)
    switch notice {
    case .undeclaredAccess(let access): try await registry.declare(access)
    case .safeguarding: try await safeguardingTeam.accept(notice)
    case .accessToService, .inactiveNumber: try await authorities.accept(notice)
    }
  }
}
// guide ends
