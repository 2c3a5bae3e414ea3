/// Encrypts what an outbox writes to disk. The host brings the cipher and the keys; we write neither.
///
/// **To implement it**: use an authenticated cipher, such as AES-GCM, with a fresh nonce each time. `context` is not
/// secret and is not to be stored in the result: authenticate it, so that sealed bytes put in another item's place
/// do not open. Keep old keys for as long as items sealed with them may be held. Be ready for calls at once. Throw
/// ``SealerError/Code/notAuthentic`` only when asking again cannot help: any other error says that the key is away,
/// and items of its kind wait for it.
public protocol PayloadSealer: Sendable {
  /// Seals bytes with the current key.
  ///
  /// - Returns: the key's id, not empty and at most 255 bytes of UTF-8, and the sealed bytes. The id is written in
  ///   clear.
  func seal(_ bytes: [UInt8], context: [UInt8]) throws(SealerError) -> OutboxItem.Payload

  /// Opens sealed bytes with the key that they name.
  func open(_ payload: OutboxItem.Payload, context: [UInt8]) throws(SealerError) -> [UInt8]
}
