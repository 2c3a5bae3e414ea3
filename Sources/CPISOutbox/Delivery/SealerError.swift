/// Why a sealer did not seal or open. It says no more, as more might say too much.
public struct SealerError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The cause. Open: a sealer may add its own.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The cause as a word.
    public let rawValue: String
    /// Makes a cause.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The key is not there, or not now. An outbox asks again, as it does of a receiver that is away.
    public static let keyUnavailable = Code(rawValue: "keyUnavailable")
    /// The bytes or the context are not those that were sealed. An outbox parks the item.
    public static let notAuthentic = Code(rawValue: "notAuthentic")
    /// Anything else. An outbox takes it for ``keyUnavailable``: asking once too often loses nothing.
    public static let other = Code(rawValue: "other")
  }

  /// The cause.
  public let code: Code

  /// Makes an error.
  public init(_ code: Code) { self.code = code }

  /// The cause.
  public var description: String { "sealer: \(code.rawValue)" }
}
