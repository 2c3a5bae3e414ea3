/// A port that goes wrong as it is told to: what ``FaultyRegistry``, ``FaultyCache``, ``FaultySink`` and
/// ``FaultyVisitMemory`` have in common.
public protocol FaultyPort: Sendable {
  /// What is asked of the port.
  associatedtype Operation: Hashable & Sendable & CaseIterable
  /// The error that it throws.
  associatedtype Failure: ScriptedFailure
  /// What it can answer that cannot be trusted.
  associatedtype Nonsense: Hashable & Sendable & CaseIterable

  /// Counts its calls, and makes them go wrong.
  var player: FaultPlayer<Operation, Failure, Nonsense> { get }
}

extension FaultyPort {
  /// A way in which the port goes wrong.
  public typealias Fault = PortFault<Failure, Nonsense>

  /// Which calls go wrong, and how.
  public typealias Script = FaultScript<Operation, Fault>

  /// Starts another script, and counts calls from 1 again.
  public func play(_ script: Script) { player.play(script) }

  /// How often an operation was called since the script began.
  public func callCount(of operation: Operation) -> Int { player.callCount(of: operation) }

  /// Lets every call go that hangs at this moment: it now acts and answers.
  public func release() { player.release() }

  /// Waits until at least so many calls hang.
  public func waitForHanging(_ count: Int) async { await player.waitForHanging(count) }

  /// Whether no operation has a fault in the script.
  var hasNoFault: Bool { !Operation.allCases.contains(where: player.hasFault) }
}
