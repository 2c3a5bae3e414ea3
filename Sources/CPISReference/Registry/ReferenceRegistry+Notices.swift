public import CPIS
internal import Synchronization

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

extension ReferenceRegistry {
  /// Ends the time window: what each authority is to be told of since the last one becomes a notice that is due.
  ///
  /// - Parameter includingEmpty: whether authorities without an access get a notice too, an empty one.
  /// - Complexity: O(*n* log *n*) for *n* accesses in the window.
  public func closeWindow(includingEmpty: Bool = false) {
    let now = clock.now
    state.withLock { $0.closeWindow(includingEmpty: includingEmpty, at: now) }
  }

  /// The notices that nobody has taken over yet, oldest first: of closed windows, and of numbers out of use.
  public var noticesDue: [Notice] { state.withLock { $0.due.map(\.notice) } }

  /// Hands over the notices that are due; the caller answers for them from here on. One that a sink is being
  /// offered at this moment is not among them.
  public func takeNotices() -> [Notice] { state.withLock { $0.takeNotices() } }

  /// Offers each due notice to a sink. What the sink does not take stays due, with its id, for the next call.
  ///
  /// Calls at once share the work: no notice is offered by two of them at the same time.
  public func deliverNotices(to sink: some NotificationSink) async -> NoticeDelivery {
    var tried: Set<UUID> = []
    var delivery = NoticeDelivery(acceptedCount: 0, failures: [])
    while let notice = state.withLock({ $0.offerNext(skipping: tried) }) {
      tried.insert(notice.id)
      do throws(SinkError) {
        try await sink.accept(notice)
        state.withLock { $0.settle(notice.id, wasAccepted: true) }
        delivery.acceptedCount += 1
      } catch {
        state.withLock { $0.settle(notice.id, wasAccepted: false) }
        delivery.failures.append(error)
      }
    }
    return delivery
  }
}
