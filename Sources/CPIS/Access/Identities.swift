#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
internal import CPISDigests
public import NHSNumbers
internal import Synchronization

/// Draws the identities of accesses and notices: random UUIDs (version 4, RFC 9562) from one seed.
///
/// Foundation's `UUID()` asks the system for randomness each time, which takes as long as the rest of a check that is
/// ruled out from memory. This asks once, and then mixes a counter with its 128-bit seed (SplitMix64). An identity is
/// unique and not a secret: whoever knows several could compute the others.
public final class IdentitySource: Sendable {
  private let seed: (UInt64, UInt64)
  private let drawn = Atomic<UInt64>(0)

  /// Makes a source with a seed from the system.
  public init() {
    var system = SystemRandomNumberGenerator()
    seed = (system.next(), system.next())
  }

  /// Makes a source that draws the same identities in each run. For tests: two sources with one seed draw the same.
  public init(seed: UInt64) { self.seed = (seed, ~seed) }

  /// Draws an identity that this source has not drawn before.
  public func next() -> UUID {
    let number = drawn.wrappingAdd(1, ordering: .relaxed).newValue
    return UUID(
      Self.mixed(seed.0 &+ number &* 0x9E37_79B9_7F4A_7C15), Self.mixed(seed.1 &+ number &* 0xD1B5_4A32_D192_ED03),
      version: 4)
  }

  private static func mixed(_ word: UInt64) -> UInt64 {
    var z = word
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

extension UUID {
  /// A UUID of a version from 16 bytes, the highest byte of the first word first. Six of the bits say version and
  /// variant.
  init(_ first: UInt64, _ second: UInt64, version: UInt8) {
    func byte(_ word: UInt64, _ place: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: word >> (56 - place * 8)) }
    self.init(
      uuid: (
        byte(first, 0), byte(first, 1), byte(first, 2), byte(first, 3), byte(first, 4), byte(first, 5),
        byte(first, 6) & 0x0F | version << 4, byte(first, 7), byte(second, 0) & 0x3F | 0x80, byte(second, 1),
        byte(second, 2), byte(second, 3), byte(second, 4), byte(second, 5), byte(second, 6), byte(second, 7)
      ))
  }
}

/// A secret from which the identity of a visit's access is derived, so that another node of the host, or the same one
/// after a restart, derives the same identity, and the registry counts one access.
///
/// The identity is an HMAC-SHA256 over organisation, patient, visit, and the UK day of the visit's first check, as
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
    add(visit.id.text)
    add(day.description)
    let words = authenticator.code(for: message.span).words
    return Access.ID(
      UUID(UInt64(words[0]) << 32 | UInt64(words[1]), UInt64(words[2]) << 32 | UInt64(words[3]), version: 8))
  }
}
