/// The disk as the outbox sees it: every call that reads or changes it goes through here, and every one may fail.
///
/// The calls mean what the system's calls mean, no more: a write may be short, any call may be interrupted, and
/// nothing is durable before ``sync(_:)`` for a file's bytes, and ``syncFolder(_:)`` for its name. What makes them
/// whole is written once, in the extension. In tests a recording file system stands in.
package protocol FileSystem: Sendable {
  /// Makes a folder that only its owner may enter (0700), or checks that the one there is such a folder.
  func makeFolder(_ path: String) throws(FileSystemError)
  /// Checks that a folder is one that only this user may enter; `notTrusted` when it is not.
  func checkFolder(_ path: String) throws(FileSystemError)
  /// The names in a folder, in no order.
  func list(_ folder: String) throws(FileSystemError) -> [String]
  /// Makes names created, renamed and removed in a folder durable.
  func syncFolder(_ path: String) throws(FileSystemError)
  /// Gives a file another name in place of whatever has it. Whole or not at all.
  func rename(_ path: String, to newPath: String) throws(FileSystemError)
  /// Removes a file.
  func remove(_ path: String) throws(FileSystemError)

  /// Opens a file. Never follows a link in its last place, and never passes the file on to a child process.
  func open(_ path: String, _ access: FileAccess) throws(FileSystemError) -> FileID
  /// Closes a file, and gives up its lock.
  func close(_ file: FileID)
  /// Takes the file's lock for as long as it is open.
  ///
  /// - Returns: `false` when another opening of the file holds it.
  func lock(_ file: FileID) throws(FileSystemError) -> Bool
  /// The length in bytes.
  func size(_ file: FileID) throws(FileSystemError) -> Int
  /// Reads up to `count` bytes; fewer near the end, none at the end, and maybe fewer elsewhere.
  func read(_ file: FileID, at offset: Int, count: Int) throws(FileSystemError) -> [UInt8]
  /// Writes bytes, maybe fewer than given.
  ///
  /// - Returns: how many.
  func write(_ file: FileID, _ bytes: ArraySlice<UInt8>, at offset: Int) throws(FileSystemError) -> Int
  /// Cuts the file to a length.
  func truncate(_ file: FileID, to length: Int) throws(FileSystemError)
  /// Makes the file's bytes and length durable. After it has failed nothing is known about them.
  func sync(_ file: FileID) throws(FileSystemError)
}

/// An open file.
package struct FileID: Hashable, Sendable {
  /// The system's number for it.
  package let number: Int32
  /// Makes one.
  package init(_ number: Int32) { self.number = number }
}

/// What a file is opened for.
package enum FileAccess: Hashable, Sendable {
  /// To read what is there.
  case read
  /// To read and write what is there.
  case update
  /// To write a file that is not there yet, for its owner alone (0600).
  case create
  /// To lock: made if it is not there (0600).
  case createOrUpdate
}

extension FileSystem {
  /// Calls again for as long as signals come first.
  package func uninterrupted<Value>(
    _ call: () throws(FileSystemError) -> Value
  ) throws(FileSystemError) -> Value {
    while true {
      do throws(FileSystemError) {
        return try call()
      } catch {
        guard error.condition == .interrupted else { throw error }
      }
    }
  }

  /// Writes all of the bytes.
  package func writeAll(_ file: FileID, _ bytes: [UInt8], at offset: Int) throws(FileSystemError) {
    var done = 0
    while done < bytes.count {
      let written = try uninterrupted { () throws(FileSystemError) in
        try write(file, bytes[done...], at: offset + done)
      }
      // A device that takes nothing and says nothing would hold us here for ever.
      guard written > 0 else { throw FileSystemError(.write, .deviceFailed) }
      done += written
    }
  }

  /// Reads a whole file, unless it is longer than a limit: then it is `notTrusted`, and no memory is asked for.
  package func readAll(_ file: FileID, atMost limit: Int = .max) throws(FileSystemError) -> [UInt8] {
    let length = try uninterrupted { () throws(FileSystemError) in try size(file) }
    guard length <= limit else { throw FileSystemError(.size, .notTrusted) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(length)
    while true {
      let part = try uninterrupted { () throws(FileSystemError) in
        try read(file, at: bytes.count, count: max(length - bytes.count, 1))
      }
      guard part.isEmpty else {
        bytes += part
        continue
      }
      // An end before the end is a device's fault: half a journal must not pass for the whole.
      guard bytes.count >= length else { throw FileSystemError(.read, .deviceFailed) }
      return bytes
    }
  }

  /// Reads a whole file by its path.
  package func contents(_ path: String, atMost limit: Int = .max) throws(FileSystemError) -> [UInt8] {
    let file = try uninterrupted { () throws(FileSystemError) in try open(path, .read) }
    defer { close(file) }
    return try readAll(file, atMost: limit)
  }

  /// Makes a file's bytes durable, over interruptions.
  package func syncWhole(_ file: FileID) throws(FileSystemError) {
    try uninterrupted { () throws(FileSystemError) in try sync(file) }
  }

  /// Makes a folder's names durable, over interruptions.
  package func syncNames(_ folder: String) throws(FileSystemError) {
    try uninterrupted { () throws(FileSystemError) in try syncFolder(folder) }
  }

  /// Adds bytes at a file's end and makes them durable, or leaves the file as it was.
  ///
  /// - Throws: ``OutboxError``; `stopped` when nothing is known about the file any more.
  package func appendDurably(_ file: FileID, _ bytes: [UInt8], at length: Int) throws(OutboxError) {
    do throws(FileSystemError) {
      try writeAll(file, bytes, at: length)
    } catch {
      // A part of it may be there. Once that is cut off it never happened.
      do throws(FileSystemError) {
        try uninterrupted { () throws(FileSystemError) in try truncate(file, to: length) }
      } catch {
        throw OutboxError(.stopped)
      }
      throw OutboxError(error)
    }
    // A system may drop what it could not write and call the next sync good, so there is no second try.
    do throws(FileSystemError) { try syncWhole(file) } catch { throw OutboxError(.stopped) }
  }

  /// Writes a file under a temporary name, makes it durable, and gives it its name: it is whole or not there.
  ///
  /// - Returns: the file, open for update under its new name.
  package func createWhole(_ name: String, in folder: String, _ bytes: [UInt8]) throws(FileSystemError) -> FileID {
    let temporary = folder + "/" + FolderName.temporaryName
    let file = try createTemporary(temporary)
    do throws(FileSystemError) {
      try writeAll(file, bytes, at: 0)
      try syncWhole(file)
      try uninterrupted { () throws(FileSystemError) in try rename(temporary, to: folder + "/" + name) }
    } catch {
      close(file)
      // If this fails too, the leftover is removed at the next open.
      try? remove(temporary)
      throw error
    }
    return file
  }

  /// A leftover of an interrupted try is in the way, and never of use.
  private func createTemporary(_ path: String) throws(FileSystemError) -> FileID {
    do throws(FileSystemError) {
      return try uninterrupted { () throws(FileSystemError) in try open(path, .create) }
    } catch {
      guard error.condition == .exists else { throw error }
      try uninterrupted { () throws(FileSystemError) in try remove(path) }
      return try uninterrupted { () throws(FileSystemError) in try open(path, .create) }
    }
  }
}
