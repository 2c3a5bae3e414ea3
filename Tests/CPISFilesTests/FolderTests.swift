import CPISFiles
import CPISTestSupport
import Foundation
import Synchronization
import Testing

/// A new folder of its own on the machine's disk, removed afterwards.
func withParent<Value>(_ body: (String) throws -> Value) throws -> Value {
  let parent = FileManager.default.temporaryDirectory.appendingPathComponent("cpis-\(UUID().uuidString)").path
  try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: parent) }
  return try body(parent)
}

@Suite("A folder held open")
struct FolderTests {
  private let disk = POSIXFileSystem()

  private func refusal(_ path: String) -> FileSystemError.Condition? {
    do throws(FileSystemError) {
      try Folder.ours(disk, path).close()
      return nil
    } catch {
      return error.condition
    }
  }

  @Test(
    "A link is refused, however many slashes and references to itself follow it",
    arguments: ["", "/", "//", "/.", "/./", "//.//"])
  func link(ending: String) throws {
    try withParent { parent in
      #expect(refusal(parent + "/real" + ending) == nil)
      try FileManager.default.createSymbolicLink(
        atPath: parent + "/link", withDestinationPath: parent + "/real")
      #expect(refusal(parent + "/link" + ending) == .notTrusted)
      // One before the last place may be a link, as on systems whose temporary folder is behind one.
      try FileManager.default.createSymbolicLink(atPath: parent + "/up", withDestinationPath: parent)
      #expect(refusal(parent + "/up/real" + ending) == nil)
    }
  }

  @Test("A folder open to group or others, a file and a link to nowhere are refused; a missing parent is not found")
  func notTrusted() throws {
    try withParent { parent in
      for mode in [0o750, 0o705, 0o710, 0o701, 0o720, 0o777] {
        let path = parent + "/\(mode)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        #expect(refusal(path) == .notTrusted, "\(String(mode, radix: 8))")
      }
      _ = FileManager.default.createFile(atPath: parent + "/file", contents: nil)
      try FileManager.default.createSymbolicLink(atPath: parent + "/nowhere", withDestinationPath: parent + "/none")
      #expect(refusal(parent + "/file") == .notTrusted)
      #expect(refusal(parent + "/nowhere") == .notTrusted)
      #expect(refusal(parent + "/none/folder") == .notFound)
    }
  }

  @Test(
    "To look at, a link and a folder open to others are opened and not trusted; a file and no folder are refused",
    arguments: ["", "/", "/."])
  func inspection(ending: String) throws {
    try withParent { parent in
      func isTrusted(_ name: String) throws(FileSystemError) -> Bool {
        let (folder, distrust) = try Folder.forInspection(disk, parent + "/" + name + ending)
        defer { folder.close() }
        #expect(try folder.list() == ["a"])
        return distrust == nil
      }
      let real = try Folder.ours(disk, parent + "/real")
      real.close(try real.open("a", .create))
      real.close()
      #expect(try isTrusted("real"))
      try FileManager.default.createSymbolicLink(atPath: parent + "/link", withDestinationPath: parent + "/real")
      #expect(try !isTrusted("link"))
      try FileManager.default.createSymbolicLink(atPath: parent + "/up", withDestinationPath: parent)
      #expect(try isTrusted("up/real"))
      try FileManager.default.setAttributes([.posixPermissions: 0o750], ofItemAtPath: parent + "/real")
      #expect(try !isTrusted("real") && !isTrusted("link"))

      _ = FileManager.default.createFile(atPath: parent + "/file", contents: nil)
      try FileManager.default.createSymbolicLink(atPath: parent + "/nowhere", withDestinationPath: parent + "/none")
      #expect(throws: FileSystemError.self) { try isTrusted("file") }
      for name in ["nowhere", "none"] {
        do throws(FileSystemError) {
          _ = try isTrusted(name)
          Issue.record("\(name) was opened")
        } catch {
          #expect(error.condition == .notFound, "\(name)")
        }
      }
    }
  }

  @Test("Whatever call fails when a folder is opened to look at, nothing is left open")
  func inspectionFails() async {
    let disk = Disk(folder: "/f", files: [:])
    for condition in [FileSystemError.Condition.deviceFailed, .notTrusted, .interrupted] {
      let calls = await MemoryFileSystem.everyCall(goesWrong: .fail(condition), on: disk) { fileSystem, _ in
        do throws(FileSystemError) {
          try Folder.forInspection(fileSystem, "/f").folder.close()
        } catch {
          #expect(error.condition == condition)
        }
        #expect(fileSystem.isAllClosedOnce)
      }
      #expect(calls >= 2)
    }
  }

