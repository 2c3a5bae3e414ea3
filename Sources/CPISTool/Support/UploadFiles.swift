import CPIS
import CPISFiles
import CPISHL7
import CPISReference
import Foundation

/// Loads uploads into a registry.
enum UploadFiles {
  /// The result of loading an upload.
  struct Loaded {
    let acknowledgement: UploadAcknowledgement
    /// Whether it has as many records as its header declares.
    let countMatches: Bool
  }

  /// Loads a file into a registry, record by record.
  static func load(_ path: String, into registry: ReferenceRegistry) throws(CommandFailure) -> Loaded {
    var loading = Loading(registry: registry)
    let pieces = try FilePieces(path)
    while let piece = try pieces.next() {
      do throws(UploadReadingError) { try loading.take(Data(piece)) } catch { throw unusable(path, error) }
    }
    do throws(UploadReadingError) { return try loading.finish() } catch { throw unusable(path, error) }
  }

  /// Loads a message in memory into a registry.
  static func load(_ bytes: [UInt8], into registry: ReferenceRegistry) throws(UploadReadingError)
    -> UploadAcknowledgement
  {
    var loading = Loading(registry: registry)
    try loading.take(Data(bytes))
    return try loading.finish().acknowledgement
  }

  private static func unusable(_ path: String, _ error: UploadReadingError) -> CommandFailure {
    let element = error.xPath.isEmpty ? "" : ", \(error.xPath)"
    return .unreadable(
      "notAnUpload",
      "\(Repeating.path(path)): \(error.displayText) (line \(error.line), column \(error.column)\(element))")
  }

  /// An upload that is being loaded, from bytes into a registry.
  private struct Loading {
    let registry: ReferenceRegistry
    var reader = UploadReader()
    var session: UploadSession?

    mutating func take(_ piece: Data) throws(UploadReadingError) {
      try reader.read(piece) { part in
        switch part {
        case .header(let header): session = registry.beginUpload(header)
        case .record(let read): session?.add(read.record)
        }
      }
    }

    mutating func finish() throws(UploadReadingError) -> Loaded {
      let summary = try reader.finish()
      let session = session ?? registry.beginUpload(summary.header)
      return Loaded(
        acknowledgement: session.finish(recordsRead: summary.recordCount), countMatches: summary.countMatches)
    }
  }
}

/// A file, or standard input for `-`, that is read piece by piece, because an upload may be larger than memory. It is
/// closed with the last copy of this value.
struct FilePieces {
  private static let pieceBytes = 256 << 10

  private let stream: ByteStream
  private let shown: String

  init(_ path: String) throws(CommandFailure) {
    shown = Repeating.path(path)
    do throws(StreamError) {
      stream = try path == "-" ? .standardInput : ByteStream(reading: path)
    } catch {
      throw Self.failure(shown, error)
    }
  }

  /// The next bytes; `nil` at the end, which an error is not.
  func next() throws(CommandFailure) -> [UInt8]? {
    do throws(StreamError) {
      let piece = try stream.read(upTo: Self.pieceBytes)
      return piece.isEmpty ? nil : piece
    } catch {
      throw Self.failure(shown, error)
    }
  }

  private static func failure(_ shown: String, _ error: StreamError) -> CommandFailure {
    switch error {
    case .notFound: .unreadable("notFound", "\(shown): no such file")
    case .notPermitted: .unreadable("notReadable", "\(shown): this user may not read it")
    case .folder: .unreadable("folder", "\(shown): a folder; name a file")
    case .readerGone, .failed: .unreadable("readError", "\(shown): could not be read to its end")
    }
  }
}
