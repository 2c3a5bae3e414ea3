public import CPIS
public import NHSNumbers
internal import Synchronization

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// A sink that keeps notices in memory, in order of arrival.
///
/// A notice that comes again, with the same id, is kept once. For tests and demonstrations: everything it keeps is
/// lost when the process ends.
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

  /// Makes an empty sink.
  public init() {}

  /// The notices it has kept, oldest first.
  public var notices: [Notice] { state.withLock { $0.notices } }

  /// How often notices were offered, repeats included.
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

  /// Waits until at least this many notices are kept, and returns all of them.
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
