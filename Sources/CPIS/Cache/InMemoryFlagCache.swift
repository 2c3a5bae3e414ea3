#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
public import NHSNumbers
import Synchronization

/// A cache in memory: bounded, and gone with the process.
///
/// Answers leave on the first day on which one of their plans may no longer be shown, and at a greatest age, by the
/// clock it was given, whether or not anyone asks for them again: the first use in each hour removes what has expired.
/// When full, the answers kept longest make room.
public final class InMemoryFlagCache: FlagCache {
  fileprivate struct State {
    var answers: [NHSNumber: (answer: CachedAnswer, order: Int)] = [:]
    /// The order number of the next answer kept.
    var nextOrder = 0
    var sweep = HourlySweep()
  }

  private let state = Mutex(State())
  private let clock: any WallClock
  private let capacity: Int
  private let maximumAge: Duration

  /// Makes an empty cache.
  ///
  /// - Parameters:
  ///   - capacity: the most answers to keep; at least 1. The default is a day's child attendances in England.
  ///   - maximumAge: how long an answer is kept, to the hour. Which answers may be shown is for the service's policy
  ///     to say; this bounds how long plans stay in memory.
  ///   - clock: where time comes from.
  public init(
    capacity: Int = 16_384, maximumAge: Duration = .seconds(24 * 3600), clock: any WallClock = SystemClock()
  ) {
    self.capacity = max(1, capacity)
    self.maximumAge = maximumAge
    self.clock = clock
  }

  /// `true`: it neither blocks nor waits.
  public var answersInPlace: Bool { true }

  /// How many answers are kept.
  public var count: Int { state.withLock { $0.answers.count } }

  /// What is kept for a patient; `nil` when nothing is, or it expired.
  ///
  /// - Complexity: O(1); O(*n*) for the first use in an hour.
  public func entry(for patient: NHSNumber) async throws(CacheError) -> CachedAnswer? {
    withState { state, _ in state.answers[patient]?.answer }
  }

  /// Keeps an answer, unless it has expired already, or a newer one is kept: answers may come in another order than
  /// that in which they were asked for.
  public func store(_ answer: CachedAnswer, for patient: NHSNumber) async throws(CacheError) {
    withState { state, now in
      guard !answer.hasExpired(at: now, maximumAge) else {
        state.answers[patient] = nil
        return
      }
      state.store(answer, for: patient, capacity: capacity, now: now)
    }
  }

  /// Removes the entries that match the scope.
  public func remove(_ scope: CacheScope) async throws(CacheError) {
    withState { state, _ in
      switch scope {
      case .patient(let patient): state.answers[patient] = nil
      case .expired(let instant): state.removeExpired(at: instant, maximumAge)
      case .everything: state = State()
      }
    }
  }

  private func withState<Value: Sendable>(_ body: (inout State, Date) -> Value) -> Value {
    let now = clock.now
    return state.withLock { state in
      if state.sweep.isDue(at: now) { state.removeExpired(at: now, maximumAge) }
      return body(&state, now)
    }
  }
}

extension CachedAnswer {
  fileprivate func hasExpired(at now: Date, _ maximumAge: Duration) -> Bool {
    isExpired(at: now) || now.timeIntervalSince(asOf) > maximumAge.seconds
  }
}

extension InMemoryFlagCache.State {
  fileprivate mutating func removeExpired(at now: Date, _ maximumAge: Duration) {
    answers = answers.filter { !$0.value.answer.hasExpired(at: now, maximumAge) }
  }

  fileprivate mutating func store(_ answer: CachedAnswer, for patient: NHSNumber, capacity: Int, now: Date) {
    // An answer dated in the future comes from a wrong clock; any other replaces it.
    if let kept = answers[patient]?.answer.asOf, kept > answer.asOf, kept <= now { return }
    answers[patient] = (answer, nextOrder)
    nextOrder += 1
    if answers.count > capacity { makeRoom(capacity) }
  }

  /// Drops the answers kept longest: an eighth at a time, so that the cost of finding them is spread.
  private mutating func makeRoom(_ capacity: Int) {
    let oldestFirst = answers.sorted { $0.value.order < $1.value.order }
    for (patient, _) in oldestFirst.prefix(answers.count - capacity + capacity / 8) { answers[patient] = nil }
  }
}

extension InMemoryFlagCache: Redacting {}

/// Says when to remove what has expired: at the first use in each hour. Last days end on the hour, so that nothing
/// outlives its own.
struct HourlySweep {
  private var lastHour: Double?

  /// Whether this is the first use in its hour. A clock that says nothing sensible counts as another hour.
  mutating func isDue(at now: Date) -> Bool {
    let hour = (now.timeIntervalSince1970 / 3600).rounded(.down)
    defer { lastHour = hour }
    return hour != lastHour
  }
}
