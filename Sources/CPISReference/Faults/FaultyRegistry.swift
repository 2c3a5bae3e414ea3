public import CPIS
public import NHSNumbers

/// A registry client that goes wrong as it is told to.
public final class FaultyRegistry: RegistryClient, FaultyPort, Redacting {
  /// What is asked of a registry.
  public enum Operation: Hashable, Sendable, CaseIterable {
    /// A query.
    case plans
    /// A declaration.
    case declare
    /// A reading of the history.
    case accessHistory
  }

  private let base: any RegistryClient
  /// Counts the calls, and makes them go wrong.
  public let player: FaultPlayer<Operation, RegistryError, NonsenseAnswer>

  /// Puts faults before a registry.
  ///
  /// - Parameters:
  ///   - base: the registry that does the work where the script lets it.
  ///   - script: which calls go wrong; none of them until told.
  ///   - clock: the clock that slow answers wait on.
  public init(_ base: any RegistryClient, script: Script = Script(), clock: any WallClock) {
    self.base = base
    self.player = FaultPlayer(script, clock: clock)
  }

  /// Asks the registry behind it, or goes wrong.
  public func plans(for access: Access) async throws(RegistryError) -> RegistryAnswer {
    try await player.run(.plans) { () async throws(RegistryError) in
      try await base.plans(for: access)
    } distort: { nonsense, answer throws(RegistryError) in
      try nonsense.distort(answer)
    }
  }

  /// Declares to the registry behind it, or goes wrong. A declaration has no answer, so nonsense lets it through.
  public func declare(_ access: Access) async throws(RegistryError) {
    try await player.run(.declare) { () async throws(RegistryError) in
      try await base.declare(access)
    } distort: { _, _ throws(RegistryError) in
    }
  }

  /// Asks the registry behind it, or goes wrong.
  public func accessHistory(for access: Access) async throws(RegistryError) -> AccessHistory {
    try await player.run(.accessHistory) { () async throws(RegistryError) in
      try await base.accessHistory(for: access)
    } distort: { nonsense, history throws(RegistryError) in
      nonsense.distort(history)
    }
  }

  /// What the registry behind it says, while the script has no fault of a query: one that fails cannot rule out.
  public func rulesOut(_ patient: NHSNumber) -> Bool { !player.hasFault(of: .plans) && base.rulesOut(patient) }

  /// What the registry behind it says, while the script has no fault: some wait.
  public var answersInPlace: Bool { base.answersInPlace && hasNoFault }
}
