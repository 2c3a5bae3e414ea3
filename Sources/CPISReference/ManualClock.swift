public import CPIS
internal import Synchronization

#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// A clock that stands still until it is moved.
///
/// As on a machine, two things move independently: the time of day, which ``set(_:)`` may put anywhere, and the
/// time that has passed, which only ``advance(by:)`` moves. Sleepers wait for time to pass, so setting the time of
/// day neither wakes them nor prolongs their wait.
public final class ManualClock: WallClock {
  private struct State {
    var now: Date
    var elapsed = Duration.zero
    var lastSleeper = 0
    var sleepers: [Int: Sleeper] = [:]
    var watchers = CountWatchers()
  }

  private struct Sleeper {
    let deadline: Duration
    let continuation: CheckedContinuation<Void, any Error>
  }

  private let state: Mutex<State>

  /// Makes a clock that shows an instant.
  public init(_ now: Date) { state = Mutex(State(now: now)) }

  /// Makes a clock that shows a time on UK clocks.
  public convenience init(_ time: CivilTime) { self.init(UnitedKingdomTime.instant(of: time)) }

  /// The instant it shows.
  public var now: Date { state.withLock { $0.now } }

  /// Sets the time of day, forwards or backwards. No sleeper wakes, because no time has passed.
  public func set(_ instant: Date) { state.withLock { $0.now = instant } }

  /// Lets time pass, and wakes the sleepers whose wait is over, the earliest deadline first.
  ///
  /// - Parameter duration: how long. A negative one only sets the time of day back.
  /// - Complexity: O(*n* log *n*) for *n* sleepers.
  public func advance(by duration: Duration) {
    let woken = state.withLock { state in
      state.now = state.now.addingTimeInterval(duration.seconds)
      guard duration > .zero else { return [Sleeper]() }
      state.elapsed += duration
      let elapsed = state.elapsed
      let due = state.sleepers.filter { $0.value.deadline <= elapsed }
        .sorted { ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key) }
      for (id, _) in due { state.sleepers[id] = nil }
      return due.map(\.value)
    }
    for sleeper in woken { sleeper.continuation.resume() }
  }

  /// Waits until this much time has passed.
  ///
  /// - Throws: `CancellationError` when the task is cancelled first.
  public func sleep(for duration: Duration) async throws {
    try Task.checkCancellation()
    guard duration > .zero else { return }
    let id = state.withLock { state in
      state.lastSleeper += 1
      return state.lastSleeper
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let (isCancelled, ready) = state.withLock { state in
          // If the task was cancelled before this line, the handler found no sleeper to wake. If it is cancelled
          // after it, the handler waits for the lock and finds the sleeper.
          if Task.isCancelled { return (true, [CountWatchers.Watcher]()) }
          state.sleepers[id] = Sleeper(deadline: state.elapsed + duration, continuation: continuation)
          return (false, state.watchers.take(reachedBy: state.sleepers.count))
        }
        if isCancelled { continuation.resume(throwing: CancellationError()) }
        for watcher in ready { watcher.resume() }
      }
    } onCancel: {
      let sleeper = state.withLock { $0.sleepers.removeValue(forKey: id) }
      sleeper?.continuation.resume(throwing: CancellationError())
    }
  }

  /// How many sleepers there are.
  public var sleeperCount: Int { state.withLock { $0.sleepers.count } }

  /// Waits until there are at least this many sleepers; returns at once when there are. A test then knows that
  /// advancing the clock wakes them.
  public func waitForSleepers(_ count: Int) async {
    await withCheckedContinuation { continuation in
      let ready = state.withLock { state in
        state.watchers.add(continuation, for: count)
        return state.watchers.take(reachedBy: state.sleepers.count)
      }
      for watcher in ready { watcher.resume() }
    }
  }
}

/// Tasks that wait for a count to reach a threshold.
struct CountWatchers {
  typealias Watcher = CheckedContinuation<Void, Never>

  private var watchers: [(threshold: Int, watcher: Watcher)] = []

  mutating func add(_ watcher: Watcher, for threshold: Int) { watchers.append((threshold, watcher)) }

  /// Removes and returns the watchers whose threshold is reached. The caller resumes them, outside any lock.
  mutating func take(reachedBy count: Int) -> [Watcher] {
    let ready = watchers.filter { $0.threshold <= count }.map(\.watcher)
    watchers.removeAll { $0.threshold <= count }
    return ready
  }
}
