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
  /// that it is not one.
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
