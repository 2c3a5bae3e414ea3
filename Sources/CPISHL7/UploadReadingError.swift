#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
public import CPIS
import CPISXML

/// Why a whole file, an upload or an acknowledgement, cannot be used, and where; never its content.
///
/// An upload that throws this changes nothing and is acknowledged with CPF01. The error gives what the head of the
/// file said as far as it was read. A fault in one record is not such an error: see `UploadFault`.
public struct UploadReadingError: Error, Hashable, Sendable {
  /// The cause. Open: later versions may add more.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The cause as a word.
    public let rawValue: String
    /// Makes a cause.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Not well-formed XML.
    public static let malformed = Code(rawValue: "malformed")
    /// The file ends before its root element does, or is empty. It was probably cut off: ask for it again.
    public static let truncated = Code(rawValue: "truncated")
    /// It declares another version of XML than 1.0.
    public static let versionUnsupported = Code(rawValue: "versionUnsupported")
    /// It is in another encoding than UTF-8, or declares one: `UTF8` without a hyphen is no encoding either.
    public static let encodingUnsupported = Code(rawValue: "encodingUnsupported")
    /// Not UTF-8 at this place, or a character that XML forbids.
    public static let encodingInvalid = Code(rawValue: "encodingInvalid")
    /// It has a document type declaration.
    public static let doctypeRefused = Code(rawValue: "doctypeRefused")
    /// It refers to an entity other than the five of XML.
    public static let entityRefused = Code(rawValue: "entityRefused")
    /// Elements are nested too deeply.
    public static let tooDeep = Code(rawValue: "tooDeep")
    /// The file, or a piece of it, is over a limit: see ``UploadLimits``.
    public static let tooLarge = Code(rawValue: "tooLarge")
    /// It is another kind of document.
    public static let rootUnknown = Code(rawValue: "rootUnknown")
    /// Something stands in the file part that does not belong there.
    public static let partUnexpected = Code(rawValue: "partUnexpected")
    /// Something is missing from the file part.
    public static let partMissing = Code(rawValue: "partMissing")
    /// A value in the file part is not of its format.
    public static let valueUnreadable = Code(rawValue: "valueUnreadable")
    /// It has no record.
    public static let recordsMissing = Code(rawValue: "recordsMissing")
    /// The file itself could not be read.
    public static let fileUnreadable = Code(rawValue: "fileUnreadable")
  }

  /// The cause.
  public var code: Code
  /// The line, from 1.
  public var line: Int
  /// The column in bytes, from 1.
  public var column: Int
  /// Bytes before the place.
  public var byteOffset: Int
  /// The element, as an XPath. Elements that the message does not know show as `*`.
  public var xPath: String
  /// The file's number; `nil` when that was not reached or not readable.
  public var fileID: UploadFileID?
  /// How many records the file says it holds; `nil` when that was not reached or not readable.
  public var declaredRecordCount: Int?
  /// Who sent it; `nil` when that was not reached or not readable.
  public var sender: UploadSender?
  /// How many records were read before.
  public var recordsRead: Int

  /// Makes an error that knows nothing of the head of the file.
  public init(_ code: Code, line: Int, column: Int, byteOffset: Int, xPath: String) {
    self.code = code
    self.line = line
    self.column = column
    self.byteOffset = byteOffset
    self.xPath = xPath
    self.fileID = nil
    self.declaredRecordCount = nil
    self.sender = nil
    self.recordsRead = 0
  }

  /// An error at a place that the XML reader tells.
  init(_ code: Code, at place: XMLPosition, xPath: String) {
    self.init(code, line: place.line, column: place.column, byteOffset: place.byteOffset, xPath: xPath)
  }

  /// What the XML reader refused. Its causes have the same words here.
  init(_ error: XMLError) {
    self.init(
      Code(rawValue: error.code.rawValue), line: error.line, column: error.column, byteOffset: error.byteOffset,
      xPath: error.path)
  }
}

extension UploadReadingError: CustomStringConvertible {
  /// Cause and place in a line.
  public var description: String { "\(displayText) (line \(line), column \(column), \(xPath))" }

  /// The cause in words.
  public var displayText: String {
    switch code {
    case .malformed: "not well-formed XML"
    case .truncated: "the file ends too early"
    case .versionUnsupported: "not XML 1.0: the declaration names another version"
    case .encodingUnsupported:
      "not in UTF-8, or declares an encoding other than UTF-8, which is written with a hyphen"
    case .encodingInvalid: "not UTF-8, or characters that XML forbids"
    case .doctypeRefused: "document type declarations are refused"
    case .entityRefused: "entities other than those of XML are refused"
    case .tooDeep: "elements are nested too deeply"
    case .tooLarge: "over a size limit"
    case .rootUnknown: "not the expected kind of message"
    case .partUnexpected: "a part that does not belong here"
    case .partMissing: "a part is missing"
    case .valueUnreadable: "a value is not of its format"
    case .recordsMissing: "no record in the file"
    case .fileUnreadable: "the file could not be read"
    default: code.rawValue
    }
  }
}

extension UploadReadingError: CustomDebugStringConvertible, CustomReflectable {
  /// The same as `description`.
  public var debugDescription: String { description }

  /// A mirror of cause and place only.
  public var customMirror: Mirror {
    Mirror(self, children: ["code": code.rawValue, "line": line, "column": column, "xPath": xPath])
  }
}

extension UploadReadingError: LocalizedError {
  /// What `description` says.
  public var errorDescription: String? { description }
}
