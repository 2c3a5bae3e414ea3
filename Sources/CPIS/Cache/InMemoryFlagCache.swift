public import NHSNumbers
import Synchronization

/// A cache in memory: bounded, and gone with the process.
///
/// Answers leave on the first day on which one of their plans may no longer be shown, by the clock it was given,
/// whether or not anyone asks for them again: each use removes what has expired since the last. When full, the
/// answer kept longest makes room.
public final class InMemoryFlagCache: FlagCache {
  fileprivate struct State {
    var answers: [NHSNumber: (answer: CachedAnswer, order: Int)] = [:]
    /// The order number of the next answer kept.
    var nextOrder = 0
    /// The earliest last day among the answers; `nil` when none has one.
    var earliestLastDay: CivilDay?
  }

  private let state = Mutex(State())
  private let clock: any WallClock
  private let capacity: Int

  /// Makes an empty cache.
  ///
  /// - Parameters:
  ///   - capacity: the most answers to keep; at least 1. The default is a day's child attendances in England.
  ///   - clock: where time comes from.
  public init(capacity: Int = 16_384, clock: any WallClock = SystemClock()) {
    self.capacity = max(1, capacity)
    self.clock = clock
  }

  /// How many answers are kept.
  public var count: Int { state.withLock { $0.answers.count } }

  /// What is kept for a patient; `nil` when nothing is, or it expired.
  ///
  /// - Complexity: O(1); O(*n*) for the first use on a day on which an answer expired.
  public func entry(for patient: NHSNumber) async throws(CacheError) -> CachedAnswer? {
    let today = UnitedKingdomTime.day(at: clock.now)
    return state.withLock { state in
      state.purge(today: today)
      return state.answers[patient]?.answer
    }
  }

  /// Keeps an answer, in place of an older one. One that has expired already is not kept.
  public func store(_ answer: CachedAnswer, for patient: NHSNumber) async throws(CacheError) {
    let today = UnitedKingdomTime.day(at: clock.now)
    state.withLock { state in
      state.purge(today: today)
      state.store(answer, for: patient, capacity: capacity)
      state.purge(today: today)
    }
  }

  /// Removes.
  public func remove(_ scope: CacheScope) async throws(CacheError) {
    state.withLock { state in
      switch scope {
      case .patient(let patient): state.answers[patient] = nil
      case .expired(let instant): state.purge(today: UnitedKingdomTime.day(at: instant))
      case .everything: state = State()
      }
    }
  }
}

extension InMemoryFlagCache.State {
  /// Removes what may no longer be shown. Cheap while nothing has expired.
  fileprivate mutating func purge(today: CivilDay) {
    guard let earliestLastDay, today > earliestLastDay else { return }
    answers = answers.filter { kept in kept.value.answer.lastUsableDay.map { today <= $0 } ?? true }
    self.earliestLastDay = answers.values.compactMap(\.answer.lastUsableDay).min()
  }

  fileprivate mutating func store(_ answer: CachedAnswer, for patient: NHSNumber, capacity: Int) {
    answers[patient] = (answer, nextOrder)
    nextOrder += 1
    if let day = answer.lastUsableDay { earliestLastDay = earliestLastDay.map { min($0, day) } ?? day }
    if answers.count > capacity { makeRoom(capacity) }
  }

  /// Drops the answers kept longest: an eighth at a time, so that the cost of finding them is spread.
  private mutating func makeRoom(_ capacity: Int) {
    let oldestFirst = answers.sorted { $0.value.order < $1.value.order }
    for (patient, _) in oldestFirst.prefix(answers.count - capacity + capacity / 8) { answers[patient] = nil }
  }
}

extension InMemoryFlagCache: Redacting {}
