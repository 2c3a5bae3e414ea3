import CPIS
import Foundation

/// The usual way to keep a notice: under a lock, append its stored form to a file, and sync.
///
/// It has no checksum, does not know a notice that it has, and cannot tell a torn line from damage.
actor NaiveOutbox {
  private let file: FileHandle

  init(folder: URL) throws {
    let path = folder.appending(path: UUID().uuidString)
    try Data().write(to: path)
    file = try FileHandle(forWritingTo: path)
  }

  func accept(_ notice: Notice) throws {
    try file.write(contentsOf: notice.stored() + [UInt8(ascii: "\n")])
    try file.synchronize()
  }
}
