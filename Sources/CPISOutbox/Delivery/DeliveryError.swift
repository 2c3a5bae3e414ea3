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
    /// The sealer cannot open the payload now. It says nothing against the notice; one that is parked for it in the
    /// end, by ``OutboxPolicy/ageBeforeParking``, is parked as ``cannotBeOpened``.
    public static let keyUnavailable = Code(rawValue: "keyUnavailable")
    /// No answer in time; whether it arrived is unknown. It says nothing against the notice.
    public static let timedOut = Code(rawValue: "timedOut")
    /// Fewer calls are asked for. It says nothing against the notice.
    public static let tooManyRequests = Code(rawValue: "tooManyRequests")
    /// The author or organisation may not. It counts against the notice when the receiver takes others meanwhile.
    public static let accessDenied = Code(rawValue: "accessDenied")
    /// The answer could not be understood. It counts against the notice when the receiver takes others meanwhile.
    public static let unusableAnswer = Code(rawValue: "unusableAnswer")
    /// It will never be taken: it is parked at once.
    public static let rejected = Code(rawValue: "rejected")
    /// The payload cannot be opened: the bytes are not what was sealed, or the sealer's key never came back.
    public static let cannotBeOpened = Code(rawValue: "cannotBeOpened")
    /// Anything else. It counts against the notice when the receiver takes others meanwhile.
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

  /// Whether it only says that the receiver is unavailable now.
  var isReceiverOutage: Bool { [.unavailable, .timedOut, .tooManyRequests].contains(code) }

  /// Whether nothing can be delivered now, for a reason that has nothing to do with the notice.
  var isOutage: Bool { isReceiverOutage || code == .keyUnavailable }
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
