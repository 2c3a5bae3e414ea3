import CPIS
import CPISAudit
import CPISDigests
import CPISFiles
import CPISTestSupport
import Foundation
import NHSNumbers
import Testing

@Suite("The audit log")
struct AuditLogTests {
  @Test(
    "An untouched log is intact up to its head, and goes on after a restart, within a segment and across several")
  func intact() async throws {
    for segmentBytes in [16 << 20, 1, 700] {
      let world = World(segmentBytes: segmentBytes)
      let heads = try await world.record(0..<4)
      #expect(heads.map(\.count) == [1, 2, 3, 4])
      let verification = try await world.verify(against: heads)
      #expect(verification.verdict == .intact(heads[3]) && verification.isSound && verification.firstRecord == 1)
      let more = try await world.record(4..<6)
      #expect(try await world.verify(against: heads + more).verdict == .intact(more[1]))
      #expect(segmentBytes > 1_000 || world.segments.count > 2)
    }
  }

  @Test("Every line bears the identity that the authority is told under, and can be checked by hand")
  func byHand() async throws {
    let world = World(segmentBytes: 900)
    _ = try await world.record(0..<5)
    var hash = [UInt8](repeating: 0, count: 32)
    for (index, line) in world.lines.enumerated() {
      hash = SHA256Digest(of: hash + line.dropFirst(65)).bytes
      #expect(String(decoding: line.prefix(64), as: UTF8.self) == hash.hexadecimal)
      let text = String(decoding: line, as: UTF8.self)
      #expect(text.contains("\"access\":\"\(sampleID(index).uuidString)\""))
      #expect(text.contains("\"number\":\(index + 1),"))
      #expect(text.contains("\"time\":\"2026-11-18T"))
    }
    #expect(world.lines.count == 5)
  }

  @Test("Entries of callers at once are all there, in one chain")
  func atOnce() async throws {
    let world = World(segmentBytes: 3_000)
    let log = try await world.open()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<50 { group.addTask { try await log.record(try sampleEntry(index)) } }
      try await group.waitForAll()
    }
    let head = try await log.head()
    await log.close()
    #expect(head.count == 50)
    #expect(try await world.verify().verdict == .intact(head))
    for index in 0..<50 {
      #expect(world.lines.count { String(decoding: $0, as: UTF8.self).contains(sampleID(index).uuidString) } == 1)
    }
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
    let world = World()
    let log = try await world.open()
    for outcome in refusals + answers {
      try await log.record(
        AuditEntry(
          time: sampleTime, patient: nil, context: try sampleContext(0), accessID: nil,
          outcome: AuditEntry.Outcome(outcome)))
    }
    await log.close()
    let lines = world.lines.map { String(decoding: $0, as: UTF8.self) }
    for (reason, line) in zip(reasons, lines) {
      #expect(line.contains("notChecked:\("\(reason)".prefix { $0.isLetter })\""), "\(line)")
    }
    for (source, line) in zip(["registry", "cache", "cache", "cache"], lines.dropFirst(reasons.count)) {
      #expect(line.contains("noPlanRecorded") && line.contains("\"\(source)\""), "\(line)")
    }
    #expect(lines.count == reasons.count + 4)
  }

  @Test("No number, no name and no foreign word is written; without a keyed hash nothing is")
  func nothingOfAPatient() async throws {
    let world = World()
    _ = try await world.record(0..<4)
    let text = world.lines.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
    for index in 0..<4 { #expect(!text.contains(try sampleNumber(index).wireForm)) }
    #expect(!text.contains("999 000") && text.contains("notChecked:other") && !text.contains("Sample"))
    let log = try await World().open(SampleHasher(fails: true))
    await #expect(throws: AuditError(.notHashed)) { try await log.record(try sampleEntry(0)) }
    #expect(try await log.head().count == 0)
    for length in [0, 15, 65] {
      let log = try await AuditLog.open(MemoryFileSystem(), folder: "/f", hasher: FixedHasher(length: length))
      await #expect(throws: AuditError(.notHashed)) { try await log.record(try sampleEntry(0)) }
    }
  }

  @Test("More entries at once than a frame holds are written in several, and one that no frame holds is refused")
  func manyAtOnce() async throws {
    let log = try await World().open()
    func entry(_ length: Int) throws -> AuditEntry {
      let worker = try Worker(
        userID: "555000000001", roleProfileID: String(repeating: "5", count: length),
        jobRole: JobRole(code: "S0010", name: "Nurse"), name: "Sample Nurse", activities: [.notifyingQuery])
      let context = AccessContext(
        author: .worker(worker), organisation: try Organisation(code: ODSCode("RJ1"), name: "Sample Trust"),
        setting: .emergencyDepartment, tracing: .verified)
      return AuditEntry(
        time: sampleTime, patient: nil, context: context, accessID: nil, outcome: .notChecked(reason: "noNumber"))
    }
    await #expect(throws: AuditError(.notStorable)) { try await log.record(try entry(17 << 20)) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<4 { group.addTask { try await log.record(try entry(7 << 20)) } }
      try await group.waitForAll()
    }
    #expect(try await log.head().count == 4)
  }

  @Test("A time that no line can bear is refused, and those beside it are not")
  func notStorable() async throws {
    let log = try await World().open()
    let entry = AuditEntry(
      time: .distantFuture.addingTimeInterval(1e15), patient: nil, context: try sampleContext(0), accessID: nil,
      outcome: .notChecked(reason: "noNumber"))
    await #expect(throws: AuditError(.notStorable)) { try await log.record(entry) }
    try await log.record(try sampleEntry(0))
    #expect(try await log.head().count == 1)
  }

  @Test("A segment ends by size and by age, and opening reads the last one alone")
  func rotation() async throws {
    var world = World()
    var heads = try await world.record(0..<2)
    world.clock.now = sampleTime.addingTimeInterval(29 * 86_400)
    heads += try await world.record(2..<3)
    #expect(world.segments.count == 1)
    world.clock.now = sampleTime.addingTimeInterval(30 * 86_400)
    heads += try await world.record(3..<5)
    #expect(world.segments.count == 2)
    // A clock that was set back begins no segment for each record.
    world.clock.now = sampleTime
    heads += try await world.record(5..<7)
    #expect(world.segments.count == 2)
    #expect(try await world.verify(against: heads).verdict == .intact(heads[6]))
    // The first segment is not even looked at.
    var files = world.fileSystem.disk.files
    files[world.segments[0]] = [UInt8](repeating: 7, count: 100)
    let other = World(Disk(folder: World.folder, files: files))
    let log = try await other.open()
    let head = try await log.head()
    #expect(log.findings == [] && head == heads[6])
    await log.close()
    #expect(try await other.verify().isSound == false)
  }
}
