internal import CPISDigests
public import NHSNumbers

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// A secret from which the identity of a visit's access is derived, so that another node of the host, or the same one
/// after a restart, derives the same identity, and the registry counts one access.
///
/// The identity is an HMAC-SHA256 over organisation, patient, encounter, and the UK day of the visit's first check, as
/// a UUID of version 8 (RFC 9562). It tells nobody without the key whom it is about.
///
/// Give the same key to all nodes of a host, keep it as you keep your other secrets, and change it only when no visit
/// is under way. A node that does not remember the visit takes the day of its own first check: a visit that goes on
/// across midnight on another node, or after a restart, has a second identity, and is told once more. A ``VisitMemory``
/// that the nodes share prevents that.
public struct VisitIdentityKey: Sendable, Redacting {
  private let authenticator: HMACSHA256

  /// Makes a key.
  ///
  /// - Parameter bytes: at least 32 random bytes, from the host's key store.
  /// - Throws: ``InvalidValue`` when there are fewer.
  public init(_ bytes: [UInt8]) throws(InvalidValue) {
    guard bytes.count >= 32 else { throw InvalidValue("visit identity key", must: "have at least 32 bytes") }
    authenticator = HMACSHA256(key: bytes)
  }

  /// The identity of the access that a visit is.
  ///
  /// Each part goes in behind its length, so that no two visits give the same bytes.
  func accessID(of visit: VisitKey, firstCheckedOn day: CivilDay) -> Access.ID {
    var message: [UInt8] = []
    message.reserveCapacity(96)
    func add(_ part: String) {
      let bytes = part.utf8
      for shift in [24, 16, 8, 0] { message.append(UInt8(truncatingIfNeeded: bytes.count >> shift)) }
      message.append(contentsOf: bytes)
    }
    add("CP-IS visit 1")
    add(visit.organisation.text)
    add(visit.patient.wireForm)
    add(visit.encounter.text)
    add(day.description)
    let words = authenticator.code(for: message.span).words
    return Access.ID(
      UUID(UInt64(words[0]) << 32 | UInt64(words[1]), UInt64(words[2]) << 32 | UInt64(words[3]), version: 8))
  }
}
