public import CPIS

/// What came of offering notices to a sink.
public struct NoticeDelivery: Hashable, Sendable {
  /// How many the sink took over.
  public var acceptedCount: Int
  /// Why it did not take the others, in the order in which they were offered. They stay due.
  public var failures: [SinkError]
}