  @Test("A file is opened only if it is a regular one, and neither a link nor a pipe is waited for")
  func files() throws {
    try withParent { parent in
      let folder = try Folder.ours(disk, parent + "/folder")
      defer { folder.close() }
      let path = parent + "/folder"
      try Data("x".utf8).write(to: URL(fileURLWithPath: parent + "/target"))
      try FileManager.default.createSymbolicLink(atPath: path + "/link", withDestinationPath: parent + "/target")
      try FileManager.default.createDirectory(atPath: path + "/inner", withIntermediateDirectories: false)
      #expect(unsafe mkfifo(path + "/pipe", 0o600) == 0)
      for name in ["link", "inner", "pipe"] {
        #expect(throws: FileSystemError.self) { folder.close(try folder.open(name, .read)) }
        #expect(throws: FileSystemError.self) { folder.close(try folder.open(name, .update)) }
      }
    }
  }

  @Test("What is opened is held: a path that comes to mean another folder changes nothing")
  func held() throws {
    try withParent { parent in
      let folder = try Folder.ours(disk, parent + "/folder")
      defer { folder.close() }
      try FileManager.default.moveItem(atPath: parent + "/folder", toPath: parent + "/moved")
      try FileManager.default.createDirectory(atPath: parent + "/folder", withIntermediateDirectories: false)
      folder.close(
        try folder.createWhole("a") { (file) throws(FileSystemError) in try folder.write(file, [1], at: 0) })
      #expect(try folder.list() == ["a"])
      #expect(FileManager.default.contents(atPath: parent + "/moved/a") == Data([1]))
      #expect(try FileManager.default.contentsOfDirectory(atPath: parent + "/folder") == [])
    }
  }

  @Test(
    "A file that was removed, moved or replaced is no longer in its place, and a folder that was removed not ours")
  func places() throws {
    try withParent { parent in
      let path = parent + "/folder"
      let folder = try Folder.ours(disk, path)
      defer { folder.close() }
      let file = try folder.open("a", .create)
      defer { folder.close(file) }
      #expect(try folder.isInPlace(file) && folder.status(file).isLinked)
      try FileManager.default.moveItem(atPath: path + "/a", toPath: path + "/b")
      #expect(try !folder.isInPlace(file) && folder.status(file).isLinked)
      try Data().write(to: URL(fileURLWithPath: path + "/a"))
      #expect(try !folder.isInPlace(file))
      try FileManager.default.removeItem(atPath: path + "/b")
      #expect(try !folder.isInPlace(file) && !folder.status(file).isLinked)
      #expect(try folder.status.isOursAlone)
      try FileManager.default.removeItem(atPath: path)
      #expect(try !folder.status.isOursAlone)
      #expect(throws: FileSystemError.self) { _ = try folder.open("c", .create) }
    }
  }

