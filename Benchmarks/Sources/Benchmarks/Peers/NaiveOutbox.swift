import CPIS
import Foundation

/// The usual way to keep a notice: under a lock, append its stored form to a file, and sync.
///
/// It has no checksum, does not know a notice that it has, and cannot tell a torn line from damage.
actor NaiveOutbox {
  private nonisolated let file: FileHandle

  init(folder: URL) throws {
    let path = folder.appending(path: UUID().uuidString)
    try Data().write(to: path)
    file = try FileHandle(forWritingTo: path)
  }

  /// Appends notices so many at a time, with a sync each time: what is left when all else costs nothing.
  nonisolated func append(_ notices: [Notice], together count: Int) throws -> UInt64 {
    for start in stride(from: 0, to: notices.count, by: count) {
      let bytes = try notices[start..<min(start + count, notices.count)].flatMap { try $0.stored() }
      try file.write(contentsOf: bytes)
      try file.synchronize()
    }
    return UInt64(notices.count)
  }

  func accept(_ notice: Notice) throws {
    try file.write(contentsOf: notice.stored() + [UInt8(ascii: "\n")])
    try file.synchronize()
  }
}
