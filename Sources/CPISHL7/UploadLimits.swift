import CPISXML

/// How much of an upload or an acknowledgement is read before it is refused.
///
/// England holds some 230,000 visible records, a large authority fewer than 10,000, and a record takes about one
/// kilobyte: the limits are far above what is honest, and low enough that no file can exhaust the reader.
public struct UploadLimits: Hashable, Sendable {
  /// Bytes in a file: room for 500,000 records of the usual size.
  public var fileBytes = 512 << 20

  /// Records in a file, or places in an acknowledgement: about twice as many as England has.
  public var recordCount = 500_000

  /// Bytes in a record; a longer one is refused by itself. The fullest record that the schema allows, with long
  /// names and much white space, has under 8 kilobytes.
  public var recordBytes = 64 << 10

  /// Bytes in one text or attribute that is kept, or in all given names of a subject. A longer one in a record makes the
  /// record unreadable, at the head of the file the whole file.
  public var textBytes = 2048

  /// Bytes in one tag, comment or other piece of markup, which is held in memory whole; a longer one makes the file
  /// unreadable. Text is read piece by piece and has no such limit.
  public var tokenBytes = 1 << 20

  /// How deeply elements are nested; the messages need 11.
  public var depth = 32

  /// Attributes of one element; the messages need 3.
  public var attributes = 32

  /// Namespaces in a file other than those of the messages, and declarations in force at one place.
  public var namespaces = 64

  /// The usual limits.
  public init() {}

  /// The same for the XML reader, which knows nothing of records.
  var xml: XMLLimits {
    var limits = XMLLimits()
    limits.documentBytes = fileBytes
    limits.markupBytes = tokenBytes
    limits.valueBytes = textBytes
    limits.depth = depth
    limits.attributes = attributes
    limits.namespaces = namespaces
    return limits
  }
}
