import CPISFiles
import CPISTestSupport
import NHSNumbers
import Testing

@Suite("Snapshots on a failing disk")
struct SnapshotFaultTests {
  private let old = NHSNumberIndex(Numbers.random(40, seed: 1))
  private let new = NHSNumberIndex(Numbers.random(60, seed: 2))

  /// A disk on which the old snapshot is.
  private func disk() throws -> Disk {
    let fileSystem = MemoryFileSystem(Disk(folder: "/data", files: [:]))
    try old.writeSnapshot(to: "/data/index", on: fileSystem)
    return Disk(folder: "/data", files: fileSystem.disk.files)
  }

  private func count(_ disk: Disk) throws -> Int {
    try NHSNumberIndex(
      MemoryFileSystem(disk), snapshotAt: "/data/index", access: .copied, verification: .everyNumber
    ).count
  }

  @Test(
    "Whatever call fails, and whenever the power goes, the old snapshot is there or the new one, whole",
    arguments: [
      .fail(.diskFull), .fail(.interrupted), .short(1_000), .short(0), .partThenFail(900, .deviceFailed),
      .failAfterwards(.deviceFailed), .failAndForget,
    ] as [MemoryFileSystem.Fault])
  func writing(fault: MemoryFileSystem.Fault) async throws {
    let calls = try await MemoryFileSystem.everyCall(goesWrong: fault, on: disk()) {
      (fileSystem, _) async throws in
      let seen = DiskHistory()
      fileSystem.observe { _, disk in seen.add(disk) }
      var isWritten = true
      do throws(SnapshotError) {
        try new.writeSnapshot(to: "/data/index", on: fileSystem)
      } catch {
        isWritten = false
        #expect(error.code == .system)
      }
      #expect(fileSystem.isAllClosedOnce)
      for disk in Set(seen.disks) {
        for crash in disk.crashes(tears: { [$0 / 2] }) { #expect([40, 60].contains(try count(crash.disk))) }
      }
      if isWritten {
        for crash in fileSystem.disk.crashes(tears: { _ in [] }) { #expect(try count(crash.disk) == 60) }
      }
    }
    #expect(calls > 6)
  }

  @Test(
    "Whatever call fails, a snapshot is opened whole or an error says why not",
    arguments: [SnapshotAccess.mapped, .copied])
  func opening(access: SnapshotAccess) async throws {
    let disk = try disk()
    for fault in [
      MemoryFileSystem.Fault.fail(.deviceFailed), .fail(.interrupted), .short(7), .short(0),
      .failAfterwards(.other),
    ] {
      let calls = await MemoryFileSystem.everyCall(goesWrong: fault, on: disk) { fileSystem, place in
        do throws(SnapshotError) {
          let index = try NHSNumberIndex(
            fileSystem, snapshotAt: "/data/index", access: access, verification: .everyNumber)
          #expect(index.count == 40)
        } catch {
          #expect(error.code == .system || error.code == .wrongSize, "\(fault) at \(place): \(error)")
        }
        #expect(fileSystem.isAllClosedOnce)
      }
      #expect(calls >= 5)
    }
  }
}
