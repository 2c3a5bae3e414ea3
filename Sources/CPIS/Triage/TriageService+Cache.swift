#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import NHSNumbers

extension TriagePolicy {
  /// The oldest answer that may stand in for asking; `nil` when none may.
  var freshFor: Duration? {
    guard case .on(let freshFor, _) = cache, freshFor > .zero else { return nil }
    return freshFor
  }

  /// The oldest answer that may be shown when the registry cannot be asked; `nil` when none may.
  var usableWhenDownFor: Duration? {
    guard case .on(_, let usableWhenDownFor) = cache, usableWhenDownFor > .zero else { return nil }
    return usableWhenDownFor
  }
}

extension TriageService {
  /// A kept answer that may be shown now. Whatever the cache does wrong, the answer is `nil`: not kept.
  func keptAnswer(for flight: Flight, within limit: Duration?) async -> CachedAnswer? {
    guard let cache, let limit else { return nil }
    let patient = flight.patient
    let kept = await useCache(flight) { () async throws(CacheError) -> CachedAnswer? in
      try await cache.entry(for: patient)
    }
    guard case .some(.some(let kept)) = kept else { return nil }
    guard kept.answer.patient == patient else {
      observe(.cacheFailed(CacheError(.corrupted)), flight.context)
      return nil
    }
    let now = clock.now
    guard !kept.isExpired(at: now) else {
      _ = await useCache(flight) { () async throws(CacheError) in try await cache.remove(.patient(patient)) }
      return nil
    }
    return kept.isUsable(at: now, for: limit) ? kept : nil
  }

  /// Keeps an answer of the registry. A partial one is not kept: its gaps would be forgotten with its cause.
  ///
  /// When the answer is not kept, an older one goes too: it may be the "none" that this one has just contradicted.
  func keep(_ answer: RegistryAnswer, asOf time: Date, _ flight: Flight) async {
    guard let cache else { return }
    let patient = flight.patient
    if answer.isComplete {
      let kept = CachedAnswer(answer: answer, asOf: time)
      let stored: Void? = await useCache(flight) { () async throws(CacheError) in
        try await cache.store(kept, for: patient)
      }
      if stored != nil { return }
    }
    _ = await useCache(flight) { () async throws(CacheError) in try await cache.remove(.patient(patient)) }
  }

  /// Runs an operation on the cache within the policy's time. `nil` when it failed or took too long.
  private func useCache<Value: Sendable>(
    _ flight: Flight, _ operation: @escaping @Sendable () async throws(CacheError) -> Value
  ) async -> Value? {
    let result = await clock.bounded(by: policy.cacheDeadline) { () async -> Result<Value, CacheError> in
      do throws(CacheError) {
        return .success(try await operation())
      } catch {
        return .failure(error)
      }
    }
    switch result {
    case .success(let value): return value
    case .failure(let error): observe(.cacheFailed(error), flight.context)
    case nil: observe(.cacheFailed(CacheError(.timedOut)), flight.context)
    }
    return nil
  }
}
