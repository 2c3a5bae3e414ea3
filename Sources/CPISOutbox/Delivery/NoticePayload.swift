internal import CPIS
internal import CPISFiles

/// A notice as bytes, before sealing: format version, lane, and the notice's stored form.
///
/// The lane stands in front so that opening an outbox need not read every notice.
enum NoticePayload {
  private static let version: UInt8 = 2

  static func encode(_ notice: Notice) -> [UInt8]? {
    guard let stored = try? notice.stored() else { return nil }
    let lane = Lane(notice).bytes
    return [version, UInt8(lane.count)] + lane + stored
  }

  /// The notice; `nil` when the bytes are none.
  static func notice(_ bytes: [UInt8]) -> Notice? {
    split(bytes).flatMap { try? Notice(stored: Array($0.stored)) }
  }

  static func lane(_ bytes: [UInt8]) -> Lane? { split(bytes).map { Lane(bytes: Array($0.lane)) } }

  private static func split(_ bytes: [UInt8]) -> (lane: ArraySlice<UInt8>, stored: ArraySlice<UInt8>)? {
    var reader = ByteReader(bytes[...])
    guard let version: UInt8 = reader.number(), version == Self.version, let length: UInt8 = reader.number(),
      let lane = reader.take(Int(length))
    else { return nil }
    return (lane, bytes[lane.endIndex...])
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
  var context: [UInt8] { Array(description.utf8) }
}
