import CPIS
import CPISReference
import Foundation
import NHSNumbers
import Testing

@Suite("Section 4. Notices to the local authority")
struct AuthorityNoticeTests {
  @Test("ASN: per LA per window, with id, time, recipient and total; then by upload-file id the accesses")
  func notification() async throws {
    let bench = try Bench()
    for (place, fileID, code) in [(0, 20, "712"), (1, 21, "711")] as [(Int, UploadFileID, String)] {
      let sender = UploadSender(try Sample.authority(code))
      let file = try Sample.upload(fileID, [try Sample.record(place)], sender: sender)
      #expect(bench.registry.ingest(file).fileCode == .allLoaded)
    }
    let later = try Sample.upload(
      31, [try Sample.record(2)], sender: UploadSender(try Sample.authority("712", duty: "02079460002")))
    #expect(bench.registry.ingest(later).fileCode == .allLoaded)
    var expected: [Int: Access.ID] = [:]
    for index in [2, 0, 1] {
      let id = Access.ID(UUID())
      expected[index] = id
      _ = try await bench.found(try Sample.number(index), Sample.context(), id: id)
    }
    let end = bench.clock.now
    let notices = bench.notifications()
    #expect(notices.map(\.recipient.code.text) == ["711", "712"])
    #expect(notices.map(\.total) == [1, 2])
    #expect(notices.allSatisfy { $0.creationTime == end })
    #expect(Set(notices.map(\.id)).count == 2)
    let notice = try #require(notices.last)
    #expect(notice.recipient.emergencyDutyPhone.digits == "02079460002")
    #expect(notice.groups.map(\.fileID) == [20, 31])
    let access = try #require(notice.groups.first?.accesses.first)
    #expect(
      access
        == AccessToServiceNotification.Entry(
          id: try #require(expected[0]), time: end, author: try Sample.nurse(), organisation: try Sample.trust(),
          patient: try Sample.number(0), localID: "L0"))
  }

  @Test("ASN: accesses of a group come oldest first, and a child's comes under its latest file")
  func orderAndFile() async throws {
    let bench = try Bench()
    let number = try Sample.number(0)
    bench.registry.record(try Sample.plan(), for: number, bornOn: nil, localID: "old", fileID: 3)
    bench.registry.record(
      try Sample.plan(.lookedAfterChild), for: number, bornOn: nil, localID: "new", fileID: 8)
    let now = bench.clock.now
    for hours in [0.0, -5, -2] {
      try await bench.registry.declare(
        Sample.access(number, Sample.context(), at: now.addingTimeInterval(hours * 3600)))
    }
    let groups = try #require(bench.notifications().first?.groups)
    #expect(groups.map(\.fileID) == [8])
    let accesses = try #require(groups.first?.accesses)
    #expect(accesses.map { $0.time.timeIntervalSince(now) / 3600 } == [-5, -2, 0])
    #expect(accesses.allSatisfy { $0.localID == "new" })
  }

  @Test("ASN: LA's own id only if known")
  func noLocalID() async throws {
    let bench = try Bench()
    bench.registry.record(try Sample.plan(), for: try Sample.number(0), bornOn: nil)
    _ = try await bench.found(try Sample.number(0), try Sample.context())
    let access = try #require(bench.notifications().first?.groups.first?.accesses.first)
    #expect(access.localID == nil)
  }

  @Test("ASN: a window holds what happened in it, and the next one nothing of it")
  func windows() async throws {
    let bench = try Bench()
    bench.registry.record(try Sample.plan(), for: try Sample.number(0), bornOn: nil)
    for _ in 1...3 {
      _ = try await bench.found(try Sample.number(0), try Sample.context())
      #expect(bench.notifications().map(\.total) == [1])
      #expect(bench.notifications().isEmpty)
    }
  }

  @Test("ASN: an empty one is legal, and built on request only")
  func emptyOne() async throws {
    let bench = try Bench()
    _ = bench.registry.ingest(try Sample.upload(1, [try Sample.record(0)]))
    bench.registry.closeWindow()
    #expect(bench.registry.noticesDue.isEmpty)
    bench.registry.closeWindow(includingEmpty: true)
    guard case .accessToService(let notice) = try #require(bench.registry.takeNotices().first) else {
      Issue.record("not an access notice")
      return
    }
    #expect(notice.total == 0)
    #expect(notice.groups.isEmpty)
    #expect(notice.recipient == (try Sample.authority()))
  }

  @Test("The same seed draws the same identities; another draws others")
  func seeds() throws {
    func ids(_ seed: UInt64) throws -> [UUID] {
      let registry = ReferenceRegistry(clock: ManualClock(try Sample.time("202611211402")), seed: seed)
      registry.record(try Sample.plan(), for: try Sample.number(0), bornOn: nil)
      for _ in 1...3 { registry.closeWindow(includingEmpty: true) }
      return registry.takeNotices().map(\.id)
    }
    #expect(try ids(1) == ids(1))
    #expect(Set(try ids(1) + ids(2)).count == 6)
  }

  @Test(
    "Inactive NHS number: old number, replacement(s) or none, upload-file id; one for each LA", arguments: 0...2)
  func inactiveNumber(replacementCount: Int) async throws {
    let bench = try Bench()
    let old = try Sample.number(0)
    let replacements = try (1..<(1 + replacementCount)).map { try Sample.number($0) }
    for (fileID, code) in [(0, "711"), (1, "712")] as [(UploadFileID, String)] {
      bench.registry.record(
        try Sample.plan(authority: try Sample.authority(code)), for: old, bornOn: nil, fileID: fileID)
    }
    bench.registry.supersede(old, by: replacements)
    for setting in [CareSetting.generalPractice, .ambulance, .ambulance] {
      #expect(try await bench.found(old, try Sample.context(setting)).isEmpty)
    }
    bench.registry.closeWindow()
    var notices: [InactiveNumberNotice] = []
    for case .inactiveNumber(let notice) in bench.registry.takeNotices() { notices.append(notice) }
    #expect(notices.map(\.recipient.code.text) == ["711", "712"])
    #expect(notices.map(\.fileID) == [0, 1])
    #expect(notices.allSatisfy { $0.oldNumber == old && $0.replacements == replacements })
    // Once for each LA and old number; again only when the replacements change.
    bench.registry.closeWindow()
    #expect(bench.registry.noticesDue.isEmpty)
    bench.registry.supersede(old, by: [try Sample.number(9)])
    bench.registry.closeWindow()
    #expect(bench.registry.takeNotices().count == 2)
  }

  @Test("Inactive NHS number: the LA hears at the end of the window even when nobody asks about the number")
  func inactiveWithoutQuery() async throws {
    let bench = try Bench()
    bench.registry.record(try Sample.plan(), for: try Sample.number(0), bornOn: nil)
    bench.registry.record(
      try Sample.plan(start: "202401010000", end: "202501010000"), for: try Sample.number(1), bornOn: nil)
    // One with a plan, one whose plan has left, one that no authority ever sent.
    for index in 0...2 { bench.registry.supersede(try Sample.number(index), by: []) }
    bench.registry.closeWindow()
    #expect(bench.registry.takeNotices().count == 1)
  }

  @Test("A sink that fails keeps the notices for the next try: none lost, none doubled, ids unchanged")
  func sinkFails() async throws {
    let bench = try Bench()
    for code in ["711", "712", "713"] {
      bench.registry.record(
        try Sample.plan(authority: try Sample.authority(code)), for: try Sample.number(0), bornOn: nil)
    }
    _ = try await bench.found(try Sample.number(0), try Sample.context())
    bench.registry.closeWindow()
    let due = bench.registry.noticesDue
    #expect(due.count == 3)
    for fault in FaultySink.Fault.allCases {
      guard case .fails(let failure) = fault else { continue }
      let sink = FaultySink(RecordingSink(), script: FaultySink.Script(fault, on: .every), clock: bench.clock)
      let delivery = await bench.registry.deliverNotices(to: sink)
      #expect(delivery.acceptedCount == 0)
      #expect(delivery.failures == Array(repeating: failure, count: 3))
      #expect(bench.registry.noticesDue == due)
    }
    // The second is refused, and does not hold up the third.
    let kept = RecordingSink()
    let flaky = FaultySink(
      kept, script: FaultySink.Script(.fails(SinkError(.full)), on: .only(2)), clock: bench.clock)
    #expect(await bench.registry.deliverNotices(to: flaky).acceptedCount == 2)
    #expect(bench.registry.noticesDue == [due[1]])
    #expect(await bench.registry.deliverNotices(to: flaky).failures.isEmpty)
    #expect(Set(kept.notices) == Set(due))
    #expect(kept.notices.count == 3)
    #expect(bench.registry.noticesDue.isEmpty)
  }

  @Test("A sink that took a notice and said it failed gets it again, with the same id, and keeps it once")
  func sinkActsThenFails() async throws {
    let bench = try Bench()
    bench.registry.record(try Sample.plan(), for: try Sample.number(0), bornOn: nil)
    _ = try await bench.found(try Sample.number(0), try Sample.context())
    bench.registry.closeWindow()
    let kept = RecordingSink()
    let sink = FaultySink(
      kept, script: FaultySink.Script(.actsThenFails(SinkError(.timedOut)), on: .upTo(2)), clock: bench.clock)
    for _ in 1...3 { _ = await bench.registry.deliverNotices(to: sink) }
    #expect(kept.offerCount == 3)
    #expect(kept.notices.count == 1)
    #expect(bench.registry.noticesDue.isEmpty)
  }

  @Test("While one call offers a notice, another neither offers nor takes it")
  func noticeInHand() async throws {
    let bench = try Bench()
    bench.registry.record(try Sample.plan(), for: try Sample.number(0), bornOn: nil)
    _ = try await bench.found(try Sample.number(0), try Sample.context())
    bench.registry.closeWindow()
    let kept = RecordingSink()
    let hanging = FaultySink(kept, script: FaultySink.Script(.neverAnswers, on: .every), clock: bench.clock)
    async let first = bench.registry.deliverNotices(to: hanging)
    await hanging.waitForHanging(1)
    #expect(await bench.registry.deliverNotices(to: kept).acceptedCount == 0)
    #expect(bench.registry.takeNotices().isEmpty)
    #expect(bench.registry.noticesDue.count == 1)
    hanging.release()
    #expect(await first.acceptedCount == 1)
    #expect(bench.registry.noticesDue.isEmpty)
    #expect(kept.notices.count == 1)
  }
}
