public import CPIS
public import NHSNumbers
internal import Synchronization

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// A sink that keeps notices in memory, in the order in which they came.
///
/// A notice that comes again, with the same id, is kept once. For tests and demonstrations: what it keeps is gone
/// with the process.
public final class RecordingSink: NotificationSink, Redacting {
  private struct State {
    var notices: [Notice] = []
    var ids: Set<UUID> = []
    var offers = 0
    var watchers = CountWatchers()
  }

  private let state = Mutex(State())

  /// `true`: it neither blocks nor waits.
  public var answersInPlace: Bool { true }

  /// Makes a sink that has kept nothing yet.
  public init() {}

  /// What was kept, oldest first.
  public var notices: [Notice] { state.withLock { $0.notices } }

  /// How often a notice was offered, repeats included.
  public var offerCount: Int { state.withLock { $0.offers } }

  /// Keeps a notice, unless it was kept before.
  public func accept(_ notice: Notice) async throws(SinkError) {
    let ready = state.withLock { state in
      state.offers += 1
      if state.ids.insert(notice.id).inserted { state.notices.append(notice) }
      return state.watchers.take(reachedBy: state.notices.count)
    }
    for watcher in ready { watcher.resume() }
  }

  /// Waits until at least so many notices are kept, and returns all that are.
  public func waitForNotices(_ count: Int) async -> [Notice] {
    await withCheckedContinuation { continuation in
      let ready = state.withLock { state in
        state.watchers.add(continuation, for: count)
        return state.watchers.take(reachedBy: state.notices.count)
      }
      for watcher in ready { watcher.resume() }
    }
    return notices
  }
}
