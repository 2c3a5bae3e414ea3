public import CPIS
public import NHSNumbers

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// A cache that goes wrong as it is told to.
public final class FaultyCache: FlagCache, FaultyPort, Redacting {
  /// What is asked of a cache.
  public enum Operation: Hashable, Sendable, CaseIterable {
    /// A look for an entry.
    case entry
    /// The keeping of an answer.
    case store
    /// A removal.
    case remove
  }

  private let base: any FlagCache
  /// Counts the calls, and makes them go wrong.
  public let player: FaultPlayer<Operation, CacheError, NonsenseEntry>

  /// Puts faults before a cache.
  ///
  /// - Parameters:
  ///   - base: the cache that does the work where the script lets it.
  ///   - script: which calls go wrong; none of them until told.
  ///   - clock: the clock that slow answers wait on.
  public init(_ base: any FlagCache, script: Script = Script(), clock: any WallClock) {
    self.base = base
    self.player = FaultPlayer(script, clock: clock)
  }

  /// Whether the cache behind it answers in place, and no fault is scripted.
  public var answersInPlace: Bool { base.answersInPlace && hasNoFault }

  /// Looks in the cache behind it, or goes wrong.
  public func entry(for patient: NHSNumber) async throws(CacheError) -> CachedAnswer? {
    try await player.run(.entry) { () async throws(CacheError) in
      try await base.entry(for: patient)
    } distort: { nonsense, entry throws(CacheError) in
      entry.map(nonsense.distort)
    }
  }

  /// Keeps in the cache behind it, or goes wrong. Nonsense lets it through.
  public func store(_ answer: CachedAnswer, for patient: NHSNumber) async throws(CacheError) {
    try await player.run(.store) { () async throws(CacheError) in
      try await base.store(answer, for: patient)
    } distort: { _, _ throws(CacheError) in
    }
  }

  /// Removes from the cache behind it, or goes wrong. Nonsense lets it through.
  public func remove(_ scope: CacheScope) async throws(CacheError) {
    try await player.run(.remove) { () async throws(CacheError) in
      try await base.remove(scope)
    } distort: { _, _ throws(CacheError) in
    }
  }
}
