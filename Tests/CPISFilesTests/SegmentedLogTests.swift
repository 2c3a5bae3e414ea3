import CPISDigests
import CPISFiles
import CPISTestSupport
import Foundation
import Synchronization
import Testing

/// Remembers what a log holds.
struct Recorder: LogReplay {
  var payloads: [[UInt8]] = []
  var starts: [[UInt8]] = []
  var gaps = 0
  var refused: [UInt8]?

  func canBegin(with start: LogFrame) -> Bool { Array(start.payload) != refused }

  mutating func take(_ frame: LogFrame) -> Bool {
    let payload = Array(frame.payload)
    if payload == refused { return false }
    if frame.isAfterGap { gaps += 1 }
    switch frame.kind {
    case .start:
      starts.append(payload)
      if frame.parts > 0 { payloads = [] }
    case .record, .part: payloads.append(payload)
    }
    return true
  }
}

let format = LogFormat(name: "test", magic: "TEST", version: 3)
let folder = "/data/log"

/// A log that was opened, with what it held.
struct OpenedLog {
  var log: SegmentedLog
  var held: Recorder

  init(
    _ fileSystem: any FileSystem, _ path: String = folder, _ extent: LogExtent = .sinceFreshStart,
    segmentBytes: Int = 300,
    refusing refused: [UInt8]? = nil
  ) throws(LogError) {
    var limits = SegmentedLog.Limits()
    limits.segmentBytes = segmentBytes
    held = Recorder(refused: refused)
    log = try SegmentedLog(fileSystem, folder: path, format, extent, limits, into: &held)
    do throws(LogError) {
      if extent == .sinceFreshStart, log.isEmpty || log.findings.contains(where: \.isDamage) {
        try log.startAfresh([0], parts: held.payloads.isEmpty ? [[]] : held.payloads)
        try log.removeObsolete()
      } else {
        try log.resume([0])
      }
    } catch {
      log.close()
      throw error
    }
  }

  mutating func append(_ payload: [UInt8]) throws(LogError) {
    try log.append(payload)
    if log.isSegmentFull { try log.startSegment([1]) }
  }
}

func payload(_ index: Int) -> [UInt8] { Array("record \(index)".utf8) }

private func contents(_ disk: Disk, _ extent: LogExtent = .sinceFreshStart) throws -> (Recorder, [LogFinding]) {
  let opened = try OpenedLog(MemoryFileSystem(disk), folder, extent)
  return (opened.held, opened.log.findings)
}

@Suite("The segmented log")
struct SegmentedLogTests {
  @Test("What was appended is read back in order, across segments, and the log goes on")
  func roundTrip() throws {
    let fileSystem = MemoryFileSystem()
    var expected: [[UInt8]] = [[]]
    for round in 0..<4 {
      var opened = try OpenedLog(fileSystem)
      #expect(round == 0 || opened.held.payloads == expected)
      #expect(opened.log.findings == [])
      for index in 0..<7 {
        try opened.append(payload(round * 7 + index))
        expected.append(payload(round * 7 + index))
      }
      opened.log.close()
    }
    #expect(fileSystem.disk.files.keys.count { $0.contains("/test-") } > 3)
    #expect(fileSystem.isAllClosedOnce)
  }

  @Test("A start afresh makes what came before it go, and is read from then on")
  func afresh() throws {
    let fileSystem = MemoryFileSystem()
    var opened = try OpenedLog(fileSystem)
    for index in 0..<9 { try opened.append(payload(index)) }
    try opened.log.startAfresh([7], parts: [payload(100), payload(101)])
    #expect(opened.log.hasObsolete)
    try opened.log.removeObsolete()
    #expect(!opened.log.hasObsolete && fileSystem.disk.files.keys.count { $0.contains("/test-") } == 1)
    try opened.append(payload(102))
    opened.log.close()
    let again = try OpenedLog(fileSystem)
    #expect(again.held.payloads == [payload(100), payload(101), payload(102)])
    #expect(again.held.starts.first == [7])
  }

  @Test("With the extent of the last segment alone nothing else is read, and nothing is removed")
  func lastSegment() throws {
    let fileSystem = MemoryFileSystem()
    var opened = try OpenedLog(fileSystem, folder, .lastSegment)
    for index in 0..<12 { try opened.append(payload(index)) }
    opened.log.close()
    let before = fileSystem.disk.files.filter { $0.key.contains("/test-") }
    let again = try OpenedLog(fileSystem, folder, .lastSegment)
    #expect(again.held.payloads.count < 12 && again.held.starts.count == 1)
    #expect(again.log.findings == [])
    #expect(fileSystem.disk.files.filter { $0.key.contains("/test-") } == before)
    // Where the last start cannot be read, as many as it takes.
    var files = before
    let last = try #require(before.keys.max())
    files[last] = []
    let mended = try OpenedLog(MemoryFileSystem(Disk(folder: folder, files: files)), folder, .lastSegment)
    #expect(!mended.held.payloads.isEmpty && mended.log.findings.contains { $0.isDamage })
  }

