extension NHSNumber {
  /// What ``init(parsing:allowing:)-(StringProtocol,_)`` accepts beyond the two standard forms.
  public struct ParsingOptions: OptionSet, Hashable, Sendable {
    /// The set as bits.
    public let rawValue: UInt8

    /// Makes a set from its bits.
    @inlinable
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Accept `999-000-0026` as well. Off unless asked for: a hyphen is not part of either standard form, and
    /// in free text may join the number to something else.
    public static let hyphens = ParsingOptions(rawValue: 1)
  }

  /// Reads an NHS number: ten digits, or 3-3-4 with single spaces.
  ///
  /// Only ASCII digits count. Nothing is trimmed or skipped: what surrounds a number in a record may mean
  /// that it is not an NHS number.
  ///
  /// - Parameters:
  ///   - text: the whole text to read.
  ///   - options: further forms to accept; none by default.
  /// - Throws: ``ParseError``, which names the place and never the digits. The patient's number is then not
  ///   known: trace the patient, do not guess.
  /// - Complexity: O(1); text longer than the accepted forms is refused after its thirteenth byte.
  @inlinable
  public init(parsing text: some StringProtocol, allowing options: ParsingOptions = [])
    throws(ParseError)
  {
    let fast = text.utf8.withContiguousStorageIfAvailable { buffer in
      unsafe Self.parse(buffer.span, options)
    }
    guard let result = fast else {
      let start = Array(text.utf8.prefix(13))
      self = try Self.parse(start.span, options).get()
      return
    }
    self = try result.get()
  }

  /// Reads an NHS number from ASCII bytes: ten digits, or 3-3-4 with single spaces.
  ///
  /// - Parameters:
  ///   - bytes: the whole text to read, as ASCII or UTF-8.
  ///   - options: further forms to accept; none by default.
  /// - Throws: ``ParseError``, which names the place and never the digits.
  /// - Complexity: O(1).
  @inlinable
  @inline(__always)
  public init(parsing bytes: Span<UInt8>, allowing options: ParsingOptions = []) throws(ParseError) {
    // Always inlined: called out of line, and with its constants loaded for each number, it takes twice as long.
    let payload = Self.payload(of: bytes, options)
    guard payload <= Self.largestPayload else { throw Self.fault(in: bytes, options) }
    self.init(provenPayload: payload)
  }

  @inlinable
  static func parse(_ bytes: Span<UInt8>, _ options: ParsingOptions) -> Result<NHSNumber, ParseError> {
    Result { () throws(ParseError) in try NHSNumber(parsing: bytes, allowing: options) }
  }

  /// The payload of a valid text, and otherwise a number above the largest payload.
  @inlinable
  @inline(__always)
  static func payload(of bytes: Span<UInt8>, _ options: ParsingOptions) -> UInt32 {
    // `unsafe`: see ``DigitLanes``; the length is checked first.
    unsafe bytes.withUnsafeBytes { text in
      guard let start = text.baseAddress else { return .max }
      switch text.count {
      case 10: return unsafe DigitLanes.plain(at: start)
      case 12:
        let spaced = unsafe DigitLanes.separated(at: start, by: UInt8(ascii: " "))
        guard spaced > largestPayload, options.contains(.hyphens) else { return spaced }
        return unsafe DigitLanes.separated(at: start, by: UInt8(ascii: "-"))
      default: return .max
      }
    }
  }

  /// Says what is wrong with a text that holds no valid number, byte by byte: the slow path.
  @usableFromInline
  @inline(never)
  static func fault(in bytes: Span<UInt8>, _ options: ParsingOptions) -> ParseError {
    guard bytes.count > 0 else { return .empty }
    let separated = bytes.count > 3 && isSeparator(bytes[3], options)
    var payload: UInt32 = 0
    var digits = 0
    for place in 0..<min(bytes.count, 12) {
      let byte = bytes[place]
      if separated && (place == 3 || place == 7) {
        guard byte == bytes[3] else { return .unexpectedCharacter(offset: place) }
        continue
      }
      let digit = byte &- UInt8(ascii: "0")
      guard digit < 10 else { return .unexpectedCharacter(offset: place) }
      digits += 1
      if digits < 10 { payload = payload * 10 + UInt32(digit) }
    }
    guard bytes.count == (separated ? 12 : 10) else {
      return .wrongLength(byteCount: min(bytes.count, 13))
    }
    return checkDigit(ofPayload: payload) < 10 ? .checkDigitMismatch : .neverIssued
  }

  private static func isSeparator(_ byte: UInt8, _ options: ParsingOptions) -> Bool {
    byte == UInt8(ascii: " ") || (byte == UInt8(ascii: "-") && options.contains(.hyphens))
  }
}

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

extension NHSNumber {
  /// Why a text is not an NHS number, and where; never which digits it held.
  @nonexhaustive
  public enum ParseError: Error, Hashable, Sendable {
    /// There was nothing to read.
    case empty

    /// The text is neither ten digits nor 3-3-4. The count is of UTF-8 bytes, and stops at 13: "longer".
    case wrongLength(byteCount: Int)

    /// The byte at this offset, counted from 0, is not an ASCII digit, or not the separator expected there.
    case unexpectedCharacter(offset: Int)

    /// Ten digits whose last is not the check digit of the other nine: most often a slip of the hand.
    case checkDigitMismatch

    /// Nine digits whose check digit would be 10. Such numbers were never issued.
    case neverIssued
  }
}

extension NHSNumber.ParseError: CustomStringConvertible {
  /// The reason in words, without any part of the text that was read.
  public var description: String {
    switch self {
    case .empty: "no NHS number given"
    case .wrongLength(let count):
      "expected 10 digits, or 12 characters as 3-3-4; found \(count > 12 ? "more than 12" : "\(count)")"
    case .unexpectedCharacter(let offset): "unexpected character at position \(offset + 1)"
    case .checkDigitMismatch: "the check digit does not match"
    case .neverIssued: "no number with these first nine digits was ever issued"
    }
  }
}
