public import CPIS
public import NHSNumbers

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// A cache that goes wrong as its script says.
public final class FaultyCache: FlagCache, FaultyPort, Redacting {
  /// The operations of a cache.
  @nonexhaustive
  public enum Operation: Hashable, Sendable, CaseIterable {
    /// Looking up an entry.
    case entry
    /// Storing an answer.
    case store
    /// Removing entries.
    case remove
  }

  private let base: any FlagCache
  /// Counts the calls, and makes them go wrong.
  public let player: FaultPlayer<Operation, CacheError, NonsenseEntry>

  /// Wraps a cache in faults.
  ///
  /// - Parameters:
  ///   - base: the cache that does the work unless the script says otherwise.
  ///   - script: which calls go wrong; by default, none.
  ///   - clock: the clock that slow answers wait on.
  public init(_ base: any FlagCache, script: Script = Script(), clock: any WallClock) {
    self.base = base
    self.player = FaultPlayer(script, clock: clock)
  }

  /// Whether the cache that it wraps answers in place, and the script has no fault.
  public var answersInPlace: Bool { base.answersInPlace && hasNoFault }

  /// Looks in the cache that it wraps, or goes wrong.
  public func entry(for patient: NHSNumber) async throws(CacheError) -> CachedAnswer? {
    try await player.run(.entry) { () async throws(CacheError) in
      try await base.entry(for: patient)
    } distort: { nonsense, entry throws(CacheError) in
      entry.map(nonsense.distort)
    }
  }

  /// Stores in the cache that it wraps, or goes wrong. Nonsense lets it through.
  public func store(_ answer: CachedAnswer, for patient: NHSNumber) async throws(CacheError) {
    try await player.run(.store) { () async throws(CacheError) in
      try await base.store(answer, for: patient)
    } distort: { _, _ throws(CacheError) in
    }
  }

  /// Removes from the cache that it wraps, or goes wrong. Nonsense lets it through.
  public func remove(_ scope: CacheScope) async throws(CacheError) {
    try await player.run(.remove) { () async throws(CacheError) in
      try await base.remove(scope)
    } distort: { _, _ throws(CacheError) in
    }
  }
}

/// An entry of a cache that cannot be trusted. When the cache has no entry, nothing is distorted.
@nonexhaustive
public enum NonsenseEntry: Hashable, Sendable, CaseIterable {
  /// The entry of another patient.
  case wrongPatient
  /// That no plan is recorded, for another patient.
  case noneForAnotherPatient
  /// An entry that claims to be a day younger than it is, and so may be from the future.
  case fromTheFuture
  /// An entry that should have been forgotten long ago.
  case longPast
  /// An entry of which some plans could not be read.
  case partial
}

extension NonsenseEntry {
  fileprivate func distort(_ entry: CachedAnswer) -> CachedAnswer {
    let answer = entry.answer
    switch self {
    case .wrongPatient:
      return CachedAnswer(
        answer: RegistryAnswer(
          patient: answer.patient.neighbour, finding: answer.finding, validThrough: answer.validThrough),
        asOf: entry.asOf)
    case .noneForAnotherPatient:
      return CachedAnswer(
        answer: RegistryAnswer(patient: answer.patient.neighbour, finding: .noPlanUnderThisNumber),
        asOf: entry.asOf)
    case .fromTheFuture: return CachedAnswer(answer: answer, asOf: entry.asOf.addingTimeInterval(86_400))
    case .longPast: return CachedAnswer(answer: answer, asOf: entry.asOf.addingTimeInterval(-400 * 86_400))
    case .partial:
      guard case .plans(let plans, _) = answer.finding else { return entry }
      return CachedAnswer(
        answer: RegistryAnswer(
          patient: answer.patient, finding: .plans(plans, .partial(unreadableEntries: 1)),
          validThrough: answer.validThrough),
        asOf: entry.asOf)
    }
  }
}