  @Test("After a failed sync that forgot its bytes, what opening returns is durable all the same")
  func forgottenBytes() throws {
    let fileSystem = MemoryFileSystem()
    var opened = try OpenedLog(fileSystem)
    try opened.append(payload(1))
    fileSystem.plan { _, operation in operation == .sync ? .failAndForget : nil }
    #expect(throws: LogError.stopped) { try opened.append(payload(2)) }
    #expect(throws: LogError.stopped) { try opened.append(payload(3)) }
    fileSystem.plan(nil)
    opened.log.close()
    // The system still shows the bytes, and would call the next sync good without writing them.
    let again = try OpenedLog(fileSystem)
    #expect(again.held.payloads == [[], payload(1), payload(2)])
    for crash in fileSystem.disk.crashes() {
      #expect(try contents(crash.disk).0.payloads == again.held.payloads)
    }
  }

  @Test("Only the last segment is written again when a log is opened")
  func tailOnly() throws {
    let fileSystem = MemoryFileSystem()
    var opened = try OpenedLog(fileSystem)
    for index in 0..<30 { try opened.append(payload(index)) }
    opened.log.close()
    let before = fileSystem.disk
    let (last, bytes) = try #require(
      before.files.filter { $0.key.contains("/test-") }.max { $0.key < $1.key })
    #expect(before.files.keys.count { $0.contains("/test-") } > 4)
    _ = try OpenedLog(fileSystem)
    let inodes = fileSystem.disk.names
    for (path, inode) in before.names { #expect((inodes[path] == inode) == (path != last), "\(path)") }
    #expect(fileSystem.disk.files[last] == bytes)
  }

  @Test("A payload that its user cannot read is set aside, and what follows is told as coming after a gap")
  func refusedPayload() throws {
    let fileSystem = MemoryFileSystem()
    var opened = try OpenedLog(fileSystem, segmentBytes: 10_000)
    for index in 0..<4 { try opened.append(payload(index)) }
    opened.log.close()
    let again = try OpenedLog(fileSystem, refusing: payload(1))
    #expect(again.held.payloads == [[], payload(0), payload(2), payload(3)] && again.held.gaps == 1)
    #expect(again.log.findings.count { $0.isDamage } == 2)
    #expect(fileSystem.disk.files.keys.count { $0.contains("/quarantine-") } == 1)
  }

  @Test("A frame of another version is refused, an earlier as such and a later as such, and nothing is changed")
  func versions() throws {
    for (version, error) in [(UInt8(2), LogError.earlierVersion), (4, .laterVersion)] {
      let fileSystem = MemoryFileSystem()
      var other = Recorder()
      let written = LogFormat(name: "test", magic: "TEST", version: version)
      var log = try SegmentedLog(
        fileSystem, folder: folder, written, .sinceFreshStart, SegmentedLog.Limits(), into: &other)
      try log.startAfresh([0], parts: [[]])
      log.close()
      let before = fileSystem.disk.files
      #expect(throws: error) { _ = try OpenedLog(fileSystem) }
      #expect(fileSystem.disk.files == before && fileSystem.isAllClosedOnce)
    }
  }

  @Test("A payload that is too long is refused, and the log is as it was")
  func tooLong() throws {
    let fileSystem = MemoryFileSystem()
    var opened = try OpenedLog(fileSystem)
    #expect(throws: LogError.full) {
      try opened.log.append([UInt8](repeating: 0, count: Frame.longestPayload + 1))
    }
    try opened.append(payload(1))
    opened.log.close()
    #expect(try OpenedLog(fileSystem).held.payloads == [[], payload(1)])
  }

  @Test("Whatever call fails, and whenever the power goes, nothing acknowledged is lost and no file stays open")
  func everyFault() async throws {
    let faults: [MemoryFileSystem.Fault] = [
      .fail(.deviceFailed), .fail(.notPermitted), .fail(.interrupted), .short(1), .short(0),
      .partThenFail(40, .diskFull), .failAfterwards(.deviceFailed), .failAndForget,
    ]
    for fault in faults {
      let calls = try await MemoryFileSystem.everyCall(goesWrong: fault) { fileSystem, place in
        func open() throws -> OpenedLog {
          do throws(LogError) { return try OpenedLog(fileSystem, segmentBytes: 120) } catch {
            return try OpenedLog(fileSystem, segmentBytes: 120)
          }
        }
        var opened = try open()
        var acknowledged: [[UInt8]] = []
        for index in 0..<5 {
          do throws(LogError) {
            try opened.log.append(payload(index))
            acknowledged.append(payload(index))
            if opened.log.isSegmentFull { try opened.log.startSegment([1]) }
          } catch {
            let refusal = error
            for crash in fileSystem.disk.crashes(tears: { [$0 / 2] }) {
              let found = try contents(crash.disk).0.payloads
              #expect(acknowledged.allSatisfy(found.contains), "\(fault) at \(place)")
            }
            guard refusal == .stopped else { continue }
            opened.log.close()
            opened = try open()
          }
        }
        opened.log.close()
        #expect(fileSystem.isAllClosedOnce, "\(fault) at \(place)")
        for crash in fileSystem.disk.crashes(tears: { _ in [] }) {
          let (found, findings) = try contents(crash.disk)
          #expect(found.payloads.filter(acknowledged.contains) == acknowledged, "\(fault) at \(place)")
          #expect(!findings.contains { $0.isDamage }, "\(fault) at \(place): \(findings)")
        }
      }
      #expect(calls > 50)
    }
  }
}

