import Foundation
import Testing

/// A terminal of our own, for what the tool shows to a person only.
struct Terminal {
  /// The other end. Once ``end`` is closed, reading it gives what was written and then an error.
  let controller: FileHandle
  /// What a process writes to.
  let end: FileHandle

  init() throws {
    var (ours, theirs): (Int32, Int32) = (-1, -1)
    let result = unsafe openpty(&ours, &theirs, nil, nil, nil)
    try #require(result == 0)
    controller = FileHandle(fileDescriptor: ours, closeOnDealloc: true)
    end = FileHandle(fileDescriptor: theirs, closeOnDealloc: true)
  }

  /// Everything written so far, once nobody else has the end open.
  func shown() throws -> String {
    try end.close()
    var text: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    // Read by hand: a terminal whose other end is closed answers with an error, and not with an end.
    while true {
      let count = unsafe read(controller.fileDescriptor, &piece, piece.count)
      guard count > 0 else { return String(decoding: text, as: UTF8.self) }
      text += piece.prefix(count)
    }
  }
}
