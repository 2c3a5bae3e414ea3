import Foundation
import NHSNumbers
import Testing

@Suite("Snapshot files")
final class SnapshotFileTests {
  private let folder: URL
  private let keys = Numbers.random(3000, seed: 91)
  private var path: String { folder.appendingPathComponent("index").path }

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("cpis-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func code(_ access: SnapshotAccess = .mapped) -> SnapshotError.Code? {
    do throws(SnapshotError) {
      _ = try NHSNumberIndex(snapshotAt: path, access: access)
      return nil
    } catch { return error.code }
  }

  private func setMode(_ mode: Int) throws {
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }

  @Test("A file opens mapped and copied, and answers as the index that was written")
  func roundTrip() throws {
    let index = NHSNumberIndex(keys)
    try index.writeSnapshot(to: path)
    for access in [SnapshotAccess.mapped, .copied] {
      let opened = try NHSNumberIndex(snapshotAt: path, access: access, verification: .everyNumber)
      Agreement.check(opened, holds: keys, queries: keys + Numbers.random(3000, seed: 92))
      let edited = opened.applying(insertions: [], removals: keys.dropFirst(10))
      Agreement.check(edited, holds: Array(keys.prefix(10)), queries: keys)
    }
  }

  @Test("The file is its owner's alone, and nothing else is left in the folder")
  func permissions() throws {
    try NHSNumberIndex(keys).writeSnapshot(to: path)
    try NHSNumberIndex(keys.prefix(5)).writeSnapshot(to: path)
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["index"])
    #expect(try NHSNumberIndex(snapshotAt: path).count == 5)
  }

  @Test("A mapped index goes on answering after its file was replaced and removed")
  func replacing() throws {
    try NHSNumberIndex(keys).writeSnapshot(to: path)
    let opened = try NHSNumberIndex(snapshotAt: path)
    try NHSNumberIndex([]).writeSnapshot(to: path)
    #expect(opened.memberCount(in: keys) == 3000)
    try FileManager.default.removeItem(atPath: path)
    #expect(opened.memberCount(in: keys) == 3000)
  }

  @Test("A copied index does not notice its file being cut short")
  func truncatedAfterOpening() throws {
    try NHSNumberIndex(keys).writeSnapshot(to: path)
    let opened = try NHSNumberIndex(snapshotAt: path, access: .copied)
    try Data().write(to: URL(fileURLWithPath: path))
    #expect(opened.memberCount(in: keys) == 3000)
  }

  @Test("A file that others may write to is not mapped, but may be copied", arguments: [0o620, 0o602, 0o666])
  func writableByOthers(mode: Int) throws {
    try NHSNumberIndex(keys).writeSnapshot(to: path)
    try setMode(mode)
    #expect(code() == .writableByOthers)
    #expect(code(.copied) == nil)
  }

  @Test("A file of another user is not mapped, but may be copied", .enabled(if: geteuid() == 0, "needs root"))
  func othersFile() throws {
    try NHSNumberIndex(keys).writeSnapshot(to: path)
    #expect(unsafe chown(path, 4242, 4242) == 0)
    #expect(code() == .writableByOthers)
    #expect(code(.copied) == nil)
    // Of two users only root is trusted by everybody.
    #expect(unsafe chown(path, 0, 4242) == 0)
    #expect(code() == nil)
  }

  @Test(
    "A file larger than allowed is refused before memory is spent on it",
    arguments: [SnapshotAccess.mapped, .copied])
  func tooLarge(access: SnapshotAccess) throws {
    let index = NHSNumberIndex(keys)
    try index.writeSnapshot(to: path)
    for (maximum, code) in [(index.byteCount, nil), (index.byteCount - 1, SnapshotError.Code.tooLarge)] {
      do throws(SnapshotError) {
        _ = try NHSNumberIndex(snapshotAt: path, access: access, maximumByteCount: maximum)
        #expect(code == nil)
      } catch {
        #expect(error.code == code)
      }
    }
    // A thousand million numbers, it says: 2.4 GB, of which the disk holds 64 bytes.
    var header = SnapshotBytes(Array(SnapshotBytes(index).bytes.prefix(64)))
    let size = 64 + (1 << 27) + ((4 << 26) + 64) + (2_000_000_000 + 64)
    header.set(1_000_000_000, at: 16, bytes: 4)
    header.set(30, at: 20, bytes: 1)
    header.set(26, at: 21, bytes: 1)
    header.set(UInt64(size), at: 24, bytes: 8)
    try Data(header.bytes).write(to: URL(fileURLWithPath: path))
    try setMode(0o600)
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try file.truncate(atOffset: UInt64(size))
    try file.close()
    #expect(code(access) == .tooLarge)
  }

  @Test("Links, folders and pipes are refused without waiting")
  func notFiles() throws {
    try NHSNumberIndex(keys).writeSnapshot(to: path + "-real")
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path + "-real")
    #expect(code() == .system)
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    #expect(code() == .notARegularFile)
    try FileManager.default.removeItem(atPath: path)
    let made = unsafe mkfifo(path, 0o600)
    #expect(made == 0)
    #expect(code() == .notARegularFile)
  }

  @Test("A missing file is the system's error")
  func missing() {
    #expect(throws: SnapshotError.self) { try NHSNumberIndex(snapshotAt: path) }
    do throws(SnapshotError) {
      _ = try NHSNumberIndex(snapshotAt: path)
    } catch {
      #expect(error.code == .system && error.systemError == ENOENT)
    }
  }

  @Test("Damaged and truncated files are refused, mapped and copied")
  func damage() throws {
    try NHSNumberIndex(keys).writeSnapshot(to: path)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    for length in [0, 1, 63, 64, 65, 4096, whole.count - 64, whole.count - 1] {
      try whole.prefix(length).write(to: URL(fileURLWithPath: path))
      try setMode(0o600)
      for access in [SnapshotAccess.mapped, .copied] { #expect(code(access) == .wrongSize) }
    }
    for place in stride(from: 64, to: whole.count, by: 4999) {
      var damaged = whole
      damaged[place] ^= 0x10
      try damaged.write(to: URL(fileURLWithPath: path))
      try setMode(0o600)
      for access in [SnapshotAccess.mapped, .copied] { #expect(code(access) == .checksumMismatch) }
    }
  }

  @Test("Writing into a folder that is not there is an error and leaves nothing")
  func missingFolder() throws {
    #expect(throws: SnapshotError.self) { try NHSNumberIndex(keys).writeSnapshot(to: path + "/none/index") }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
  }

  @Test("A write that fails leaves the old file and no temporary one")
  func failedWrite() throws {
    // Renaming a file onto a folder fails at the last step.
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    #expect(throws: SnapshotError.self) { try NHSNumberIndex(keys).writeSnapshot(to: path) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["index"])
  }

  #if os(Linux)
    @Test("A disk that takes no more leaves the old file and no temporary one")
    func fullDisk() async {
      await #expect(processExitsWith: .success) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cpis-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("index").path
        try NHSNumberIndex(Numbers.random(10, seed: 93)).writeSnapshot(to: path)
        // A limit on the size of files stands for the full disk; without the signal, writes fail like there.
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: 40_000, rlim_max: 40_000)
        precondition(unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
        do throws(SnapshotError) {
          try NHSNumberIndex(Numbers.random(3000, seed: 94)).writeSnapshot(to: path)
          preconditionFailure("written")
        } catch {
          precondition(error.code == .system && error.systemError == EFBIG)
        }
        let old = try NHSNumberIndex(snapshotAt: path, verification: .everyNumber)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        precondition(old.count == 10 && files == ["index"])
      }
    }
  #endif

  @Test("A name may be as long as names can be")
  func longName() throws {
    let long = folder.appendingPathComponent(String(repeating: "x", count: 255)).path
    try NHSNumberIndex(keys).writeSnapshot(to: long)
    #expect(try NHSNumberIndex(snapshotAt: long).count == 3000)
  }

  @Test("A name that begins with a combining mark is written in its own folder, not beside that")
  func combiningMark() throws {
    let own = folder.appendingPathComponent("own").path
    try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: false)
    // Whatever is made in a folder, even for a moment, changes its time.
    let before = Date(timeIntervalSince1970: 1_000_000_000)
    try FileManager.default.setAttributes([.modificationDate: before], ofItemAtPath: folder.path)
    try NHSNumberIndex(keys).writeSnapshot(to: own + "/\u{301}index")
    let after = try FileManager.default.attributesOfItem(atPath: folder.path)[.modificationDate] as? Date
    #expect(after == before)
    #expect(try FileManager.default.contentsOfDirectory(atPath: own).count == 1)
  }

  @Test("What a writer left that was killed disturbs nobody")
  func leftOver() throws {
    let old = folder.appendingPathComponent(".snapshot.1abc.tmp").path
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: old))
    try NHSNumberIndex(keys).writeSnapshot(to: path)
    #expect(try NHSNumberIndex(snapshotAt: path).count == 3000)
    #expect(try Data(contentsOf: URL(fileURLWithPath: old)).count == 3)
  }
}
