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
  public init(parsing text: some StringProtocol, allowing options: ParsingOptions = [])
    throws(ParseError)
  {
    var bytes = [UInt8]()
    bytes.reserveCapacity(13)
    for byte in text.utf8.prefix(13) { bytes.append(byte) }
    try self.init(parsing: bytes.span, allowing: options)
  }

  /// Reads an NHS number from ASCII bytes: ten digits, or 3-3-4 with single spaces.
  ///
  /// - Parameters:
  ///   - bytes: the whole text to read, as ASCII or UTF-8.
  ///   - options: further forms to accept; none by default.
  /// - Throws: ``ParseError``, which names the place and never the digits.
  /// - Complexity: O(1).
  public init(parsing bytes: Span<UInt8>, allowing options: ParsingOptions = []) throws(ParseError) {
    guard bytes.count > 0 else { throw .empty }
    let separated = bytes.count > 3 && Self.isSeparator(bytes[3], options)
    var payload: UInt32 = 0
    var digits = 0
    for place in 0..<min(bytes.count, 12) {
      let byte = bytes[place]
      if separated && (place == 3 || place == 7) {
        guard byte == bytes[3] else { throw .unexpectedCharacter(offset: place) }
        continue
      }
      let digit = byte &- UInt8(ascii: "0")
      guard digit < 10 else { throw .unexpectedCharacter(offset: place) }
      digits += 1
      if digits < 10 { payload = payload * 10 + UInt32(digit) }
    }
    guard bytes.count == (separated ? 12 : 10) else { throw .wrongLength(byteCount: bytes.count) }
    let check = Self.checkDigit(ofPayload: payload)
    guard check < 10 else { throw .neverIssued }
    guard check == UInt32(bytes[bytes.count - 1] &- UInt8(ascii: "0")) else { throw .checkDigitMismatch }
    self.payload = payload
  }

  private static func isSeparator(_ byte: UInt8, _ options: ParsingOptions) -> Bool {
    byte == UInt8(ascii: " ") || (byte == UInt8(ascii: "-") && options.contains(.hyphens))
  }
}