@Suite("A segmented log that was damaged")
struct DamagedLogTests {
  /// A log of a few records in one segment, and the path of that.
  private func written(_ count: Int = 4) throws -> (files: [String: [UInt8]], path: String) {
    let fileSystem = MemoryFileSystem()
    var opened = try OpenedLog(fileSystem, folder, .lastSegment, segmentBytes: 10_000)
    for index in 0..<count { try opened.append(payload(index)) }
    opened.log.close()
    let files = fileSystem.disk.files.filter { $0.key.contains("/test-") }
    return (files, try #require(files.keys.max()))
  }

  @Test("While a damaged log is mended, no power cut leaves its bytes neither in the segment nor set aside")
  func mendingAndPowerCut() throws {
    var (files, path) = try written()
    let place = try #require(files[path]?.count) - 4
    for offset in 0..<3 { files[path]?[place + offset] ^= 0x5A }
    let damaged = try #require(files[path])
    let lost = Array(damaged.suffix(36 + payload(3).count))
    let fileSystem = MemoryFileSystem(Disk(folder: folder, files: files))
    let seen = DiskHistory()
    fileSystem.observe { _, disk in seen.add(disk) }
    _ = try OpenedLog(fileSystem, folder, .lastSegment, segmentBytes: 10_000)
    var states = 0
    for disk in Set(seen.disks) {
      for crash in disk.crashes(tears: { _ in [] }) {
        states += 1
        #expect(crash.disk.files.values.contains { $0 == lost || $0.suffix(lost.count).elementsEqual(lost) })
      }
    }
    #expect(states > 10)
  }

  @Test("With no room for a new segment after damage, the log opens, says what it found, and goes on")
  func noRoom() throws {
    var (files, path) = try written()
    files[path]?[60] ^= 1
    let fileSystem = MemoryFileSystem(Disk(folder: folder, files: files))
    let creations = Mutex(0)
    fileSystem.plan { _, operation in
      guard operation == .write else { return nil }
      return creations.withLock { count in
        defer { count += 1 }
        return count == 1 ? .fail(.diskFull) : nil
      }
    }
    var opened = try OpenedLog(fileSystem, folder, .lastSegment, segmentBytes: 10_000)
    #expect(opened.log.findings.contains { $0.isDamage } && opened.log.segmentCount == 1)
    try opened.append(payload(4))
    opened.log.close()
    let again = try OpenedLog(fileSystem, folder, .lastSegment, segmentBytes: 10_000)
    #expect(again.held.payloads == (0..<5).map(payload) && !again.log.findings.contains { $0.isDamage })
  }

  @Test("A segment under another name, and two joined into one, are reported, and what they hold is read")
  func misplaced() throws {
    let fileSystem = MemoryFileSystem()
    var opened = try OpenedLog(fileSystem, folder, .lastSegment, segmentBytes: 1)
    for index in 0..<2 { try opened.append(payload(index)) }
    opened.log.close()
    let files = fileSystem.disk.files.filter { $0.key.contains("/test-") }
    let paths = files.keys.sorted()
    let last = try #require(paths.last)
    var renamed = files
    renamed[folder + "/test-0000000000000100"] = renamed.removeValue(forKey: last)
    var joined = files
    joined[paths[0]] = paths.flatMap { files[$0] ?? [] }
    for path in paths.dropFirst() { joined[path] = nil }
    for files in [renamed, joined] {
      var held = Recorder()
      let reader = try LogReader(
        Folder(MemoryFileSystem(Disk(folder: folder, files: files)), folder), format, .everything,
        longestSegment: 1 << 20, into: &held)
      #expect(held.payloads == [payload(0), payload(1)])
      #expect(reader.findings.contains { if case .misplacedStart = $0 { true } else { false } })
    }
  }

  @Test("A start that its user cannot read is not begun with")
  func unreadableStart() throws {
    var (files, path) = try written()
    let forged = MemoryFileSystem()
    var other = Recorder()
    var log = try SegmentedLog(forged, folder: folder, format, .lastSegment, SegmentedLog.Limits(), into: &other)
    try log.resume([9])
    log.close()
    files[folder + "/test-0000000000000100"] = forged.disk.files.first { $0.key.contains("/test-") }?.value
    let fileSystem = MemoryFileSystem(Disk(folder: folder, files: files))
    let opened = try OpenedLog(fileSystem, folder, .lastSegment, segmentBytes: 10_000, refusing: [9])
    #expect(opened.held.payloads == (0..<4).map(payload))
    #expect(fileSystem.disk.files[path] == files[path])
  }
}
