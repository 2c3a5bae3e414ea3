import CPISDigests
import CPISFiles
import CPISTestSupport
import Foundation
import Testing

private func make(_ kind: UInt8, _ sequence: UInt64, _ previous: UInt64, _ payload: [UInt8]) -> [UInt8] {
  forgedFrame("TEST", version: 3, kind, sequence, previous, payload).bytes
}

@Suite("Attempts to break the segmented log")
struct HostileLogTests {
  @Test("After any seeded damage, what is appended outlives reopening and any crash", arguments: 0..<6)
  func fuzz(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed) &+ 991)
    let fileSystem = MemoryFileSystem()
    var first = try OpenedLog(fileSystem)
    for index in 0..<20 { try first.append(Array("record \(index)".utf8)) }
    first.log.close()
    let before = fileSystem.disk.files
    var (rounds, refused, crashes) = (0, [String: Int](), 0)
    for _ in 0..<250 {
      rounds += 1
      let extent: LogExtent = Bool.random(using: &random) ? .sinceFreshStart : .lastSegment
      var files = before
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let paths = files.keys.filter { $0.contains("/test-") }.sorted()
        guard let path = paths.randomElement(using: &random), var bytes = files[path] else { continue }
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<5: bytes = damaged(bytes, using: &random)
        case 5: if let other = paths.randomElement(using: &random) { bytes = files[other] ?? [] }
        case 6: files[path] = nil; continue
        case 7:
          let sequence: UInt64 = [1, 2, 21, 22, 25, 100, (1 << 62) - 3, 1 << 62].randomElement(using: &random) ?? 1
          let kind = UInt8.random(in: 1...3, using: &random)
          bytes += make(
            kind, sequence, 0,
            [[], [1], [1, 0, 0, 0], [255, 255, 255, 255, 0]].randomElement(using: &random) ?? [])
        case 8:
          let sequence: UInt64 = [0, 1, 22, 30, (1 << 62) - 9].randomElement(using: &random) ?? 0
          let hex = String(sequence, radix: 16)
          files[folder + "/test-" + String(repeating: "0", count: 16 - hex.count) + hex] =
            make(UInt8.random(in: 1...3, using: &random), sequence, 0, [0, 0, 0, 0, 9])
          continue
        default:
          if !bytes.isEmpty {
            let a = Int.random(in: 0..<bytes.count, using: &random)
            let b = min(bytes.count, a + Int.random(in: 1...80, using: &random))
            for place in a..<b { bytes[place] = UInt8.random(in: 0...255, using: &random) }
          }
        }
        files[path] = bytes
      }
      let disk = MemoryFileSystem(Disk(folder: folder, files: files))
      do {
        var opened = try OpenedLog(disk, folder, extent)
        let held = opened.held.payloads
        let new = (0..<3).map { Array("new \(rounds) \($0)".utf8) }
        do throws(LogError) { for payload in new { try opened.append(payload) } } catch {
          opened.log.close(); throw error
        }
        let state = disk.disk
        opened.log.close()
        #expect(disk.isAllClosedOnce)
        var again = try OpenedLog(disk, folder, extent)
        #expect(
          Array(again.held.payloads.suffix(3)) == new || extent == .lastSegment, "seed \(seed) round \(rounds)")
        if extent == .sinceFreshStart {
          let isEmptyTable = held.isEmpty
          #expect(
            again.held.payloads.count == held.count + 3 + (isEmptyTable ? 1 : 0),
            "seed \(seed) round \(rounds): held \(held.count), again \(again.held.payloads.count)")
          let isDamaged = again.log.findings.contains { $0.isDamage }
          #expect(!isDamaged, "seed \(seed) round \(rounds): \(again.log.findings)")
        }
        again.log.close()
        for _ in 0..<3 {
          crashes += 1
          let crashed = MemoryFileSystem(state.anyCrash(using: &random))
          var after = try OpenedLog(crashed, folder, extent)
          if extent == .sinceFreshStart {
            #expect(Array(after.held.payloads.suffix(3)) == new, "seed \(seed) round \(rounds), a crash")
          }
          after.log.close()
          #expect(crashed.isAllClosedOnce)
        }
      } catch {
        refused["\(error)", default: 0] += 1
      }
      #expect(disk.isAllClosedOnce, "seed \(seed) round \(rounds)")
    }
  }

  @Test("A record that was refused is not there after a power cut")
  func refusedRecord() throws {
    let fileSystem = MemoryFileSystem()
    var opened = try OpenedLog(fileSystem)
    try opened.append([1])
    fileSystem.plan { _, operation in operation == .write ? .failAfterwards(.deviceFailed) : nil }
    #expect(throws: LogError.self) { try opened.append([2]) }
    fileSystem.plan(nil)
    let believed = try fileSystem.disk.crashes().count {
      try OpenedLog(MemoryFileSystem($0.disk)).held.payloads.contains([2])
    }
    #expect(believed == 0)
  }
}
