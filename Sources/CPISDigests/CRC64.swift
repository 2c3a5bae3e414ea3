/// The checksum of frames: CRC-64/XZ (polynomial 0x42F0E1EBA9EA3693, reflected, all ones in and out).
///
/// It finds every error of one, two or three bits in any frame we allow, and every burst of up to 64 bits. It is
/// no defence against a person; the audit log's hash chain is. Check value of "123456789": 995DC9BBDF1939FA.
///
/// It remains because it is linear: a frame with one flipped bit is repaired from the difference of two checksums,
/// so that the access in it is not lost. No other checksum here can tell which bit it was. It reads byte by byte, which
/// is enough for frames and too slow for a snapshot of hundreds of megabytes.
package struct CRC64 {
  /// The polynomial, its bits reversed.
  package static let polynomial: UInt64 = 0xC96C_5795_D787_0F42

  private var register: UInt64 = .max

  /// The checksum of what was added.
  package var value: UInt64 { ~register }

  package init() {}

  /// Takes in the next bytes.
  package mutating func add(_ bytes: ArraySlice<UInt8>) {
    register = Self.advance(register, over: bytes.span)
  }

  /// The change that one more byte makes, for every byte.
  private static let table: [UInt64] = (0..<256).map { byte in
    (0..<8).reduce(UInt64(byte)) { value, _ in (value >> 1) ^ (value & 1 == 1 ? polynomial : 0) }
  }

  private static func advance(_ start: UInt64, over bytes: Span<UInt8>) -> UInt64 {
    var register = start
    let table = table.span
    var index = 0
    while index < bytes.count {
      register = table[Int(UInt8(truncatingIfNeeded: register) ^ bytes[index])] ^ (register >> 8)
      index += 1
    }
    return register
  }
}
