/// Why bytes are not a stored form that can be read, or a value has none. It names the place, never what stands there.
public struct StoredFormError: Error, Hashable, Sendable {
  /// The cause. Open: later versions may add more.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The cause as a word.
    public let rawValue: String
    /// Makes a cause.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The bytes are not JSON, or are over a limit. They are damaged, or something else.
    public static let malformed = Code(rawValue: "malformed")
    /// They are the stored form of something else.
    public static let otherForm = Code(rawValue: "otherForm")
    /// A later version of this library wrote them. Keep them, and read them with that version.
    public static let laterVersion = Code(rawValue: "laterVersion")
    /// A field is missing, or breaks its rule. They are damaged.
    public static let invalidField = Code(rawValue: "invalidField")
    /// The value's form would be longer than 16 MiB, and nobody would read it.
    public static let tooLarge = Code(rawValue: "tooLarge")
    /// The value holds an instant that is no number, or lies outside the years 1 to 9999: a clock is wrong.
    public static let noStoredForm = Code(rawValue: "noStoredForm")
  }

  /// The cause.
  public let code: Code
  /// The place as a JSON pointer (RFC 6901), `/access/patient`; empty for the whole.
  public let place: String

  /// Makes an error.
  public init(_ code: Code, at place: String = "") {
    self.code = code
    self.place = place
  }
}

extension StoredFormError: CustomStringConvertible {
  /// Cause and place.
  public var description: String { "stored form: \(code.rawValue)" + (place.isEmpty ? "" : " at \(place)") }
}
