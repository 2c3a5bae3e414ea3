#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import CPISJSON
import NHSNumbers

// The one form of what leaves the process or outlives it: JSON with names of our own, and a version. Journals, shared
// caches, mailboxes and the sandbox all use it; `Documentation/Formats/Notices.md` describes it, with a JSON schema that
// the golden files in the tests are validated against. Nothing here follows from the name of a property in Swift.
//
// By rule: a reader ignores members it does not know, so that a version may gain some; it refuses a version it does not
// know, and a member whose value breaks its rule. An absent member is left out, never `null`. Nobody writes again what
// they have read: what a reader ignored stays with the bytes.

extension Notice {
  /// The notice as JSON in UTF-8, as `Documentation/Formats/Notices.md` describes it.
  ///
  /// Instants are kept to the millisecond. It names patients and staff: seal it where it can outlive the process.
  ///
  /// - Throws: ``StoredFormError/Code/noStoredForm`` for an instant that is no number, and
  ///   ``StoredFormError/Code/tooLarge`` beyond 16 MiB.
  /// - Complexity: O(*n*) for *n* accesses.
  public func stored() throws(StoredFormError) -> [UInt8] {
    try StoredForm.notice.write { json throws(StoredFormError) in try json.add(self) }
  }

  /// Reads a notice.
  ///
  /// - Throws: ``StoredFormError`` with the place at fault, never what stands there.
  public init(stored bytes: [UInt8]) throws(StoredFormError) {
    self = try StoredForm.notice.read(bytes) { json throws(JSONError) in try json.notice() }
  }
}

extension Access {
  /// The access as JSON in UTF-8: see ``Notice/stored()``.
  public func stored() throws(StoredFormError) -> [UInt8] {
    try StoredForm.access.write { json throws(StoredFormError) in try json.add(self) }
  }

  /// Reads an access: see ``Notice/init(stored:)``.
  public init(stored bytes: [UInt8]) throws(StoredFormError) {
    self = try StoredForm.access.read(bytes) { json throws(JSONError) in try json.access() }
  }
}

extension CachedAnswer {
  /// The answer as JSON in UTF-8: see ``Notice/stored()``.
  public func stored() throws(StoredFormError) -> [UInt8] {
    try StoredForm.answer.write { json throws(StoredFormError) in try json.add(self) }
  }

  /// Reads an answer: see ``Notice/init(stored:)``.
  public init(stored bytes: [UInt8]) throws(StoredFormError) {
    self = try StoredForm.answer.read(bytes) { json throws(JSONError) in try json.cachedAnswer() }
  }
}

extension RememberedVisit {
  /// The visit as JSON in UTF-8: see ``Notice/stored()``.
  public func stored() throws(StoredFormError) -> [UInt8] {
    try StoredForm.visit.write { json throws(StoredFormError) in try json.add(self) }
  }

  /// Reads a visit: see ``Notice/init(stored:)``.
  public init(stored bytes: [UInt8]) throws(StoredFormError) {
    self = try StoredForm.visit.read(bytes) { json throws(JSONError) in try json.rememberedVisit() }
  }
}

/// The forms, by the word that each begins with.
private enum StoredForm: String {
  case notice = "cp-is.notice"
  case access = "cp-is.access"
  case answer = "cp-is.answer"
  case visit = "cp-is.visit"

  static let version = 1

  func write(
    _ body: (inout JSONObjectWriter) throws(StoredFormError) -> Void
  ) throws(StoredFormError) -> [UInt8] {
    let bytes = try JSONWriter.object { json throws(StoredFormError) in
      json.add("form", rawValue)
      json.add("version", Self.version)
      try body(&json)
    }
    guard bytes.count <= JSONLimits().bytes else { throw StoredFormError(.tooLarge) }
    return bytes
  }

  func read<Value>(
    _ bytes: [UInt8], _ body: (inout JSONObject) throws(JSONError) -> Value
  ) throws(StoredFormError) -> Value {
    var json = try Self.reading { () throws(JSONError) in try JSONDocument(bytes).root.object() }
    let name = json["form"]
    guard try name.map({ value throws(StoredFormError) in try Self.reading(value.string) }) == rawValue else {
      throw StoredFormError(.otherForm)
    }
    let version = try Self.reading { () throws(JSONError) in try json.int("version") }
    guard version <= Self.version else { throw StoredFormError(.laterVersion) }
    guard version >= 1 else { throw StoredFormError(.invalidField, at: "/version") }
    return try Self.reading { () throws(JSONError) in try body(&json) }
  }

  private static func reading<Value>(_ read: () throws(JSONError) -> Value) throws(StoredFormError) -> Value {
    do throws(JSONError) {
      return try read()
    } catch {
      switch (error.code, error.place) {
      case (.missing, .path(let path)), (.wrongType, .path(let path)), (.outOfRange, .path(let path)),
        (.notUnderstood, .path(let path)):
        throw StoredFormError(.invalidField, at: path == "/" ? "" : path)
      default: throw StoredFormError(.malformed)
      }
    }
  }
}

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
