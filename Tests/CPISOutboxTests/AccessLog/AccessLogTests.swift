import CPIS
import CPISDigests
import CPISOutbox
import Foundation
import NHSNumbers
import Testing

/// Not a keyed hash for use: the number's digits, turned.
struct SampleHasher: PatientHasher {
  var fails = false
  func hash(_ patient: NHSNumber) throws(SealerError) -> [UInt8] {
    if fails { throw SealerError(.keyUnavailable) }
    return SHA256Digest(of: Array("a key:\(patient.wireForm)".utf8)).bytes
  }
}

func sampleEntry(_ index: Int) throws -> AccessLogEntry {
  let outcomes: [AccessLogEntry.Outcome] = [
    .plansRecorded(.registry), .noPlanRecorded(.cache), .notChecked(reason: "timedOut"),
    .notChecked(reason: "999 000 0018"),
  ]
  return AccessLogEntry(
    time: sampleTime.addingTimeInterval(Double(index) * 61.5),
    patient: index % 4 == 3 ? nil : try sampleNumber(index),
    context: try sampleContext(index), accessID: Access.ID(sampleID(index)), outcome: outcomes[index % 4])
}

@Suite("Access log")
struct AccessLogTests {
  private let folder = "/data/log"

  private func log(_ count: Int) async throws -> (fileSystem: MemoryFileSystem, head: AccessLogHead) {
    let fileSystem = MemoryFileSystem()
    let log = try await AccessLog.open(fileSystem, folder: folder, hasher: SampleHasher())
    for index in 0..<count { try await log.record(try sampleEntry(index)) }
    let head = try await log.head()
    await log.close()
    return (fileSystem, head)
  }

  private func verdict(_ bytes: [UInt8], against head: AccessLogHead? = nil) async throws -> AccessLogVerdict {
    let disk = Disk(folder: folder, files: [folder + "/access-log": bytes])
    return try await AccessLog.verify(MemoryFileSystem(disk), folder: folder, against: head)
  }

  private func bytes(_ fileSystem: MemoryFileSystem) throws -> [UInt8] {
    try #require(fileSystem.disk.files[folder + "/access-log"])
  }

  @Test("An untouched log is intact, up to its head, and goes on after a restart")
  func intact() async throws {
    let (fileSystem, head) = try await log(4)
    #expect(head.count == 4)
    #expect(try await AccessLog.verify(fileSystem, folder: folder) == .intact(head))
    let again = try await AccessLog.open(fileSystem, folder: folder, hasher: SampleHasher())
    try await again.record(try sampleEntry(4))
    let next = try await again.head()
    #expect(try await AccessLog.verify(fileSystem, folder: folder, against: head) == .intact(next))
  }

  @Test("Every outcome of a check has its word in the log, and a reason never falls to 'other'")
  func outcomes() async throws {
    let reasons: [NotChecked.Reason] = [
      .noNumber, .invalidNumber(.empty), .placeholderNumber, .notTraced, .roleMissing,
      .roleContradictsSetting(.scheduled), .notAuthorised, .requestRejected, .registryUnavailable, .registryTooSlow,
      .answerUnusable, .cancelled,
    ]
    let refusals = reasons.map {
      TriageOutcome.notChecked(NotChecked(reason: $0, access: nil, triedAt: sampleTime, authorityTold: .notDue))
    }
    let answers = try AnswerOrigin.Source.allCases.map { source in
      let origin = AnswerOrigin(source: source, asOf: sampleTime, checkedAt: sampleTime)
      return TriageOutcome.noPlanRecorded(
        NoPlanRecorded(access: try sampleAccess(0, child: 0), origin: origin, authorityTold: .notDue))
    }
    let fileSystem = MemoryFileSystem()
    let log = try await AccessLog.open(fileSystem, folder: folder, hasher: SampleHasher())
    for outcome in refusals + answers {
      try await log.record(
        AccessLogEntry(
          time: sampleTime, patient: nil, context: try sampleContext(0), accessID: nil,
          outcome: AccessLogEntry.Outcome(outcome)))
    }
    await log.close()
    let lines = String(decoding: try bytes(fileSystem), as: UTF8.self).split(separator: "\n")
    for (reason, line) in zip(reasons, lines) {
      let name = "\(reason)".prefix { $0.isLetter }
      #expect(line.contains("notChecked:\(name)\""), "\(line)")
    }
    let sources = ["registry", "cache", "cache", "cache"]
    for (source, line) in zip(sources, lines.dropFirst(reasons.count)) {
      #expect(line.contains("noPlanRecorded") && line.contains("\"\(source)\""), "\(line)")
    }
  }

