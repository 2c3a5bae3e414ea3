#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif
public import CPIS
import CPISXML

/// Writes an upload message, `REPC_MT000002GB01`, record by record, so that a large one need not fit in memory.
///
/// The same values always give the same bytes, and what it writes is valid by the NHS schema. A value that the schema
/// cannot hold throws, and nothing is written. White space in names is collapsed when they are read back.
///
/// ```swift
/// var writer = try UploadWriter(header)
/// for record in records { output.write(try writer.write(record)) }
/// output.write(try writer.finish())
/// ```
public struct UploadWriter: Sendable {
  private var opening: [UInt8]
  private let declaredRecordCount: Int
  /// How many records were written.
  public private(set) var recordCount = 0

  /// Starts a file.
  ///
  /// - Throws: ``UploadWritingError`` when the head cannot be written: its authority has a blank name, no phone or more
  ///   than two, or its time is not of the years 1900 to 2099.
  public init(_ header: UploadHeader) throws(UploadWritingError) {
    guard header.declaredRecordCount > 0 else { throw UploadWritingError(.recordsMissing) }
    var writer = XMLWriter()
    writer.line(0, XMLWriter.declaration)
    writer.line(0, "<File \(HL7Namespace.declarations)>")
    let lines = try HeadMarkup.opening(
      header.creationTime, id: header.fileID, count: header.declaredRecordCount)
    for line in lines { writer.line(1, line) }
    for line in try HeadMarkup.sender(header.sender) {
      writer.line(line.depth + 1, line.markup)
    }
    opening = writer.take()
    declaredRecordCount = header.declaredRecordCount
  }

  /// Writes a record.
  ///
  /// - Returns: the bytes that follow those returned before. The first call gives the head of the file as well.
  /// - Throws: ``UploadWritingError`` when the schema cannot hold the record, or the head declares fewer records. Nothing
  ///   is written then, and the next record may follow.
  public mutating func write(_ record: UploadRecord) throws(UploadWritingError) -> [UInt8] {
    guard recordCount < declaredRecordCount else {
      throw UploadWritingError(.countDiffers, recordPosition: recordCount + 1)
    }
    var writer = XMLWriter()
    do throws(UploadWritingError) {
      let markup = try RecordMarkup(record)
      writer.line(1, "<record>")
      writer.line(2, "<CP-ISRecord>")
      for line in markup.lines { writer.line(line.depth + 3, line.markup) }
      writer.line(2, "</CP-ISRecord>")
      writer.line(1, "</record>")
    } catch {
      throw UploadWritingError(error.code, recordPosition: recordCount + 1, place: error.place)
    }
    recordCount += 1
    defer { opening = [] }
    return opening + writer.take()
  }

  /// Ends the file.
  ///
  /// - Returns: the last bytes.
  /// - Throws: ``UploadWritingError`` when fewer records were written than the head declares.
  public func finish() throws(UploadWritingError) -> [UInt8] {
    guard recordCount == declaredRecordCount else { throw UploadWritingError(.countDiffers) }
    return Array("</File>\n".utf8)
  }
}

extension LocalAuthorityUpload {
  /// The upload as a message, `REPC_MT000002GB01`, in UTF-8.
  ///
  /// - Throws: ``UploadWritingError``; see ``UploadWriter``, which is for files too large for memory.
  public func hl7() throws(UploadWritingError) -> [UInt8] {
    guard !records.isEmpty else { throw UploadWritingError(.recordsMissing) }
    var writer = try UploadWriter(header)
    var bytes: [UInt8] = []
    for record in records { bytes += try writer.write(record) }
    return bytes + (try writer.finish())
  }
}

/// Why an upload or an acknowledgement cannot be written: the schema cannot hold it. It never carries content.
public struct UploadWritingError: Error, Hashable, Sendable {
  /// The cause. Open: later versions may add more.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The cause as a word.
    public let rawValue: String
    /// Makes a cause.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// No record; the schema requires at least one.
    public static let recordsMissing = Code(rawValue: "recordsMissing")
    /// More or fewer records than the head declares. The registry would refuse the file.
    public static let countDiffers = Code(rawValue: "countDiffers")
    /// A part is missing that the schema requires.
    public static let partMissing = Code(rawValue: "partMissing")
    /// There are more parts of a kind than the schema allows.
    public static let tooManyParts = Code(rawValue: "tooManyParts")
    /// A value is not of the form that the schema requires.
    public static let valueInvalid = Code(rawValue: "valueInvalid")
    /// A text has characters that XML forbids.
    public static let characterForbidden = Code(rawValue: "characterForbidden")
    /// The record was not read completely, so it cannot be written as it was.
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

extension UploadWritingError: LocalizedError {
  /// What `description` says.
  public var errorDescription: String? { description }
}
