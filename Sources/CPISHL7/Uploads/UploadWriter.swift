public import CPIS
import CPISXML

/// Writes an upload message, `REPC_MT000002GB01`, record by record, so that a large one need not be in memory.
///
/// The same values always give the same bytes, and what it writes is valid by the NHS schema; what the schema
/// cannot hold throws and writes nothing. Names come back with their white space collapsed.
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
  /// - Throws: ``UploadWritingError`` when the head cannot be written: no phone or more than two, a time outside the years 1 to 9999.
  public init(_ header: UploadHeader) throws(UploadWritingError) {
    guard header.declaredRecordCount > 0 else { throw UploadWritingError(.recordsMissing) }
    var writer = XMLWriter()
    writer.line(0, XMLWriter.declaration)
    writer.line(0, "<File \(HL7Namespace.declarations)>")
    let lines = try HeadMarkup.opening(
      header.creationTime, id: header.fileID, count: header.declaredRecordCount)
    for line in lines { writer.line(1, line) }
    for line in try HeadMarkup.authority(header.sender, in: .communicationFunctionSnd) {
      writer.line(line.depth + 1, line.markup)
    }
    opening = writer.take()
    declaredRecordCount = header.declaredRecordCount
  }

  /// Writes a record.
  ///
  /// - Returns: the bytes that follow those returned before. The first call gives the head of the file as well.
  /// - Throws: ``UploadWritingError`` when the schema cannot hold the record, or the head declares fewer. Nothing
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
