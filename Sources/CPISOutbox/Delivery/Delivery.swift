public import CPIS
#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// How notices leave an outbox.
public struct Delivery: Sendable {
  let deliver: @Sendable (Notice) async throws(DeliveryError) -> Void

  /// Delivers with a closure.
  ///
  /// Returning means that the receiver is responsible for the notice now. It may get the same one again, with the same
  /// `Notice.id`: after a crash, or when an answer was lost. It must give up by itself after a time, as an
  /// item under way holds back the later ones of its patient.
  public init(_ deliver: @escaping @Sendable (Notice) async throws(DeliveryError) -> Void) {
    self.deliver = deliver
  }

  /// Hands every notice to a sink.
  public static func sink(_ sink: some NotificationSink) -> Delivery {
    Delivery { (notice) throws(DeliveryError) in
      do throws(SinkError) { try await sink.accept(notice) } catch { throw DeliveryError(error) }
    }
  }

  /// Declares undeclared accesses to a registry, each with its original author, organisation, setting and time, and
  /// hands all other notices to a sink.
  public static func declarations(
    to registry: some RegistryClient, others sink: some NotificationSink
  ) -> Delivery {
    let others = Delivery.sink(sink)
    return Delivery { (notice) throws(DeliveryError) in
      guard case .undeclaredAccess(let undeclared) = notice else { return try await others.deliver(notice) }
      do throws(RegistryError) { try await registry.declare(undeclared.access) } catch {
        throw DeliveryError(error)
      }
    }
  }
}

/// Why a notice was not delivered.
public struct DeliveryError: Error, Hashable, Sendable {
  /// The cause. Open; but only the words below reach the disk, any other is written as ``other``.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The cause as a word.
    public let rawValue: String
    /// Makes a cause.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The receiver cannot be reached, or takes no more for now. It says nothing against the notice.
    public static let unavailable = Code(rawValue: "unavailable")
    /// The sealer cannot open the payload at the moment. It says nothing against the notice. If one is parked for it in
    /// the end, by ``OutboxPolicy/ageBeforeParking``, the reason is ``cannotBeOpened``.
    public static let keyUnavailable = Code(rawValue: "keyUnavailable")
    /// No answer in time; whether it arrived is unknown. It says nothing against the notice.
    public static let timedOut = Code(rawValue: "timedOut")
    /// The receiver asks for fewer calls. It says nothing against the notice.
    public static let tooManyRequests = Code(rawValue: "tooManyRequests")
    /// The author or organisation may not do this. It counts against the notice when the receiver takes others
    /// meanwhile.
    public static let accessDenied = Code(rawValue: "accessDenied")
    /// The answer could not be understood. It counts against the notice when the receiver takes others meanwhile.
    public static let unusableAnswer = Code(rawValue: "unusableAnswer")
    /// It will never be taken: it is parked at once.
    public static let rejected = Code(rawValue: "rejected")
    /// The payload cannot be opened: the bytes are not what was sealed, or the sealer's key never came back.
    public static let cannotBeOpened = Code(rawValue: "cannotBeOpened")
    /// Anything else. It counts against the notice when the receiver takes others meanwhile.
    public static let other = Code(rawValue: "other")

    /// The words that reach the disk.
    static let words: [Code] = [
      .unavailable, .timedOut, .tooManyRequests, .accessDenied, .unusableAnswer, .rejected, .cannotBeOpened, .other,
    ]

    /// The code as it may stand on the disk in clear: a host's own word may hold a patient.
    var storable: Code { Self.words.contains(self) ? self : .other }

    /// The code as it may stand in a log: the words above, and no other.
    var loggable: Code { self == .keyUnavailable ? self : storable }
  }

  /// The cause.
  public let code: Code
  /// How long the receiver asks to be left alone; `nil` when it said nothing.
  public let retryAfter: Duration?

  /// Makes an error.
  public init(_ code: Code, retryAfter: Duration? = nil) {
    self.code = code
    self.retryAfter = retryAfter
  }

  /// Whether it only says that the receiver is unavailable.
  var isReceiverOutage: Bool { [.unavailable, .timedOut, .tooManyRequests].contains(code) }

  /// Whether nothing can be delivered at the moment, for a reason that has nothing to do with the notice.
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

extension DeliveryError: CustomStringConvertible, LocalizedError {
  /// The cause, and the wait if there is one.
  public var description: String {
    "delivery: \(code.rawValue)" + (retryAfter.map { ", retry after \($0)" } ?? "")
  }

  /// What ``description`` says, for `localizedDescription`.
  public var errorDescription: String? { description }
}