  @Test("Where only entering is allowed, a file can be opened and nothing listed", .enabled(if: geteuid() != 0))
  func search() throws {
    try withParent { parent in
      let path = parent + "/folder"
      try Folder.ours(disk, path).close()
      try Data("x".utf8).write(to: URL(fileURLWithPath: path + "/a"))
      try FileManager.default.setAttributes([.posixPermissions: 0o300], ofItemAtPath: path)
      defer { try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path) }
      let folder = try Folder(disk, path, .search)
      defer { folder.close() }
      #expect(try folder.beginning(of: "a", count: 10) == Array("x".utf8))
      #expect(throws: FileSystemError.self) { _ = try folder.list() }
    }
  }

  @Test(
    "A folder whose name could not be made durable is not left there, so the next try does not take it for durable")
  func notDurable() throws {
    for operation in [FileSystemError.Operation.syncFolder, .openFolder] {
      let fileSystem = MemoryFileSystem()
      // The folder itself is opened first, its parent second.
      let opened = Mutex(0)
      fileSystem.plan { _, called in
        guard called == operation else { return nil }
        return opened.withLock { count in
          defer { count += 1 }
          return operation == .syncFolder || count % 2 == 1 ? .fail(.notPermitted) : nil
        }
      }
      for _ in 0..<2 {
        #expect(throws: FileSystemError(operation, .notPermitted)) {
          try Folder.ours(fileSystem, "/data/log").close()
        }
        #expect(fileSystem.isAllClosedOnce && fileSystem.disk.folder == nil)
      }
      // Somebody else's parent may not be read: then somebody else made the folder.
      if operation == .openFolder {
        _ = try fileSystem.makeFolder("/data/log")
        try Folder.ours(fileSystem, "/data/log").close()
      }
    }
  }

  @Test("Bytes are written, read and mapped as they are")
  func bytes() throws {
    try withParent { parent in
      let folder = try Folder.ours(disk, parent + "/folder")
      defer { folder.close() }
      let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      let file = try folder.createWhole("a") { (file) throws(FileSystemError) in
        try folder.write(file, bytes, at: 0)
      }
      defer { folder.close(file) }
      #expect(try folder.beginning(of: "a", count: 20_000) == bytes)
      #expect(try folder.beginning(of: "a", count: 9_999) == bytes.dropLast())
      let mapped = try folder.map(file, count: 10_000)
      #expect(unsafe Array(UnsafeRawBufferPointer(start: mapped.base, count: 10_000)) == bytes)
      unsafe mapped.release(mapped.base)
      try folder.truncate(file, to: 3)
      #expect(try folder.beginning(of: "a", count: 10) == Array(bytes.prefix(3)))
      try folder.remove("a")
      try folder.remove("a")
      #expect(throws: FileSystemError.self) { _ = try folder.beginning(of: "a", count: 10) }
    }
  }

  @Test("Errors of the system keep their number; refusals of ours have none")
  func numbers() throws {
    do throws(FileSystemError) {
      try Folder(disk, "/no/such/folder").close()
      Issue.record("it was opened")
    } catch {
      #expect(error == FileSystemError(.openFolder, .notFound, systemError: ENOENT))
    }
    try withParent { parent in
      let folder = try Folder.ours(disk, parent + "/folder")
      defer { folder.close() }
      try FileManager.default.createDirectory(atPath: parent + "/folder/inner", withIntermediateDirectories: false)
      #expect(throws: FileSystemError(.open, .notTrusted)) { _ = try folder.open("inner", .read) }
    }
  }

  @Test("A path is split by bytes at its last slash")
  func split() {
    let cases = [
      ("a", ".", "a"), ("/a", "/", "a"), ("a/b", "a", "b"), ("/a/b/", "/a/b", ""), ("a/\u{301}b", "a", "\u{301}b"),
    ]
    for (path, parent, name) in cases {
      let split = Folder.split(path)
      #expect(split.parent == parent && Array(split.name.utf8) == Array(name.utf8), "\(path)")
    }
  }

  @Test("A file is whole or not there, whatever call fails and whenever the power goes")
  func createWhole() async throws {
    let before = Disk(folder: "/f", files: ["/f/a": [1, 2, 3]])
    let faults: [MemoryFileSystem.Fault] = [
      .fail(.diskFull), .short(1), .short(0), .partThenFail(2, .diskFull), .failAfterwards(.deviceFailed),
      .failAndForget,
    ]
    for fault in faults {
      let calls = await MemoryFileSystem.everyCall(goesWrong: fault, on: before) { fileSystem, place in
        let seen = DiskHistory()
        fileSystem.observe { _, disk in seen.add(disk) }
        var isDone = false
        do throws(FileSystemError) {
          let folder = try Folder(fileSystem, "/f")
          defer { folder.close() }
          folder.close(
            try folder.createWhole("a") { (file) throws(FileSystemError) in
              try folder.write(file, [9, 8, 7, 6], at: 0)
            })
          try folder.syncNames()
          isDone = true
        } catch {}
        #expect(fileSystem.isAllClosedOnce)
        for disk in Set(seen.disks) {
          for crash in disk.crashes() {
            let bytes = crash.disk.files["/f/a"]
            #expect(bytes == [1, 2, 3] || bytes == [9, 8, 7, 6], "\(fault) at \(place)")
          }
        }
        if isDone {
          for crash in fileSystem.disk.crashes() { #expect(crash.disk.files["/f/a"] == [9, 8, 7, 6]) }
        }
      }
      #expect(calls > 5)
    }
  }
}
