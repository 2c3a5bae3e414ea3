import CPIS
import CPISOutbox
import CPISTestSupport
import Foundation
import Testing

/// What `Tests/disks` tells the tests that it starts on a file system of its own.
enum RealDisk {
  private static let environment = ProcessInfo.processInfo.environment

  /// Where the file system is mounted.
  static var mount: String? { environment["CPIS_DISK"] }
  /// A folder on what lies under it: filled up, the device fails.
  static var below: String? { environment["CPIS_DISK_BELOW"] }
  /// The device's content, which is what a power cut leaves.
  static var image: String? { environment["CPIS_DISK_IMAGE"] }
  /// A folder on another disk, which outlives the power cut.
  static var notes: String? { environment["CPIS_DISK_NOTES"] }
  /// `before` or `after` the power cut.
  static var phase: String? { environment["CPIS_DISK_PHASE"] }

  /// Takes up all room where a file is put.
  ///
  /// - Returns: once there is no room, or twenty seconds of writing found some every time.
  static func fill(_ path: String) throws {
    _ = FileManager.default.createFile(atPath: path, contents: nil)
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    defer { try? file.close() }
    let end = ContinuousClock.now.advanced(by: .seconds(20))
    var size = 1 << 20
    var random = SystemRandomNumberGenerator()
    let bytes = Data((0..<size).map { _ in UInt8.random(in: 0...255, using: &random) })
    while size >= 512, ContinuousClock.now < end {
      do {
        try file.write(contentsOf: bytes.prefix(size))
        try file.synchronize()
      } catch {
        size /= 2
      }
    }
  }
}

@Suite("On a real file system", .serialized, .enabled(if: RealDisk.mount != nil, "started by Tests/disks"))
struct RealDiskTests {
  private func folder(_ name: String) throws -> String { try #require(RealDisk.mount) + "/" + name }

  private func accept(_ index: Int, _ outbox: Outbox) async -> OutboxError? {
    do throws(OutboxError) {
      guard let notice = try? declaration(index, child: index % 97) else { return OutboxError(.other) }
      _ = try await outbox.enqueue(notice)
      return nil
    } catch {
      return error
    }
  }

  @Test("On a full disk nothing is lost, deliveries are recorded, and then there is room again")
  func full() async throws {
    let path = try folder("full")
    let store = try await FileOutboxStore.open(folder: path)
    let receiver = Receiver()
    let outbox = try await Outbox(store: store, delivery: receiver.delivery, sealer: nil, clock: TestClock())
    var accepted = 0
    for index in 0..<2_000 where await accept(index, outbox) == nil { accepted += 1 }
    let ballast = try folder("ballast")
    try RealDisk.fill(ballast)
    var error: OutboxError?
    var index = 10_000
    // What is left of a block that is begun may still take some.
    while error == nil, index < 20_000 {
      error = await accept(index, outbox)
      if error == nil { accepted += 1 }
      index += 1
    }
    #expect(error == OutboxError(.diskFull))
    try await outbox.drain()
    #expect(receiver.arrivals.count == accepted)
    #expect(outbox.counters.delivered == UInt64(accepted) && outbox.counters.pending == 0)
    try FileManager.default.removeItem(atPath: ballast)
    #expect(await accept(30_000, outbox) == nil)
    await store.close()
    let inspection = try OutboxInspection.inspect(folder: path)
    #expect(inspection.isSound && inspection.counters.delivered == UInt64(accepted) && inspection.items.count == 1)
  }

  @Test("A working folder that changes moves nothing")
  func workingFolder() async throws {
    let (mount, before) = (try folder(""), FileManager.default.currentDirectoryPath)
    defer { _ = FileManager.default.changeCurrentDirectoryPath(before) }
    #expect(FileManager.default.changeCurrentDirectoryPath(mount))
    let store = try await FileOutboxStore.open(folder: "relative")
    try await store.apply([.accepted(sampleItem(1))])
    #expect(FileManager.default.changeCurrentDirectoryPath(before))
    try await store.apply([.accepted(sampleItem(2))])
    try await store.erase()
    await store.close()
    #expect(try OutboxInspection.inspect(folder: folder("relative")).counters.accepted == 2)
    #expect(!FileManager.default.fileExists(atPath: before + "/relative"))
  }

  @Test(
    "A device whose sync failed, a store opened anew, and a power cut: what was acknowledged is there",
    .enabled(if: RealDisk.phase != nil))
  func powerCut() async throws {
    let (path, notes) = (try folder("cut"), try #require(RealDisk.notes) + "/acknowledged")
    if RealDisk.phase == "before" {
      try await breakDown(path, notes)
      return
    }
    let acknowledged = Set(try String(contentsOfFile: notes, encoding: .utf8).split(separator: "\n"))
    #expect(acknowledged.count > 100)
    let store = try await FileOutboxStore.open(folder: path)
    let held = Set(try await store.contents().items.map { $0.key.id.uuidString[...] })
    #expect(
      acknowledged.subtracting(held).isEmpty, "\(acknowledged.subtracting(held).count) of \(acknowledged.count)")
    await store.close()
  }

  private func breakDown(_ path: String, _ notes: String) async throws {
    var acknowledged: [Int] = []
    func open() async throws(OutboxError) -> (FileOutboxStore, Outbox) {
      let store = try await FileOutboxStore.open(folder: path)
      return (store, try await Outbox(store: store, delivery: Receiver().delivery, sealer: nil))
    }
    var (store, outbox) = try await open()
    for index in 0..<200 where await accept(index, outbox) == nil { acknowledged.append(index) }
    let ballast = try #require(RealDisk.below) + "/ballast"
    try RealDisk.fill(ballast)
    var index = 1_000
    var error: OutboxError?
    while error == nil, index < 40_000 {
      error = await accept(index, outbox)
      if error == nil { acknowledged.append(index) }
      index += 1
    }
    print(
      "\(RealDisk.mount ?? ""): after \(acknowledged.count) acknowledged: \(error.map { "\($0)" } ?? "no error")")
    // As the guide has it: close it, open it anew, offer again. The device may be full still, or well again.
    for attempt in 0..<4 {
      await store.close()
      if attempt == 1 { try? FileManager.default.removeItem(atPath: ballast) }
      do throws(OutboxError) {
        (store, outbox) = try await open()
      } catch {
        print("attempt \(attempt): \(error)")
        continue
      }
      // The file system may be shut down for good: then nothing more is acknowledged, and that is told.
      for offered in (index - 1)..<(index + 50) where await accept(offered, outbox) == nil {
        acknowledged.append(offered)
      }
    }
    print("\(acknowledged.count) acknowledged in all")
    // The power goes now: the device holds what it holds, whatever the system still has in memory.
    let image = try #require(RealDisk.image)
    try FileManager.default.copyItem(atPath: image, toPath: image + ".cut")
    let ids = Set(acknowledged).map { sampleID($0).uuidString }
    try Data(ids.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: notes))
  }
}
