import CPISFiles
import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite("Where a log may write")
struct LogPlaceTests {
  /// Opens a log on the machine's disk, lets a person do something to its files, and appends.
  private func append(after tamper: (_ path: String) throws -> Void) throws -> LogError? {
    try withParent { parent in
      let path = parent + "/log"
      var opened = try OpenedLog(POSIXFileSystem(), path)
      defer { opened.log.close() }
      try opened.append(payload(1))
      try tamper(path)
      do throws(LogError) {
        try opened.append(payload(2))
        return nil
      } catch {
        return error
      }
    }
  }

  private func segment(_ path: String) throws -> String {
    let names = try FileManager.default.contentsOfDirectory(atPath: path)
    return path + "/" + (try #require(names.first { $0.hasPrefix("test-") }))
  }

  @Test("A segment, a lock or a folder that was removed, moved or opened to others is not written to")
  func refused() throws {
    let refused = LogError.stopped
    #expect(try append { _ in } == nil)
    #expect(try append { try FileManager.default.removeItem(atPath: try segment($0)) } == refused)
    #expect(
      try append { try FileManager.default.moveItem(atPath: try segment($0), toPath: $0 + "/elsewhere") } == refused
    )
    #expect(
      try append { path in
        let segment = try segment(path)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: segment))
        try FileManager.default.removeItem(atPath: segment)
        try bytes.write(to: URL(fileURLWithPath: segment))
      } == refused)
    #expect(try append { try FileManager.default.removeItem(atPath: $0 + "/lock") } == refused)
    #expect(try append { try FileManager.default.removeItem(atPath: $0) } == refused)
    #expect(
      try append { try FileManager.default.setAttributes([.posixPermissions: 0o750], ofItemAtPath: $0) }
        == .disk(FileSystemError(.status, .notTrusted)))
  }

  @Test("A folder that was moved or replaced, or a link put in its place, is not written to, and says so")
  func moved() throws {
    func move(_ path: String) throws { try FileManager.default.moveItem(atPath: path, toPath: path + ".old") }
    #expect(try append { try move($0) } == .stopped)
    #expect(
      try append { path in
        try move(path)
        var other = try OpenedLog(POSIXFileSystem(), path)
        try other.append(payload(3))
        other.log.close()
      } == .stopped)
    #expect(
      try append { path in
        try move(path)
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path + ".old")
      } == .stopped)
    // A folder above it counts as well: who opens the path anew finds nothing there.
    #expect(
      try append { path in
        let above = Folder.split(path).parent
        try move(above)
        try FileManager.default.createDirectory(atPath: above, withIntermediateDirectories: false)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      } == .stopped)
  }

  @Test("A relative path means what it meant when the log was opened")
  func relative() throws {
    let here = FileManager.default.currentDirectoryPath
    #expect(try POSIXFileSystem().absolute("a/b") == here + "/a/b")
    #expect(try POSIXFileSystem().absolute("/a/b") == "/a/b")
  }

  @Test("A lock that was removed lets a second opener in, and the first is stopped before it acknowledges more")
  func lockRemoved() throws {
    try withParent { parent in
      var first = try OpenedLog(POSIXFileSystem(), parent + "/log")
      try first.append(payload(1))
      try FileManager.default.removeItem(atPath: parent + "/log/lock")
      var second = try OpenedLog(POSIXFileSystem(), parent + "/log")
      #expect(throws: LogError.stopped) { try first.append(payload(2)) }
      try second.append(payload(3))
      first.log.close()
      second.log.close()
      let again = try OpenedLog(POSIXFileSystem(), parent + "/log")
      #expect(again.held.payloads == [[]] + [payload(1), payload(3)] && again.log.findings.isEmpty)
    }
  }

  @Test("Looking whether a log is in use keeps nobody from opening it")
  func looking() throws {
    try withParent { parent in
      let path = parent + "/log"
      var log = try OpenedLog(POSIXFileSystem(), path)
      let folder = try Folder(POSIXFileSystem(), path)
      #expect(folder.isLocked == true)
      log.log.close()
      #expect(folder.isLocked == false)
      // One who looks and is stopped in the middle holds the file open for ever.
      let disk = POSIXFileSystem()
      let opened = try disk.openFolder(path, .names)
      let looked = try disk.open(Folder.lockName, in: opened, .read)
      #expect(try !disk.isLocked(looked))
      #expect(folder.isLocked == false)
      log = try OpenedLog(POSIXFileSystem(), path)
      log.log.close()
      disk.close(looked)
      disk.close(opened)
      folder.close()
    }
  }

  @Test(
    "A file that others may read or change is refused, and an inspection tells", arguments: [0o666, 0o640, 0o604])
  func openFiles(mode: Int) throws {
    try withParent { parent in
      let path = parent + "/log"
      for isLock in [false, true] {
        var log = try OpenedLog(POSIXFileSystem(), path)
        log.log.close()
        let file = isLock ? path + "/lock" : try segment(path)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        #expect(throws: LogError.disk(FileSystemError(.open, .notTrusted))) {
          _ = try OpenedLog(POSIXFileSystem(), path)
        }
        let (folder, distrust) = try Folder.forInspection(POSIXFileSystem(), path)
        #expect(try distrust == nil && folder.distrust(of: folder.list()) == .files)
        folder.close()
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
      }
    }
  }

  @Test("A file of another user is refused", .enabled(if: geteuid() == 0, "only root can give files away"))
  func anothersFile() throws {
    try withParent { parent in
      let path = parent + "/log"
      var log = try OpenedLog(POSIXFileSystem(), path)
      log.log.close()
      try FileManager.default.setAttributes([.ownerAccountID: 1], ofItemAtPath: try segment(path))
      #expect(throws: LogError.disk(FileSystemError(.open, .notTrusted))) {
        _ = try OpenedLog(POSIXFileSystem(), path)
      }
    }
  }

  @Test("A second opener is refused until the first has closed")
  func inUse() throws {
    try withParent { parent in
      var first = try OpenedLog(POSIXFileSystem(), parent + "/log")
      #expect(throws: LogError.inUse) { _ = try OpenedLog(POSIXFileSystem(), parent + "/log") }
      first.log.close()
      #expect(throws: LogError.closed) { try first.append([1]) }
      var second = try OpenedLog(POSIXFileSystem(), parent + "/log")
      second.log.close()
    }
  }
}