  @Test("Any single bit that is changed breaks the chain, and verify names the record")
  func everyBit() async throws {
    let (fileSystem, head) = try await log(2)
    let whole = try bytes(fileSystem)
    var line: UInt64 = 1
    for place in whole.indices {
      for bit in 0..<8 {
        var changed = whole
        changed[place] ^= 1 << UInt8(bit)
        let verdict = try await verdict(changed, against: head)
        if case .intact = verdict {
          Issue.record("bit \(bit) of byte \(place) went unnoticed")
        } else if whole[place] != UInt8(ascii: "\n"), changed[place] != UInt8(ascii: "\n") {
          #expect(verdict == .broken(record: line), "bit \(bit) of byte \(place)")
        }
      }
      if whole[place] == UInt8(ascii: "\n") { line += 1 }
    }
  }

  @Test("A record removed, put in, or two exchanged are named")
  func edits() async throws {
    let (fileSystem, head) = try await log(5)
    let lines = try bytes(fileSystem).split(separator: UInt8(ascii: "\n")).map { Array($0) + [UInt8(ascii: "\n")] }
    func edited(_ edit: (inout [[UInt8]]) -> Void) async throws -> AccessLogVerdict {
      var lines = lines
      edit(&lines)
      return try await verdict(Array(lines.joined()), against: head)
    }
    #expect(try await edited { $0.remove(at: 2) } == .broken(record: 3))
    #expect(try await edited { $0.insert($0[0], at: 2) } == .broken(record: 3))
    #expect(try await edited { $0.swapAt(1, 3) } == .broken(record: 2))
  }

  @Test("A log that was cut short is found out by a head kept elsewhere, and only by it")
  func cutShort() async throws {
    let (fileSystem, head) = try await log(5)
    let whole = try bytes(fileSystem)
    let cut = Array(whole[..<(whole.dropLast().lastIndex(of: UInt8(ascii: "\n")) ?? 0)] + [UInt8(ascii: "\n")])
    guard case .intact(let shorter) = try await verdict(cut) else { return }
    #expect(shorter.count == 4)
    #expect(try await verdict(cut, against: head) == .headDiffers(shorter))
  }

  @Test("Any turned bit of the last line feed costs no record: it is put back, and reported")
  func lastLineFeed() async throws {
    let (fileSystem, head) = try await log(3)
    let whole = try bytes(fileSystem)
    var ends = (0..<8).map { bit in whole.dropLast() + [UInt8(ascii: "\n") ^ 1 << UInt8(bit)] }
    ends.append(whole.dropLast())
    for end in ends {
      let damaged = MemoryFileSystem(Disk(folder: folder, files: [folder + "/access-log": Array(end)]))
      let log = try await AccessLog.open(damaged, folder: folder, hasher: SampleHasher())
      #expect(log.findings == [.restored(record: 3)])
      #expect(try await log.head() == head)
      try await log.record(try sampleEntry(3))
      let next = try await log.head()
      await log.close()
      #expect(try await AccessLog.verify(damaged, folder: folder, against: head) == .intact(next))
    }
  }

  @Test("An end that is no record is cut off, and reported")
  func unfinishedEnd() async throws {
    let (fileSystem, head) = try await log(3)
    let whole = try bytes(fileSystem)
    let start = try #require(whole.dropLast().lastIndex(of: UInt8(ascii: "\n"))) + 1
    for length in 1..<whole.count - start - 1 {
      let cut = MemoryFileSystem(
        Disk(folder: folder, files: [folder + "/access-log": Array(whole[..<(start + length)])]))
      let log = try await AccessLog.open(cut, folder: folder, hasher: SampleHasher())
      #expect(log.findings == [.cutOff(bytes: length)])
      #expect(try await log.head().count == head.count - 1)
    }
    let log = try await AccessLog.open(fileSystem, folder: folder, hasher: SampleHasher())
    #expect(log.findings == [])
  }

  @Test("A power cut after any call loses no acknowledged record and leaves the chain whole")
  func crashes() async throws {
    let fileSystem = MemoryFileSystem()
    let log = try await AccessLog.open(fileSystem, folder: folder, hasher: SampleHasher())
    var states = 0
    for index in 0..<3 {
      let before = try await log.head()
      let seen = DiskHistory()
      fileSystem.observe { _, disk in seen.add(disk) }
      try await log.record(try sampleEntry(index))
      let after = try await log.head()
      for disk in seen.disks {
        for crash in disk.crashes() where !crash.hasZeros {
          let survivor = MemoryFileSystem(crash.disk)
          let again = try await AccessLog.open(survivor, folder: folder, hasher: SampleHasher())
          let head = try await again.head()
          #expect(head == before || head == after)
          #expect(try await AccessLog.verify(survivor, folder: folder) == .intact(head))
          states += 1
        }
      }
      for crash in fileSystem.disk.crashes() {
        let again = try await AccessLog.open(MemoryFileSystem(crash.disk), folder: folder, hasher: SampleHasher())
        #expect(try await again.head() == after)
      }
    }
    print("access log crash states: \(states)")
  }

