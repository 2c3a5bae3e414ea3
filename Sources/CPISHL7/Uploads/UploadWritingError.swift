public import CPIS

/// Why an upload or an acknowledgement cannot be written: the schema has no room for it. Never its content.
public struct UploadWritingError: Error, Hashable, Sendable {
  /// The cause. Open: later versions may add more.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The cause as a word.
    public let rawValue: String
    /// Makes a cause.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// No record; the schema wants at least one.
    public static let recordsMissing = Code(rawValue: "recordsMissing")
    /// As many records as the head declares were not written, or more. The registry would refuse the file.
    public static let countDiffers = Code(rawValue: "countDiffers")
    /// A part is missing, of which the schema wants at least one.
    public static let partMissing = Code(rawValue: "partMissing")
    /// There are more parts of a kind than the schema allows.
    public static let tooManyParts = Code(rawValue: "tooManyParts")
    /// A value is not of the form that the schema wants.
    public static let valueInvalid = Code(rawValue: "valueInvalid")
    /// A text has characters that XML forbids.
    public static let characterForbidden = Code(rawValue: "characterForbidden")
    /// The record was not read whole, so that it cannot be written as it was.
    public static let recordUnreadable = Code(rawValue: "recordUnreadable")
  }

  /// The cause.
  public var code: Code
  /// The record, from 1; `nil` for the head of the file.
  public var recordPosition: Int?
  /// The part of the record or, as the sender, of the head; `nil` for the head's own values.
  public var place: UploadFault.Place?

  /// Makes an error.
  public init(_ code: Code, recordPosition: Int? = nil, place: UploadFault.Place? = nil) {
    self.code = code
    self.recordPosition = recordPosition
    self.place = place
  }
}

extension UploadWritingError: CustomStringConvertible {
  /// Cause and place in a line.
  public var description: String {
    let path = place.map { UploadFault(.unreadable, at: $0).xPath(inRecord: recordPosition) } ?? "/File"
    return "cannot be written: \(code.rawValue) (\(path))"
  }
}
