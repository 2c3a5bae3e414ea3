#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
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
