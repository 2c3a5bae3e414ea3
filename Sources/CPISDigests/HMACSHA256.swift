/// HMAC-SHA256 (RFC 2104) with one key.
///
/// The key's two pads are taken in once, when the value is made. After that a message of up to 55 bytes costs two
/// compressions of SHA-256, and on Linux no allocation: codes are taken while a check waits.
package struct HMACSHA256: Sendable {
  private let inner: SHA256Hasher
  private let outer: SHA256Hasher

  /// Makes the authenticator of a key.
  ///
  /// - Parameter key: of any length. The RFC advises no fewer than 32 bytes; what is longer than 64 is hashed first.
  package init(key: [UInt8]) {
    var pad = key.count > 64 ? SHA256Digest(of: key).bytes : key
    pad.append(contentsOf: repeatElement(0, count: 64 - pad.count))
    inner = Self.started(pad, 0x36)
    outer = Self.started(pad, 0x5C)
  }

  private static func started(_ pad: [UInt8], _ mask: UInt8) -> SHA256Hasher {
    let bytes = pad.map { $0 ^ mask }
    var hasher = SHA256Hasher()
    hasher.add(bytes.span)
    return hasher
  }

  /// The code of a whole message.
  package func code(for bytes: Span<UInt8>) -> SHA256Digest {
    var message = message()
    message.add(bytes)
    return message.code
  }

  /// A message that is taken in piece by piece.
  package func message() -> Message { Message(inner: inner, outer: outer) }

  /// The code of a message whose pieces come one after the other.
  package struct Message: Sendable {
    fileprivate var inner: SHA256Hasher
    fileprivate let outer: SHA256Hasher

    /// Takes in the next bytes of the message.
    package mutating func add(_ bytes: Span<UInt8>) { inner.add(bytes) }

    /// The code of what was taken in so far.
    package var code: SHA256Digest {
      var outer = outer
      outer.add(inner.digest)
      return outer.digest
    }
  }
}
