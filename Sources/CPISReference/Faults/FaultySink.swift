public import CPIS
public import NHSNumbers

/// A sink that goes wrong as it is told to.
public final class FaultySink: NotificationSink, Redacting {
  /// What is asked of a sink.
  public enum Operation: Hashable, Sendable, CaseIterable {
    /// The taking over of a notice.
    case accept
  }

  /// A sink answers nothing, so it answers no nonsense.
  public enum NoNonsense: Hashable, Sendable, CaseIterable {}

  /// A way in which a sink goes wrong.
  public typealias Fault = PortFault<SinkError, NoNonsense>

  /// Which calls go wrong, and how.
  public typealias Script = FaultScript<Operation, Fault>

  private let base: any NotificationSink
  private let player: FaultPlayer<Operation, SinkError, NoNonsense>

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

  /// Starts another script, and counts calls from 1 again.
  public func play(_ script: Script) { player.play(script) }

  /// How often a notice was offered since the script began.
  public var offerCount: Int { player.callCount(of: .accept) }

  /// Lets every call go that hangs at this moment: it now acts and answers.
  public func release() { player.release() }

  /// Waits until at least so many calls hang.
  public func waitForHanging(_ count: Int) async { await player.waitForHanging(count) }

  /// Offers to the sink behind it, or goes wrong.
  public func accept(_ notice: Notice) async throws(SinkError) {
    try await player.run(.accept) { () async throws(SinkError) in
      try await base.accept(notice)
    } distort: { _, _ throws(SinkError) in
    }
  }
}
