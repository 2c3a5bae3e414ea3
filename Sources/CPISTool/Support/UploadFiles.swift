import CPIS
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

/// A file on disk that is read piece by piece, because an upload may be larger than memory. It is closed with the
/// last copy of this value.
struct FilePieces {
  private static let pieceBytes = 256 << 10

  private let file: FileHandle
  private let shown: String

  init(_ path: String) throws(CommandFailure) {
    shown = Repeating.path(path)
    // On some systems a folder opens like a file, and only reading it fails.
    let target = URL(filePath: path).resolvingSymlinksInPath()
    if (try? target.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true {
      throw .unreadable("\(shown): a folder; name a file")
    }
    // Opening a pipe waits until somebody writes to it, perhaps for ever.
    let values = try? target.resourceValues(forKeys: [.isRegularFileKey])
    if let isRegular = values?.isRegularFile, !isRegular {
      throw .unreadable("\(shown): not a regular file; write what a pipe gives into a file first")
    }
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw .unreadable("\(shown): no such file, or not readable")
    }
    self.file = file
  }

  /// The next bytes; `nil` at the end.
  func next() throws(CommandFailure) -> Data? {
    do {
      guard let piece = try file.read(upToCount: Self.pieceBytes), !piece.isEmpty else { return nil }
      return piece
    } catch {
      throw .unreadable("\(shown): could not be read to its end")
    }
  }
}
