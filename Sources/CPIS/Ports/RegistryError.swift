/// Why a registry gave no answer. It means unknown, never "no plan".
///
/// It carries no text from the wire, no URL and no other error: an NHS number rides in URLs.
public struct RegistryError: Error, Hashable, Sendable {
  /// The cause. Open: a client may add its own, which is treated as ``other``.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The cause as a word.
    public let rawValue: String
    /// Makes a cause.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// It could not be reached, or said that it is down. Try again later.
    public static let unavailable = Code(rawValue: "unavailable")
    /// It did not answer in time. Whether it acted is unknown.
    public static let timedOut = Code(rawValue: "timedOut")
    /// It asks for fewer calls; see ``RegistryError/retryAfter``.
    public static let tooManyRequests = Code(rawValue: "tooManyRequests")
    /// It does not let this author or organisation ask. Trying again does not help; the role does.
    public static let accessDenied = Code(rawValue: "accessDenied")
    /// It answered with something that cannot be trusted.
    public static let unusableAnswer = Code(rawValue: "unusableAnswer")
    /// It found the request wrong: a fault of the client, or of its configuration.
    public static let requestRejected = Code(rawValue: "requestRejected")
    /// The call was cancelled. Whether it arrived is unknown.
    public static let cancelled = Code(rawValue: "cancelled")
    /// Anything else.
    public static let other = Code(rawValue: "other")
  }

  /// The cause.
  public let code: Code

  /// How long the registry asks to be left alone; `nil` when it says nothing.
  public let retryAfter: Duration?

  /// Makes an error.
  public init(_ code: Code, retryAfter: Duration? = nil) {
    self.code = code
    self.retryAfter = retryAfter
  }
}

extension RegistryError: CustomStringConvertible {
  /// The cause, and the wait if there is one.
  public var description: String {
    "registry: \(code.rawValue)" + (retryAfter.map { ", retry after \($0)" } ?? "")
  }
}
