/// Where notices go: an outbox, a message queue, a mailbox.
///
/// **To implement it**: returning means that you now answer for the notice, so return only when it is safe: on
/// disk, or with whoever takes it further. The same notice may come twice, with the same ``Notice/id``: pass it
/// on once. Be ready for calls at once from many tasks.
public protocol NotificationSink: Sendable {
  /// Takes a notice over.
  ///
  /// - Throws: ``SinkError``; the notice stays with the caller, who offers it again.
  func accept(_ notice: Notice) async throws(SinkError)

  /// Whether every call answers from this process's memory, and so never blocks a thread nor waits. It is then called
  /// on the check's own thread, without a deadline.
  var answersInPlace: Bool { get }
}

extension NotificationSink {
  /// `false`: the sink may block its thread, or wait for a disk or a network.
  public var answersInPlace: Bool { false }
}

/// Why a sink did not take a notice over.
public struct SinkError: Error, Hashable, Sendable {
  /// The cause. Open: a sink may add its own.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The cause as a word.
    public let rawValue: String
    /// Makes a cause.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// It cannot be reached now.
    public static let unavailable = Code(rawValue: "unavailable")
    /// There is no room.
    public static let full = Code(rawValue: "full")
    /// It did not answer in time. Whether it took the notice is unknown: offer it again.
    public static let timedOut = Code(rawValue: "timedOut")
    /// Anything else.
    public static let other = Code(rawValue: "other")
    /// It will never take this notice.
    public static let rejected = Code(rawValue: "rejected")
  }

  /// The cause.
  public let code: Code

  /// How long to wait before offering again; `nil` when the sink says nothing.
  public let retryAfter: Duration?

  /// Makes an error.
  public init(_ code: Code, retryAfter: Duration? = nil) {
    self.code = code
    self.retryAfter = retryAfter
  }
}

extension SinkError.Code: PortErrorCode {
  package static let ours: Set<SinkError.Code> = [
    .unavailable, .full, .timedOut, .other, .rejected,
  ]
}

extension SinkError: CustomStringConvertible {
  /// The cause, and the wait if there is one.
  public var description: String {
    "sink: \(code.loggable)" + (retryAfter.map { ", retry after \($0)" } ?? "")
  }
}
