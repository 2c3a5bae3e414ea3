import CPIS
import CPISHL7
import CPISReference
import Foundation

/// Uploads on their way into a registry.
enum UploadFiles {
  /// What became of an upload.
  struct Loaded {
    let acknowledgement: UploadAcknowledgement
    /// Whether there were as many records as its head declares.
    let countMatches: Bool
  }

  /// Loads a file into a registry, record by record.
  static func load(_ path: String, into registry: ReferenceRegistry) throws(CommandFailure) -> Loaded {
    var loading = Loading(registry: registry)
    let pieces = try FilePieces(path)
    while let piece = try pieces.next() {
      do throws(UploadReadingError) { try loading.take(piece) } catch { throw unusable(path, error) }
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
      "\(Repeating.path(path)): \(error.displayText) (line \(error.line), column \(error.column)\(element))")
  }

  /// An upload on its way from bytes into a registry.
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
