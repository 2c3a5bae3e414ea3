extension FileSystem {
  /// Makes a folder or checks the one there, and takes its lock until the file is closed.
  ///
  /// - Throws: ``OutboxError/Code/inUse`` when another has it.
  package func lockFolder(_ folder: String) throws(OutboxError) -> FileID {
    do throws(FileSystemError) {
      try uninterrupted { () throws(FileSystemError) in try makeFolder(folder) }
      do throws(FileSystemError) {
        try syncNames(Self.parent(of: folder))
      } catch {
        // Who may not read the parent did not make the folder in it either.
        guard error.condition == .notPermitted else { throw error }
      }
      let file = try uninterrupted { () throws(FileSystemError) in
        try open(folder + "/" + FolderName.lockName, .createOrUpdate)
      }
      do throws(FileSystemError) {
        if try uninterrupted({ () throws(FileSystemError) in try lock(file) }) { return file }
      } catch {
        close(file)
        throw error
      }
      close(file)
    } catch {
      throw OutboxError(error)
    }
    throw OutboxError(.inUse)
  }

  /// Whether somebody has the folder's lock, for who only looks: nothing is made, and the lock is given up at once.
  ///
  /// - Returns: `nil` when it could not be found out.
  func isFolderLocked(_ folder: String) -> Bool? {
    do throws(FileSystemError) {
      let file = try uninterrupted { () throws(FileSystemError) in
        try open(folder + "/" + FolderName.lockName, .read)
      }
      defer { close(file) }
      return try !uninterrupted { () throws(FileSystemError) in try lock(file) }
    } catch {
      return error.condition == .notFound ? false : nil
    }
  }

  /// The folder that holds a folder, by a path that may lead over a link.
  private static func parent(of folder: String) -> String {
    let trimmed = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    guard let slash = trimmed.lastIndex(of: "/") else { return "." }
    return trimmed[..<slash] + "/."
  }
}
