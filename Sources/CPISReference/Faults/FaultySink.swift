public import CPIS
public import NHSNumbers

/// A sink that goes wrong as it is told to.
public final class FaultySink: NotificationSink, FaultyPort, Redacting {
  /// What is asked of a sink.
  public enum Operation: Hashable, Sendable, CaseIterable {
    /// The taking over of a notice.
    case accept
  }

  /// A sink answers nothing, so it answers no nonsense.
  public enum NoNonsense: Hashable, Sendable, CaseIterable {}

  private let base: any NotificationSink
  /// Counts the calls, and makes them go wrong.
  public let player: FaultPlayer<Operation, SinkError, NoNonsense>

  /// Puts faults before a sink.
  ///
  /// - Parameters:
  ///   - base: the sink that does the work where the script lets it.
  ///   - script: which calls go wrong; none of them until told.
  ///   - clock: the clock that slow answers wait on.
  public init(_ base: any NotificationSink, script: Script = Script(), clock: any WallClock) {
    self.base = base
    self.player = FaultPlayer(script, clock: clock)
  }

  /// Whether the sink behind it answers in place, and no fault is scripted.
  public var answersInPlace: Bool { base.answersInPlace && hasNoFault }

  /// How often a notice was offered since the script began.
  public var offerCount: Int { callCount(of: .accept) }

  /// Offers to the sink behind it, or goes wrong.
  public func accept(_ notice: Notice) async throws(SinkError) {
    try await player.run(.accept) { () async throws(SinkError) in
      try await base.accept(notice)
    } distort: { _, _ throws(SinkError) in
    }
  }
}
