import CPIS
import CPISFiles
import CPISOutbox
import CPISTestSupport
import Foundation
import NHSNumbers
import Testing

@Suite("Inspection")
struct OutboxInspectionTests {
  @Test("It tells the state of an outbox at work, and nothing of a patient")
  func report() async throws {
    let fileSystem = MemoryFileSystem()
    let store = try await FileOutboxStore.open(fileSystem, folder: "/f")
    let receiver = Receiver { notice, _ in notice.id == sampleID(2) ? DeliveryError(.rejected) : nil }
    let clock = TestClock()
    let outbox = try await Outbox(
      store: store, delivery: receiver.delivery, sealer: TurningSealer(), policy: sequentialPolicy(), clock: clock)
    for index in 1...2 { try await outbox.accept(try declaration(index, child: index)) }
    try await outbox.drain()
    for notice in try everyKind() { try await outbox.accept(notice) }
    let inspection = try OutboxInspection.inspect(fileSystem, folder: "/f")
    #expect(inspection.verdict == .parked && inspection.isSound && inspection.counters == outbox.counters)
    let text = inspection.displayText(at: clock.now.addingTimeInterval(7_260))
    #expect(
      text == """
        1 notice is PARKED: it will not be delivered until somebody retries or discards it.
        NOBODY DELIVERS, or long behind: nothing that waits was ever tried. Does the host run its outbox?
        accepted 6 = delivered 1 + discarded 0 + parked 1 + pending 4 + lost 0
        An outbox has the folder open: this is the state of a moment.
        Journal: 1 segment, \(inspection.segments[0].bytes) bytes, 6 frames; 1 delivery remembered
        Pending safeguarding: 1, oldest waiting 2 h
        Pending undeclaredAccess: 1, oldest waiting 2 h
        Pending accessToService: 1, oldest waiting 2 h
        Pending inactiveNumber: 1, oldest waiting 2 h
        Parked undeclaredAccess 00000002-C0DE-4000-8000-000000000001: rejected 2 h ago, after 1 try
        Sealed with: key-1
        """)
    #expect(inspection.isInUse == true)
    await store.close()
    #expect(try OutboxInspection.inspect(fileSystem, folder: "/f").isInUse == false)
    for child in 1...3 { #expect(!text.contains(try sampleNumber(child).wireForm)) }
  }

  @Test(
    "Ten digits in a row in the id of a sealing key are not shown, whatever separates them",
    arguments: [
      ("key-9990000018", "key-##########"), ("key:999-000/0018.b", "key:###-###/####.b"),
      ("9990000018\u{1F511}", "##########"), ("a12345678901b7", "a###########b7"),
      ("2026-11-21 nightly", "2026-11-21nightly"), ("999000a0018", "999000a0018"), ("key-1", "key-1"),
      ("k-999%200000018%0A", "k-##########"),
    ])
  func keyIDs(id: String, shown: String) throws {
    let fileSystem = MemoryFileSystem()
    var journal = try Journal.open(fileSystem, folder: "/f")
    let item = OutboxItem(
      key: sampleItem(1).key, acceptedAt: sampleTime, payload: OutboxItem.Payload(keyID: id, bytes: [1]))
    for result in journal.apply([[.accepted(item)]]) { try result.get() }
    journal.close()
    let inspection = try OutboxInspection.inspect(fileSystem, folder: "/f")
    #expect(inspection.items.first?.sealedWith == id)
    #expect(inspection.displayText(at: sampleTime).hasSuffix("Sealed with: \(shown)"))
  }

  @Test("It changes nothing on the disk, also when there is damage, and says that it is not sound")
  func damage() throws {
    let history = try CrashHistory([.accept(1), .accept(2), .accept(3)], small: false)
    var files = history.finalDisk.files
    let path = try #require(files.keys.first { $0.contains("journal-") })
    let payload = sampleItem(2).payload.bytes
    let bytes = try #require(files[path])
    let place = try #require((0..<bytes.count).first { bytes[$0...].starts(with: payload) })
    for offset in 0..<8 { files[path]?[place + offset] ^= 0x5A }
    files[CrashHistory.folder + "/unfinished"] = [1, 2, 3]
    let fileSystem = MemoryFileSystem(Disk(folder: CrashHistory.folder, files: files))
    let inspection = try OutboxInspection.inspect(fileSystem, folder: CrashHistory.folder)
    #expect(fileSystem.disk.files == files)
    #expect(!inspection.isSound && inspection.counters.lost == 1)
    let text = inspection.displayText(at: sampleTime)
    #expect(
      text.hasPrefix("NOT sound") && text.contains("Damage: ") && text.contains("Found: a file was not finished"))
  }

  @Test("A folder in which no store is opened is not called sound")
  func notTrusted() async throws {
    try await withFolder { parent in
      let folder = parent + "/outbox"
      let store = try await FileOutboxStore.open(folder: folder)
      await store.close()
      #expect(try OutboxInspection.inspect(folder: folder).verdict == .sound)
      try FileManager.default.createSymbolicLink(atPath: parent + "/link", withDestinationPath: folder)
      let byLink = try OutboxInspection.inspect(folder: parent + "/link")
      #expect(byLink.verdict == .notTrusted && byLink.findings == [.notTrusted(.link)])
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder)
      await #expect(throws: OutboxError(.notTrusted)) { _ = try await FileOutboxStore.open(folder: folder) }
      let inspection = try OutboxInspection.inspect(folder: folder)
      #expect(inspection.verdict == .notTrusted && inspection.findings == [.notTrusted(.openToOthers)])
      #expect(inspection.displayText(at: sampleTime).hasPrefix("NOT trusted"))
      // Damage is said first: opening would not mend it here.
      let segment = try #require(
        try FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasPrefix("journal-") })
      try Data().write(to: URL(fileURLWithPath: folder + "/" + segment))
      #expect(try OutboxInspection.inspect(folder: folder).verdict == .damaged)
    }
  }

  @Test("A folder without a journal, and no folder, are errors")
  func nothingThere() async throws {
    #expect(throws: OutboxError(.notAnOutbox)) {
      _ = try OutboxInspection.inspect(MemoryFileSystem(Disk(folder: "/f", files: [:])), folder: "/f")
    }
    #expect(throws: OutboxError(.notFound)) { _ = try OutboxInspection.inspect(folder: "/no/such/folder") }
  }
}
