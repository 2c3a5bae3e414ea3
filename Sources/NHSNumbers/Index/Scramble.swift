/// One odd multiplication modulo 2³⁰: spreads payloads evenly, and loses nothing.
///
/// Multiplying by an odd number is a bijection of the 30-bit numbers onto themselves, and every payload is
/// below 2³⁰. The scrambled form therefore *is* the number, and comparing scrambled forms is exact.
@usableFromInline
struct Scramble: Equatable, Sendable {
  /// The odd multiplier, shifted left by two, so that the 32-bit product carries the 30 bits at its top
  /// without a mask.
  @usableFromInline let factor: UInt32

  /// The multiplicative inverse of the multiplier modulo 2³².
  let inverse: UInt32

  /// - Parameter multiplier: odd and below 2³⁰.
  init?(multiplier: UInt32) {
    guard multiplier % 2 == 1, multiplier < 1 << 30 else { return nil }
    factor = multiplier << 2
    // Newton's iteration: an odd number is its own inverse to 3 bits, and each step doubles the bits.
    var inverse = multiplier
    for _ in 0..<4 { inverse = inverse &* (2 &- multiplier &* inverse) }
    self.inverse = inverse
  }

  /// The multiplier as snapshot files record it.
  var multiplier: UInt32 { factor >> 2 }

  /// The 30-bit scrambled form of a payload.
  func scrambled(_ payload: UInt32) -> UInt32 { (payload &* factor) >> 2 }

  /// The payload of a 30-bit scrambled form; above the largest payload for forms that no number has.
  func payload(of scrambled: UInt32) -> UInt32 { (scrambled &* inverse) & 0x3FFF_FFFF }

  /// What a build tries in turn. The first is 2³⁰ divided by the golden ratio, whose multiples keep furthest
  /// apart, so that runs of numbers spread best of all; the seven others are unrelated to it and to each other: no
  /// small multiples of two of them nearly agree, so that a pattern that suits one does not suit the next.
  static let multipliers: [UInt32] = [
    0x278D_DE6D, 0x1B56_C4E9, 0x3243_F6A9, 0x2B7E_1515, 0x16A0_9E67, 0x3B67_AE85, 0x0B17_217F, 0x1F12_3BB5,
  ]
}
