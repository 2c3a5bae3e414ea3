internal import CPIS
internal import CPISFiles
internal import NHSNumbers

/// Makes payloads of notices, and notices of payloads: sealed, if the host gave a sealer.
///
/// In clear a payload is a format version, the order key, and the notice's stored form. The order key stands in front
/// so that opening an outbox need not read every notice.
struct NoticePayload: Sendable {
  private static let version: UInt8 = 2

  let sealer: (any PayloadSealer)?

  /// The payload of a notice.
  ///
  /// - Throws: `notStorable` when it has no stored form, `notSealed` when the sealer fails.
  func make(_ notice: Notice) throws(OutboxError) -> OutboxItem.Payload {
    guard let stored = try? notice.stored() else { throw OutboxError(.notStorable) }
    let orderKey = OrderKey(notice).bytes
    let bytes = [Self.version, UInt8(orderKey.count)] + orderKey + stored
    guard let sealer else { return OutboxItem.Payload(keyID: "", bytes: bytes) }
    let sealed: SealedBytes
    do throws(SealerError) {
      sealed = try sealer.seal(bytes, context: OutboxItem.Key(notice).context)
    } catch {
      throw OutboxError(.notSealed)
    }
    guard (1...OutboxItem.longestKeyID).contains(sealed.keyID.utf8.count) else { throw OutboxError(.notSealed) }
    return OutboxItem.Payload(keyID: sealed.keyID, bytes: sealed.bytes)
  }

  /// The order key of an item, or one that says why it is not known.
  func orderKey(of item: OutboxItem) -> OrderKey {
    do throws(SealerError) {
      return Self.split(try open(item)).map { OrderKey(bytes: Array($0.orderKey)) } ?? OrderKey(alone: item.key)
    } catch {
      return error.code == .notAuthentic ? OrderKey(alone: item.key) : OrderKey(unread: item)
    }
  }

  /// The notice in an item.
  ///
  /// - Throws: `keyUnavailable`; `cannotBeOpened` when the bytes are not what was sealed, or not this item's notice.
  func notice(in item: OutboxItem) throws(DeliveryError) -> Notice {
    let bytes: [UInt8]
    do throws(SealerError) {
      bytes = try open(item)
    } catch {
      throw DeliveryError(error.code == .notAuthentic ? .cannotBeOpened : .keyUnavailable)
    }
    guard let stored = Self.split(bytes)?.stored, let notice = try? Notice(stored: Array(stored)),
      OutboxItem.Key(notice) == item.key
    else { throw DeliveryError(.cannotBeOpened) }
    return notice
  }

  private func open(_ item: OutboxItem) throws(SealerError) -> [UInt8] {
    if item.payload.keyID.isEmpty { return item.payload.bytes }
    guard let sealer else { throw SealerError(.keyUnavailable) }
    let sealed = SealedBytes(keyID: item.payload.keyID, bytes: item.payload.bytes)
    return try sealer.open(sealed, context: item.key.context)
  }

  private static func split(_ bytes: [UInt8]) -> (orderKey: ArraySlice<UInt8>, stored: ArraySlice<UInt8>)? {
    var reader = ByteReader(bytes[...])
    guard let version: UInt8 = reader.number(), version == Self.version, let length: UInt8 = reader.number(),
      let orderKey = reader.take(Int(length))
    else { return nil }
    return (orderKey, bytes[orderKey.endIndex...])
  }
}

extension OutboxItem.Key {
  /// The key of a notice.
  init(_ notice: Notice) {
    let kind: OutboxItem.Kind =
      switch notice {
      case .safeguarding: .safeguarding
      case .undeclaredAccess: .undeclaredAccess
      case .accessToService: .accessToService
      case .inactiveNumber: .inactiveNumber
      }
    self.init(kind: kind, id: notice.id)
  }

  /// What a sealer authenticates with the payload.
  fileprivate var context: [UInt8] { Array(description.utf8) }
}

// MARK: Order

/// What must arrive in order: notices of one kind about one patient, or to one authority.
///
/// Kinds do not wait for each other: they go to different receivers, and the safeguarding team must not wait for
/// the registry [D]. It names a patient, so it is never written except inside a payload, where a sealer seals it.
struct OrderKey: Hashable, Sendable, Redacting {
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

  /// For an item whose payload cannot be opened, and for a parked one: no other item waits for it.
  init(alone key: OutboxItem.Key) { self.bytes = [Self.alone] + Array(key.description.utf8) }

  /// For items whose sealing key is away at the moment: each may be about any patient, so they are read one after
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
