import CPISFiles
import CPISOutbox
import CPISTestSupport
import Foundation
import Synchronization
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The disk of the machine, on which the process is killed before one of its calls, or in the middle of it.
final class KillingFileSystem: FileSystem {
  private let disk = POSIXFileSystem()
  private let calls = Mutex(0)
  private let place: Int
  private let inTheMiddle: Bool

  init(at place: Int, inTheMiddle: Bool) {
    self.place = place
    self.inTheMiddle = inTheMiddle
  }

  private func isTheOne() -> Bool {
    calls.withLock { calls in
      defer { calls += 1 }
      return calls == place
    }
  }

  private func die() { kill(getpid(), SIGKILL) }

  /// In the middle of a call differs for writes only, so then only writes count.
  private func step() { if !inTheMiddle, isTheOne() { die() } }

  func makeFolder(_ path: String) throws(FileSystemError) -> Bool {
    step()
    return try disk.makeFolder(path)
  }
  func removeFolder(_ path: String) throws(FileSystemError) { try disk.removeFolder(path) }
  func openFolder(_ path: String, _ access: FolderAccess) throws(FileSystemError) -> FolderID {
    try disk.openFolder(path, access)
  }
  func close(_ folder: FolderID) { disk.close(folder) }
  func status(_ folder: FolderID) throws(FileSystemError) -> FileStatus { try disk.status(folder) }
  func status(ofPath path: String) throws(FileSystemError) -> FileStatus { try disk.status(ofPath: path) }
  func absolute(_ path: String) throws(FileSystemError) -> String { try disk.absolute(path) }
  func list(_ folder: FolderID) throws(FileSystemError) -> [String] { try disk.list(folder) }
  func sync(_ folder: FolderID) throws(FileSystemError) {
    step()
    try disk.sync(folder)
  }
  func rename(_ name: String, to newName: String, in folder: FolderID) throws(FileSystemError) {
    step()
    try disk.rename(name, to: newName, in: folder)
  }
  func remove(_ name: String, in folder: FolderID) throws(FileSystemError) {
    step()
    try disk.remove(name, in: folder)
  }
  func open(_ name: String, in folder: FolderID, _ access: FileAccess) throws(FileSystemError) -> FileID {
    if access != .read { step() }
    return try disk.open(name, in: folder, access)
  }
  func close(_ file: FileID) { disk.close(file) }
  func lock(_ file: FileID) throws(FileSystemError) -> Bool { try disk.lock(file) }
  func isLocked(_ file: FileID) throws(FileSystemError) -> Bool { try disk.isLocked(file) }
  func status(_ file: FileID) throws(FileSystemError) -> FileStatus { try disk.status(file) }
  func status(of name: String, in folder: FolderID) throws(FileSystemError) -> FileStatus {
    try disk.status(of: name, in: folder)
  }
  func read(_ file: FileID, at offset: Int, count: Int) throws(FileSystemError) -> [UInt8] {
    try disk.read(file, at: offset, count: count)
  }
  func map(_ file: FileID, count: Int) throws(FileSystemError) -> MappedBytes { try disk.map(file, count: count) }
  func write(_ file: FileID, _ bytes: ArraySlice<UInt8>, at offset: Int) throws(FileSystemError) -> Int {
    if isTheOne() {
      if inTheMiddle { _ = try disk.write(file, bytes.prefix(bytes.count / 2), at: offset) }
      die()
    }
    return try disk.write(file, bytes, at: offset)
  }
  func truncate(_ file: FileID, to length: Int) throws(FileSystemError) {
    step()
    try disk.truncate(file, to: length)
  }
  func sync(_ file: FileID) throws(FileSystemError) {
    step()
    try disk.sync(file)
  }
}

@Suite("Killed", .serialized)
struct KillTests {
  static let workload: [JournalStep] = [
    .accept(1), .apply([[.accepted(sampleItem(2))], [.accepted(sampleItem(3))]]), .deliver(1), .compact, .park(2),
    .accept(4, bytes: 500), .accept(5), .deliver(4),
  ]

  /// What the child does: it writes down each step that was acknowledged, and is killed somewhere.
  static func work(in parent: String, killAt place: Int, inTheMiddle: Bool) throws {
    let fileSystem = KillingFileSystem(at: place, inTheMiddle: inTheMiddle)
    var journal = try Journal.open(fileSystem, folder: parent + "/outbox", options: CrashHistory.options())
    for (number, step) in workload.enumerated() {
      for result in journal.apply(step.lists) { try result.get() }
      if case .compact = step { try journal.compact() }
      _ = FileManager.default.createFile(atPath: parent + "/acknowledged-\(number + 1)", contents: nil)
    }
    journal.close()
  }

  @Test("A child process killed before and in the middle of every call to the disk loses nothing acknowledged")
  func everyStep() async throws {
    var states = 0
    for inTheMiddle in [false, true] {
      var place = 0
      while true {
        guard try await killed(at: place, inTheMiddle: inTheMiddle) else { break }
        states += 1
        place += 1
      }
    }
    print("killed for real: \(states) states")
    #expect(states > 40)
  }

  /// - Returns: whether the child came as far as the call.
  private func killed(at place: Int, inTheMiddle: Bool) async throws -> Bool {
    try await withFolder { parent in
      let result = await #expect(processExitsWith: .failure) {
        [parent = parent as String, place = place as Int, inTheMiddle = inTheMiddle as Bool] in
        try KillTests.work(in: parent, killAt: place, inTheMiddle: inTheMiddle)
        // It was not killed: there are no more calls.
        exit(42)
      }
      if result?.exitStatus == .exitCode(42) { return false }
      #expect(result?.exitStatus == .signal(SIGKILL))
      let names = try FileManager.default.contentsOfDirectory(atPath: parent)
      let acknowledged = names.count { $0.hasPrefix("acknowledged-") }
      var allowed = [Self.workload.prefix(acknowledged).flatMap(\.lists).reduce(JournalModel()) { $0.applying($1) }]
      if acknowledged < Self.workload.count {
        for list in Self.workload[acknowledged].lists {
          allowed.append((allowed.last ?? JournalModel()).applying(list))
        }
      }
      var journal = try Journal.open(
        POSIXFileSystem(), folder: parent + "/outbox", options: CrashHistory.options())
      let contents = journal.contents
      #expect(allowed.contains { $0.contents == contents }, "killed at \(place): \(contents.counters)")
      #expect(!journal.findings.tellOfDamage)
      journal.close()
      return true
    }
  }
}
