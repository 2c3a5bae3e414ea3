import Foundation

/// A file on disk, read piece by piece: an upload may be larger than memory. It is closed with the last copy of this.
struct FilePieces {
  private static let pieceBytes = 256 << 10

  private let file: FileHandle
  private let shown: String

  init(_ path: String) throws(CommandFailure) {
    shown = Repeating.path(path)
    // A folder opens like a file on some systems, and only fails to be read.
    let target = URL(filePath: path).resolvingSymlinksInPath()
    if (try? target.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true {
      throw .unreadable("\(shown): a folder; name a file")
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
