extension NHSNumber: Codable {
  /// Reads the wire form, ten digits without spaces.
  ///
  /// - Throws: `DecodingError.dataCorrupted` with the reason and the coding path, never the digits.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard text.utf8.count == 10 else {
      throw Self.corrupted(container, "expected 10 digits")
    }
    do throws(ParseError) {
      try self.init(parsing: text)
    } catch {
      throw Self.corrupted(container, error.description)
    }
  }

  /// Writes the wire form, ten digits without spaces.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(wireForm)
  }

  private static func corrupted(_ container: any SingleValueDecodingContainer, _ reason: String)
    -> DecodingError
  {
    .dataCorruptedError(in: container, debugDescription: "not an NHS number: \(reason)")
  }
}
