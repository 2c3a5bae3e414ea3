#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import NHSNumbers

/// Keeps the registry's answers, and says which kept one may be shown.
///
/// Whatever the cache does wrong, an answer counts as not kept.
struct AnswerKeeper: Sendable {
  /// `nil` when the policy uses no cache.
  private let cache: (any FlagCache)?
  private let calls = PortCalls("cache")
  private let clock: any WallClock
  private let policy: TriagePolicy
  private let events: EventReporter

  init(cache: (any FlagCache)?, clock: any WallClock, policy: TriagePolicy, events: EventReporter) {
    self.cache = cache
    self.clock = clock
    self.policy = policy
    self.events = events
  }

  /// Whether no call of the cache runs or waits for a thread.
  var isIdle: Bool { calls.areIdle }

  /// Whether answers are kept at all.
  var isInUse: Bool { cache != nil }

  /// Whether the cache never waits; `true` without one.
  var isInPlace: Bool { cache?.answersInPlace ?? true }

  /// Kept plans young enough that the registry need not be asked; `nil` when there are none.
  func freshAnswer(for flight: Flight) async -> CachedAnswer? {
    guard case .on(let freshFor, _) = policy.cache else { return nil }
    return await answer(for: flight, noOlderThan: freshFor)
  }

  /// Kept plans that may be shown while the registry cannot be asked; `nil` when there are none.
  func standIn(for flight: Flight) async -> CachedAnswer? {
    guard case .on(_, let usableWhenDownFor) = policy.cache else { return nil }
    return await answer(for: flight, noOlderThan: usableWhenDownFor)
  }

  private func answer(for flight: Flight, noOlderThan limit: Duration) async -> CachedAnswer? {
    guard let cache, limit > .zero else { return nil }
    let patient = flight.patient
    let kept = await use(flight) { () async throws(CacheError) in try await cache.entry(for: patient) }
    guard case .some(.some(let kept)) = kept else { return nil }
    guard kept.answer.patient == patient else {
      events.report(.cacheFailed(CacheError(.corrupted)), flight.access)
      return nil
    }
    let now = clock.now
    guard !kept.isExpired(at: now) else {
      _ = await use(flight) { () async throws(CacheError) in try await cache.remove(.patient(patient)) }
      return nil
    }
    // A kept "none" never answers: a plan may have come since, and only the registry can say.
    guard case .plans = kept.answer.finding else { return nil }
    return kept.isUsable(at: now, for: limit) ? kept : nil
  }

  /// Keeps an answer of the registry. A partial one is not kept: its gaps would be forgotten with its cause.
  ///
  /// When the answer is not kept, an older one goes too: it may be the "none" that this one has just contradicted.
  func keep(_ answer: RegistryAnswer, of flight: Flight) async {
    guard let cache else { return }
    let patient = flight.patient
    if answer.isComplete {
      // As old as the question: what was loaded while the answer was under way may be missing from it.
      let kept = CachedAnswer(answer: answer, asOf: flight.access.time)
      let stored: Void? = await use(flight) { () async throws(CacheError) in
        try await cache.store(kept, for: patient)
      }
      if stored != nil { return }
    }
    _ = await use(flight) { () async throws(CacheError) in try await cache.remove(.patient(patient)) }
  }

  /// Runs an operation on the cache within the policy's time. `nil` when it failed or took too long.
  private func use<Value: Sendable>(
    _ flight: Flight, _ operation: @escaping @Sendable () async throws(CacheError) -> Value
  ) async -> Value? {
    let inPlace = cache?.answersInPlace ?? true
    switch await calls.run(inPlace: inPlace, within: policy.cacheDeadline, on: clock, { await resultOf(operation) })
    {
    case .success(let value): return value
    case .failure(let error): events.report(.cacheFailed(error), flight.access)
    case nil: events.report(.cacheFailed(CacheError(.timedOut)), flight.access)
    }
    return nil
  }
}
