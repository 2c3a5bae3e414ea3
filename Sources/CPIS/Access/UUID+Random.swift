#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif

extension UUID {
  /// A random UUID (version 4, RFC 9562) from a generator.
  ///
  /// Foundation's own `UUID()` opens the system's random device each time on Linux, and takes twice as long as the rest
  /// of a check that finds no plan; its `random(using:)` needs newer Apple systems than this package does.
  package init(random generator: inout some RandomNumberGenerator) {
    let (a, b) = (generator.next() as UInt64, generator.next() as UInt64)
    func byte(_ word: UInt64, _ place: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: word >> (place * 8)) }
    self.init(
      uuid: (
        byte(a, 0), byte(a, 1), byte(a, 2), byte(a, 3), byte(a, 4), byte(a, 5), byte(a, 6) & 0x0F | 0x40,
        byte(a, 7), byte(b, 0) & 0x3F | 0x80, byte(b, 1), byte(b, 2), byte(b, 3), byte(b, 4), byte(b, 5),
        byte(b, 6), byte(b, 7)
      ))
  }

  /// A random UUID from the system's generator.
  package static func fresh() -> UUID {
    var generator = SystemRandomNumberGenerator()
    return UUID(random: &generator)
  }
}
