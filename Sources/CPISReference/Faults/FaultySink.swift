public import CPIS
public import NHSNumbers

/// A sink that goes wrong as its script says.
public final class FaultySink: NotificationSink, FaultyPort, Redacting {
  /// The operations of a sink.
  @nonexhaustive
  public enum Operation: Hashable, Sendable, CaseIterable {
    /// Accepting a notice.
    case accept
  }

  /// A sink gives no answer, so it can answer no nonsense.
  public enum NoNonsense: Hashable, Sendable, CaseIterable {}

  private let base: any NotificationSink
  /// Counts the calls, and makes them go wrong.
  public let player: FaultPlayer<Operation, SinkError, NoNonsense>

  /// Wraps a sink in faults.
  ///
  /// - Parameters:
  ///   - base: the sink that does the work unless the script says otherwise.
  ///   - script: which calls go wrong; by default, none.
  ///   - clock: the clock that slow answers wait on.
  public init(_ base: any NotificationSink, script: Script = Script(), clock: any WallClock) {
    self.base = base
    self.player = FaultPlayer(script, clock: clock)
  }

  /// Whether the sink that it wraps answers in place, and the script has no fault.
  public var answersInPlace: Bool { base.answersInPlace && hasNoFault }

  /// How often notices were offered since the script began.
  public var offerCount: Int { callCount(of: .accept) }

  /// Offers to the sink that it wraps, or goes wrong.
  public func accept(_ notice: Notice) async throws(SinkError) {
    try await player.run(.accept) { () async throws(SinkError) in
      try await base.accept(notice)
    } distort: { _, _ throws(SinkError) in
    }
  }
}
