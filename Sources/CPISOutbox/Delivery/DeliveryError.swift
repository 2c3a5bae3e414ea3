public import CPIS

/// Why a notice was not delivered.
public struct DeliveryError: Error, Hashable, Sendable {
  /// The cause. Open; but only the words below reach the disk, any other is written as ``other``.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The cause as a word.
    public let rawValue: String
    /// Makes a cause.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Whoever it goes to cannot be reached, or takes no more for now. It says nothing against the notice.
    public static let unavailable = Code(rawValue: "unavailable")
    /// No answer in time; whether it arrived is unknown. It says nothing against the notice.
    public static let timedOut = Code(rawValue: "timedOut")
    /// Fewer calls are asked for. It says nothing against the notice.
    public static let tooManyRequests = Code(rawValue: "tooManyRequests")
    /// The author or organisation may not. It counts against the notice.
    public static let accessDenied = Code(rawValue: "accessDenied")
    /// The answer could not be understood. It counts against the notice.
    public static let unusableAnswer = Code(rawValue: "unusableAnswer")
    /// It will never be taken: it is parked at once.
    public static let rejected = Code(rawValue: "rejected")
    /// The payload cannot be opened: the sealer lacks its key, or the bytes are not what was sealed.
    public static let cannotBeOpened = Code(rawValue: "cannotBeOpened")
    /// Anything else. It counts against the notice.
    public static let other = Code(rawValue: "other")

    static let known: Set<Code> = [
      .unavailable, .timedOut, .tooManyRequests, .accessDenied, .unusableAnswer, .rejected, .cannotBeOpened, .other,
    ]
  }

  /// The cause.
  public let code: Code
  /// How long whoever it goes to asks to be left alone; `nil` when nothing was said.
  public let retryAfter: Duration?

  /// Makes an error.
  public init(_ code: Code, retryAfter: Duration? = nil) {
    self.code = code
    self.retryAfter = retryAfter
  }

  /// Whether it says nothing against the notice, only that whoever it goes to is not to be had now.
  var isOutage: Bool { [.unavailable, .timedOut, .tooManyRequests].contains(code) }
}

extension DeliveryError {
  /// What a registry's error means for a declaration.
  public init(_ error: RegistryError) {
    let code: Code =
      switch error.code {
      case .unavailable: .unavailable
      case .timedOut, .cancelled: .timedOut
      case .tooManyRequests: .tooManyRequests
      case .accessDenied: .accessDenied
      case .unusableAnswer: .unusableAnswer
      case .requestRejected: .rejected
      default: .other
      }
    self.init(code, retryAfter: error.retryAfter)
  }

  /// What a sink's error means for a notice.
  public init(_ error: SinkError) {
    let code: Code =
      switch error.code {
      case .unavailable, .full: .unavailable
      case .timedOut: .timedOut
      case .rejected: .rejected
      default: .other
      }
    self.init(code, retryAfter: error.retryAfter)
  }
}

extension DeliveryError: CustomStringConvertible {
  /// The cause, and the wait if there is one.
  public var description: String {
    "delivery: \(code.rawValue)" + (retryAfter.map { ", retry after \($0)" } ?? "")
  }
}
