/// Reads ten ASCII digits by arithmetic on the eight bytes of a machine word at once.
///
/// `@inlinable` and `unsafe`: parsing is a hot path with its own goal (`Benchmarks`, "parse"). Every load is
/// preceded by a check of the length; a loop over the bytes takes about ten times as long.
@usableFromInline
enum DigitLanes {
  /// The payload of exactly ten ASCII bytes if they are a valid number, and otherwise anything above
  /// ``NHSNumber/largestPayload``.
  ///
  /// - Parameters:
  ///   - first: bytes 0 to 7, the first in the lowest eight bits.
  ///   - last: bytes 8 and 9 in the lowest sixteen bits; the rest is ignored.
  @inlinable
  @inline(__always)
  static func payload(first: UInt64, last: UInt32) -> UInt32 {
    let digits = first ^ 0x3030_3030_3030_3030
    let tail = (last & 0xFFFF) ^ 0x3030
    // Adding 0x76 to a lane sets its top bit from ten on; a lane whose top bit was set is no digit anyway.
    let wrong =
      ((digits &+ 0x7676_7676_7676_7676) | digits | UInt64((tail &+ 0x7676) | tail)) & 0x8080_8080_8080_8080

    // Bytes to pairs, pairs to fours, fours to eight; the later two multiply and add at once.
    let even = digits & 0x00FF_00FF_00FF_00FF
    let odd = digits &>> 8 & 0x00FF_00FF_00FF_00FF
    let pairs = even &* 10 &+ odd
    let fours = (pairs &* 0x0064_0001) &>> 16 & 0x0000_FFFF_0000_FFFF
    let eight = UInt32(truncatingIfNeeded: (fours &* 0x2710_0000_0001) &>> 32)
    let ninth = tail & 0xFF
    let check = tail &>> 8

    // The weighted sum, 10 for the first digit down to 3 for the eighth. Each product gathers four lanes of
    // sixteen bits into its highest lane; no lane of the two together overflows.
    let weighted = even &* 0x000A_0008_0006_0004 &+ odd &* 0x0009_0007_0005_0003
    let sum = UInt32(truncatingIfNeeded: weighted &>> 48) &+ ninth &* 2 &+ check

    // Valid when the sum with the check digit is a multiple of eleven: multiplying by the inverse of eleven
    // modulo 2³² brings exactly the multiples of eleven down to at most an eleventh of 2³².
    let isMultiple = sum &* 0xBA2E_8BA3 <= 0x1745_D174
    return wrong == 0 && isMultiple ? eight &* 10 &+ ninth : .max
  }

  /// The payload of ten digits at an address, with at least ten bytes there.
  @inlinable
  @inline(__always)
  static func plain(at text: UnsafeRawPointer) -> UInt32 {
    unsafe payload(
      first: UInt64(littleEndian: text.loadUnaligned(as: UInt64.self)),
      last: UInt32(UInt16(littleEndian: text.loadUnaligned(fromByteOffset: 8, as: UInt16.self))))
  }

  /// The payload of twelve bytes as 3-3-4 with the given separator, with at least twelve bytes there.
  @inlinable
  @inline(__always)
  static func separated(at text: UnsafeRawPointer, by separator: UInt8) -> UInt32 {
    let head = unsafe UInt64(littleEndian: text.loadUnaligned(as: UInt64.self))
    let tail = unsafe UInt32(littleEndian: text.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
    let separators = UInt64(separator) &* 0x0100_0000_0100_0000
    guard head & 0xFF00_0000_FF00_0000 == separators else { return .max }
    let first = head & 0xFF_FFFF | head &>> 8 & 0xFFFF_FF00_0000
    return payload(first: first | UInt64(tail) &<< 48, last: tail &>> 16)
  }
}
