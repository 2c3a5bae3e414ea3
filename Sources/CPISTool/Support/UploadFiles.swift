import CPIS
import CPISHL7
import CPISReference
import Foundation

/// Upload files on disk, read piece by piece.
enum UploadFiles {
  private static let pieceBytes = 256 << 10

  /// Reads a file in pieces.
  static func read(_ path: String, _ take: (Data) throws(UploadReadingError) -> Void) throws(CommandFailure) {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw .unreadable("\(path): no such file, or not readable")
    }
    defer { try? file.close() }
    do {
      while let piece = try file.read(upToCount: pieceBytes), !piece.isEmpty { try take(piece) }
    } catch let error as UploadReadingError {
      throw .unreadable("\(path): \(error)")
    } catch {
      throw .unreadable("\(path): could not be read to its end")
    }
  }

  /// Loads a file into a registry, record by record.
  static func load(_ path: String, into registry: ReferenceRegistry) throws(CommandFailure) -> UploadAcknowledgement
  {
    var loading = Loading(registry: registry)
    try read(path) { piece throws(UploadReadingError) in try loading.take(piece) }
    do throws(UploadReadingError) {
      return try loading.finish()
    } catch {
      throw .unreadable("\(path): \(error)")
    }
  }

  /// Loads a message in memory into a registry.
  static func load(_ bytes: [UInt8], into registry: ReferenceRegistry) throws(UploadReadingError)
    -> UploadAcknowledgement
  {
    var loading = Loading(registry: registry)
    try loading.take(Data(bytes))
    return try loading.finish()
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

    mutating func finish() throws(UploadReadingError) -> UploadAcknowledgement {
      let summary = try reader.finish()
      let session = session ?? registry.beginUpload(summary.header)
      return session.finish(recordsRead: summary.recordCount)
    }
  }
}
