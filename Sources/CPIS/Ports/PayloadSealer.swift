public import NHSNumbers

/// Encrypts what is about patients and leaves this process's memory: an outbox's notices on disk, a shared cache's
/// answers. The host brings the cipher and the keys; we write neither.
///
/// **To implement it**: use an authenticated cipher, such as AES-GCM, with a fresh nonce each time. `context` is not
/// secret and is not to be stored in the result: authenticate it, so that sealed bytes put in another's place do not
/// open. Keep old keys for as long as anything sealed with them may be kept. Be ready for calls at once. Throw
/// ``SealerError/Code/notAuthentic`` only when asking again cannot help: any other error says that the key is
/// unavailable, and what was sealed with it waits.
public protocol PayloadSealer: Sendable {
  /// Seals bytes with the current key.
  func seal(_ bytes: [UInt8], context: [UInt8]) throws(SealerError) -> SealedBytes

  /// Opens sealed bytes with the key that they name.
  func open(_ sealed: SealedBytes, context: [UInt8]) throws(SealerError) -> [UInt8]
}

/// Bytes that a ``PayloadSealer`` has sealed, and the key that it sealed them with.
public struct SealedBytes: Hashable, Sendable, Redacting {
  /// The key's id, which is written in clear: not empty, and at most 255 bytes of UTF-8.
  public let keyID: String
  /// The sealed bytes.
  public let bytes: [UInt8]

  /// Makes sealed bytes.
  public init(keyID: String, bytes: [UInt8]) {
    self.keyID = keyID
    self.bytes = bytes
  }
}

/// Why a sealer did not seal or open. It says no more, as more might say too much.
public struct SealerError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The cause. Open: a sealer may add its own.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The cause as a word.
    public let rawValue: String
    /// Makes a cause.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The key is unavailable now. An outbox asks again, as it does when a receiver is unavailable; a shared memory counts
    /// what it cannot open as not kept.
    public static let keyUnavailable = Code(rawValue: "keyUnavailable")
    /// The bytes or the context are not those that were sealed. Asking again cannot help: an outbox parks the item.
    public static let notAuthentic = Code(rawValue: "notAuthentic")
    /// Anything else. It counts as ``keyUnavailable``: asking once too often loses nothing.
    public static let other = Code(rawValue: "other")
  }

  /// The cause.
  public let code: Code

  /// Makes an error.
  public init(_ code: Code) { self.code = code }

  /// The cause.
  public var description: String { "sealer: \(code.rawValue)" }
}
