public import CPIS
public import NHSNumbers

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// A visit memory that goes wrong as its script says.
public final class FaultyVisitMemory: VisitMemory, FaultyPort, Redacting {
  /// The operations of a visit memory.
  @nonexhaustive
  public enum Operation: Hashable, Sendable, CaseIterable {
    /// Opening a visit, or finding one.
    case open
    /// Noting something about a visit.
    case note
    /// Forgetting visits.
    case forget
  }

  /// A visit that cannot be trusted. One that was just opened is distorted, too.
  @nonexhaustive
  public enum Nonsense: Hashable, Sendable, CaseIterable {
    /// A visit that holds plans of another patient.
    case plansOfAnotherPatient
    /// A visit that ended long ago.
    case longOver
    /// A visit that has not begun.
    case fromTheFuture
    /// A visit that says "no plan", which no visit may.
    case noPlan
    /// A visit that holds plans of the patient, of which it says that nobody was told.
    case plansNobodyWasToldOf
    /// The identity of another visit. Unless the host gave a key, nothing can detect it.
    case anotherVisitsIdentity
  }

  private let base: any VisitMemory
  /// Counts the calls, and makes them go wrong.
  public let player: FaultPlayer<Operation, VisitMemoryError, Nonsense>

  /// Wraps a visit memory in faults.
  ///
  /// - Parameters:
  ///   - base: the memory that does the work unless the script says otherwise.
  ///   - script: which calls go wrong; by default, none.
  ///   - clock: the clock that slow answers wait on.
  public init(_ base: any VisitMemory, script: Script = Script(), clock: any WallClock) {
    self.base = base
    self.player = FaultPlayer(script, clock: clock)
  }

  /// Opens a visit in the memory that it wraps, or goes wrong.
  public func open(
    _ visit: VisitKey, proposing proposal: RememberedVisit, within window: Duration
  ) async throws(VisitMemoryError) -> RememberedVisit {
    try await player.run(.open) { () async throws(VisitMemoryError) in
      try await base.open(visit, proposing: proposal, within: window)
    } distort: { nonsense, remembered throws(VisitMemoryError) in
      nonsense.distort(remembered, of: visit)
    }
  }

  /// Takes note in the memory that it wraps, or goes wrong. Nonsense lets it through.
  public func note(_ note: VisitNote, of visit: VisitKey, access: Access.ID) async throws(VisitMemoryError) {
    try await player.run(.note) { () async throws(VisitMemoryError) in
      try await base.note(note, of: visit, access: access)
    } distort: { _, _ throws(VisitMemoryError) in
    }
  }

  /// Forgets in the memory that it wraps, or goes wrong. Nonsense lets it through.
  public func forget(_ scope: VisitScope) async throws(VisitMemoryError) {
    try await player.run(.forget) { () async throws(VisitMemoryError) in
      try await base.forget(scope)
    } distort: { _, _ throws(VisitMemoryError) in
    }
  }

  /// What the memory that it wraps says, unless the script has a fault: some faults wait.
  public var answersInPlace: Bool { base.answersInPlace && hasNoFault }
}

extension FaultyVisitMemory.Nonsense {
  fileprivate func distort(_ visit: RememberedVisit, of key: VisitKey) -> RememberedVisit {
    var distorted = RememberedVisit(accessID: visit.accessID, firstCheck: visit.firstCheck)
    switch self {
    case .plansOfAnotherPatient:
      let none = RegistryAnswer(patient: key.patient, finding: .noPlanUnderThisNumber)
      guard let other = try? NonsenseAnswer.plansOfAnotherChild.distort(none) else { return visit }
      distorted.found = CachedAnswer(answer: other, asOf: visit.firstCheck)
    case .plansNobodyWasToldOf:
      distorted.found = visit.found
    case .noPlan:
      let none = RegistryAnswer(patient: key.patient, finding: .noPlanUnderThisNumber)
      distorted.found = CachedAnswer(answer: none, asOf: visit.firstCheck)
    case .anotherVisitsIdentity:
      distorted = RememberedVisit(accessID: Access.ID(UUID()), firstCheck: visit.firstCheck)
    case .longOver:
      distorted = RememberedVisit(
        accessID: visit.accessID, firstCheck: visit.firstCheck.addingTimeInterval(-400 * 86_400))
    case .fromTheFuture:
      distorted = RememberedVisit(
        accessID: visit.accessID, firstCheck: visit.firstCheck.addingTimeInterval(400 * 86_400))
    }
    return distorted
  }
}