  @Test("No number, no name and no foreign word is written; without a keyed hash nothing is")
  func nothingOfAPatient() async throws {
    let (fileSystem, _) = try await log(4)
    let text = String(decoding: try bytes(fileSystem), as: UTF8.self)
    for index in 0..<4 { #expect(!text.contains(try sampleNumber(index).wireForm)) }
    #expect(!text.contains("999 000") && text.contains("notChecked:other") && !text.contains("Sample"))
    let log = try await AccessLog.open(MemoryFileSystem(), folder: folder, hasher: SampleHasher(fails: true))
    await #expect(throws: OutboxError(.notHashed)) { try await log.record(try sampleEntry(0)) }
    #expect(try await log.head().count == 0)
  }

  @Test(
    "Any fault at any call: no acknowledged record is lost, and the chain is whole",
    arguments: JournalFaultTests.faults)
  func everyCall(fault: MemoryFileSystem.Fault) async throws {
    var call = 0
    while true {
      let place = call
      let fileSystem = MemoryFileSystem(faults: { number, _ in number == place ? fault : nil })
      func open() async throws -> AccessLog {
        do throws(OutboxError) {
          return try await AccessLog.open(fileSystem, folder: folder, hasher: SampleHasher())
        } catch {
          return try await AccessLog.open(fileSystem, folder: folder, hasher: SampleHasher())
        }
      }
      var log = try await open()
      var acknowledged: UInt64 = 0
      for index in 0..<3 {
        let entry = try sampleEntry(index)
        do throws(OutboxError) {
          try await log.record(entry)
          acknowledged += 1
        } catch {
          guard error.code == .stopped else { continue }
          await log.close()
          log = try await open()
        }
      }
      await log.close()
      let verdict = try await AccessLog.verify(MemoryFileSystem(fileSystem.disk), folder: folder)
      guard case .intact(let head) = verdict else {
        Issue.record("\(fault) at \(place): \(verdict)")
        return
      }
      // After a failed sync a record may be there that was not acknowledged; never the reverse.
      #expect((acknowledged...3).contains(head.count), "\(fault) at \(place)")
      if [.fail(.interrupted), .short(1)].contains(fault) { #expect(acknowledged == 3, "\(fault) at \(place)") }
      guard place < fileSystem.calls else { break }
      call += 1
    }
    #expect(call > 15)
  }

  @Test("A full disk refuses, and the chain goes on; a failed sync stops the log")
  func faults() async throws {
    let fileSystem = MemoryFileSystem()
    let log = try await AccessLog.open(fileSystem, folder: folder, hasher: SampleHasher())
    fileSystem.plan { _, operation in operation == .write ? .partThenFail(10, .diskFull) : nil }
    await #expect(throws: OutboxError(.diskFull)) { try await log.record(try sampleEntry(0)) }
    fileSystem.plan(nil)
    try await log.record(try sampleEntry(1))
    #expect(try await AccessLog.verify(fileSystem, folder: folder) == .intact(try await log.head()))
    fileSystem.plan { _, operation in operation == .sync ? .fail(.deviceFailed) : nil }
    await #expect(throws: OutboxError(.stopped)) { try await log.record(try sampleEntry(2)) }
    fileSystem.plan(nil)
    await #expect(throws: OutboxError(.stopped)) { try await log.record(try sampleEntry(2)) }
    await #expect(throws: OutboxError(.inUse)) {
      _ = try await AccessLog.open(fileSystem, folder: folder, hasher: SampleHasher())
    }
  }

  @Test("A line can be checked by hand: the hash before and the object, nothing else")
  func byHand() async throws {
    let (fileSystem, _) = try await log(1)
    let line = try bytes(fileSystem).dropLast()
    let digest = SHA256Digest(of: [UInt8](repeating: 0, count: 32) + Array(line.dropFirst(65))).bytes
    let text = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(String(decoding: line.prefix(64), as: UTF8.self) == text)
    #expect(String(decoding: line, as: UTF8.self).contains("\"time\":\"2026-11-18T"))
  }
}
