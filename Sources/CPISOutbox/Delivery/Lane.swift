internal import CPIS
internal import NHSNumbers

/// What must arrive in order: notices of one kind about one patient, or to one authority.
///
/// Kinds do not wait for each other: they go to different receivers, and the safeguarding team must not wait for
/// the registry [D]. It names a patient, so it is never written but inside a payload, where a sealer seals it.
struct Lane: Hashable, Sendable, Redacting {
  // The first byte tells what it is: a kind's number, or one of these, which are none.
  private static let alone: UInt8 = 0
  private static let unread: UInt8 = 0xFF

  let bytes: [UInt8]

  init(_ notice: Notice) {
    switch notice {
    case .safeguarding(let notice): self.init(.safeguarding, notice.patient.wireForm)
    case .undeclaredAccess(let notice): self.init(.undeclaredAccess, notice.access.patient.wireForm)
    case .accessToService(let notice): self.init(.accessToService, notice.recipient.code.text)
    case .inactiveNumber(let notice): self.init(.inactiveNumber, notice.oldNumber.wireForm)
    }
  }

  /// An item whose payload cannot be opened is, like a parked one, waited for by nobody.
  init(alone key: OutboxItem.Key) { self.bytes = [Self.alone] + Array(key.description.utf8) }

  /// Where items stand whose key is not to be had now: each may be about anybody, so they are read one after
  /// another, and what came later waits for them.
  init(unread item: OutboxItem) {
    self.bytes = [Self.unread, item.key.kind.rawValue] + Array(item.payload.keyID.utf8)
  }

  init(bytes: [UInt8]) { self.bytes = bytes }

  private init(_ kind: OutboxItem.Kind, _ text: String) { bytes = [kind.rawValue] + Array(text.utf8) }

  var isUnread: Bool { bytes.first == Self.unread }

  /// Whether it says whom its items are about.
  var isKnown: Bool { bytes.first.flatMap(OutboxItem.Kind.init) != nil }
}
