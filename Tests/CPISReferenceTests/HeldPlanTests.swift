import CPIS
import CPISReference
import CPISTestSupport
import Foundation
import NHSNumbers
import Testing

@Suite("Section 1. What is held, and until when it is shown")
struct HeldPlanTests {
  @Test("Key: a UCP is held under the mother's number; the same number may carry the mother's own plan")
  func unbornUnderMother() async throws {
    let bench = try Bench()
    let mother = try Sample.number(0)
    bench.registry.record(
      try Sample.plan(.unbornChildProtectionPlan, end: "202702010000"), for: mother,
      bornOn: try Sample.day("20090601"))
    bench.registry.record(try Sample.plan(.lookedAfterChild), for: mother, bornOn: nil)
    #expect(try await bench.found(mother).map(\.kind) == [.unbornChildProtectionPlan, .lookedAfterChild])
  }

  @Test("Per plan: kind, start, end, LA code and name, emergency duty phone and office phone come back as sent")
  func everythingComesBack() async throws {
    let bench = try Bench()
    let plan = try Sample.plan(.lookedAfterChild, start: "202510011230", end: "202611010000")
    bench.registry.record(plan, for: try Sample.number(0), bornOn: try Sample.day("20150312"))
    #expect(try await bench.found(try Sample.number(0)) == [plan])
  }

  @Test("Several at once: up to 3 plans of one record, and those of several LAs, are all returned")
  func severalPlans() async throws {
    let bench = try Bench()
    let record = UploadRecord(
      plans: [
        Sample.sentPlan(.childProtectionPlan), Sample.sentPlan(.lookedAfterChild),
        Sample.sentPlan(.unbornChildProtectionPlan, end: "202702010000"),
      ],
      subjects: [try Sample.subject(0), try Sample.subject(0, role: .motherOfUnbornChild)])
    #expect(bench.registry.ingest(try Sample.upload(1, [record])).fileCode == .allLoaded)
    let other = UploadSender(try Sample.authority("E09000012", name: "Hackney", duty: "02083565000"))
    #expect(bench.registry.ingest(try Sample.upload(1, [record], sender: other)).fileCode == .allLoaded)
    let found = try await bench.found(try Sample.number(0))
    #expect(found.count == 6)
    #expect(Set(found.map(\.authority.name)) == ["Tower Hamlets", "Hackney"])
  }

  @Test("Two LAs, same kind: both kept, both returned")
  func twoAuthoritiesSameKind() async throws {
    let bench = try Bench()
    for code in ["711", "712"] {
      bench.registry.record(
        try Sample.plan(authority: try Sample.authority(code)), for: try Sample.number(0), bornOn: nil)
    }
    #expect(try await bench.found(try Sample.number(0)).map(\.authority.code.text) == ["711", "712"])
  }

  @Test("Open plan: without an end date it is shown as long as the child is under 18")
  func openPlan() async throws {
    let bench = try Bench()
    bench.registry.record(
      try Sample.plan(start: "200912010900"), for: try Sample.number(0), bornOn: try Sample.day("20091130"))
    try bench.set("202711292359")
    #expect(try await bench.found(try Sample.number(0)).count == 1)
    try bench.set("202711300000")
    #expect(try await bench.found(try Sample.number(0)).isEmpty)
  }

  @Test("A plan that starts later is shown already")
  func notYetStarted() async throws {
    let bench = try Bench()
    bench.registry.record(try Sample.plan(start: "202612010900"), for: try Sample.number(0), bornOn: nil)
    let plan = try #require(try await bench.found(try Sample.number(0)).first)
    #expect(plan.status(on: try Sample.day("20261121")) == .notYetStarted)
  }

  /// Ends on ordinary days, at both clock changes, on and around leap days, and at both ends of a day.
  static let ends = [
    "202506151200", "202503300030", "202503300130", "202510260130", "202510262359", "202402290000",
    "202402282359", "202403010000", "202612310000", "202703280100",
  ]

  @Test(
    "Closed CPP/LAC: shown through day 365, gone at the start of day 366; UCP: through day 28, no tail",
    arguments: PlanKind.allCases, ends)
  func everyDayAroundTheEnd(kind: PlanKind, end: String) async throws {
    let bench = try Bench()
    let number = try Sample.number(0)
    let context = try Sample.context(.generalPractice)
    let endDay = try Sample.time(end).day
    bench.registry.record(
      try Sample.plan(kind, start: "202301010000", end: end), for: number, bornOn: try Sample.day("20201224"))
    let lastOffset = kind == .unbornChildProtectionPlan ? 28 : 365
    for offset in -1...400 {
      let day = endDay.adding(days: offset)
      let midnight = UnitedKingdomTime.start(of: day)
      let lastSecond = UnitedKingdomTime.start(of: day.adding(days: 1)).addingTimeInterval(-1)
      for instant in [midnight, lastSecond] {
        bench.clock.set(instant)
        let isShown = try await !bench.found(number, context).isEmpty
        #expect(isShown == (offset <= lastOffset), "\(kind) ended \(end), day \(offset)")
      }
    }
  }

  @Test(
    "18th birthday: a CPP/LAC leaves at 00:00 UK time on it (29 February: 1 March); a UCP does not",
    arguments: [
      ("20081121", "20261121"), ("20080229", "20260301"), ("20080228", "20260228"), ("20080301", "20260301"),
      ("20090329", "20270329"), ("20080330", "20260330"), ("20081026", "20261026"), ("20091231", "20271231"),
      ("20100101", "20280101"), ("20120229", "20300301"),
    ])
  func eighteenthBirthday(born: String, leaves: String) async throws {
    let bench = try Bench()
    let number = try Sample.number(0)
    for kind in PlanKind.allCases {
      bench.registry.record(
        try Sample.plan(kind, start: "202001010000", end: "203512310000"), for: number,
        bornOn: try Sample.day(born))
    }
    let birthday = try Sample.day(leaves)
    bench.clock.set(UnitedKingdomTime.start(of: birthday).addingTimeInterval(-1))
    let answer = try await bench.registry.plans(for: bench.access(number, Sample.context(.generalPractice)))
    #expect(answer.validThrough == birthday.adding(days: -1))
    #expect(try await bench.found(number).count == 3)
    bench.clock.set(UnitedKingdomTime.start(of: birthday))
    #expect(try await bench.found(number).map(\.kind) == [.unbornChildProtectionPlan])
  }

  @Test("An answer names its last day only where an 18th birthday ends it before the plans' own dates do")
  func validThrough() async throws {
    let bench = try Bench()
    let context = try Sample.context(.generalPractice)
    let born = try Sample.day("20090601")  // 18 on 1 June 2027
    func validThrough(_ index: Int) async throws -> CivilDay? {
      try await bench.registry.plans(for: bench.access(Sample.number(index), context)).validThrough
    }
    bench.registry.record(try Sample.plan(), for: try Sample.number(0), bornOn: born)
    bench.registry.record(try Sample.plan(end: "202606010000"), for: try Sample.number(1), bornOn: born)
    bench.registry.record(try Sample.plan(end: "202605310000"), for: try Sample.number(2), bornOn: born)
    bench.registry.record(try Sample.plan(), for: try Sample.number(3), bornOn: nil)
    bench.registry.record(
      try Sample.plan(.unbornChildProtectionPlan, end: "202802010000"), for: try Sample.number(4), bornOn: born)
    #expect(try await validThrough(0) == (try Sample.day("20270531")))
    // Its own last day is 1 June 2027, one day after the birthday takes it.
    #expect(try await validThrough(1) == (try Sample.day("20270531")))
    #expect(try await validThrough(2) == nil)
    #expect(try await validThrough(3) == nil)
    #expect(try await validThrough(4) == nil)
    #expect(try await validThrough(5) == nil)
  }

  @Test("Identity of a plan: the same again with an end date closes it, and without one opens it again")
  func upsertCloses() async throws {
    let bench = try Bench()
    let number = try Sample.number(0)
    for (fileID, end) in [(1, nil), (2, "202611010000"), (3, nil)] as [(UploadFileID, String?)] {
      let record = try Sample.record(0, plans: [Sample.sentPlan(end: end)])
      #expect(bench.registry.ingest(try Sample.upload(fileID, [record])).fileCode == .allLoaded)
      let found = try await bench.found(number)
      #expect(found.count == 1)
      #expect(found.first?.end?.compact == end)
    }
  }

  @Test("Identity of a plan: another kind, start or LA is another plan")
  func otherIdentity() async throws {
    let bench = try Bench()
    let number = try Sample.number(0)
    bench.registry.record(try Sample.plan(), for: number, bornOn: nil)
    bench.registry.record(try Sample.plan(.lookedAfterChild), for: number, bornOn: nil)
    bench.registry.record(try Sample.plan(start: "202601050901"), for: number, bornOn: nil)
    let elsewhere = try Sample.plan(authority: try Sample.authority("712"))
    bench.registry.record(elsewhere, for: number, bornOn: nil)
    let found = try await bench.found(number)
    #expect(found.count == 4)
  }

  @Test("Identity of a plan: with a delete date it is withdrawn; a later file may bring it again")
  func withdrawn() async throws {
    let bench = try Bench()
    let sent = [Sample.sentPlan(), Sample.sentPlan(.lookedAfterChild)]
    let withdrawal = [Sample.sentPlan(deleted: "202611200900")]
    _ = bench.registry.ingest(try Sample.upload(1, [try Sample.record(0, plans: sent)]))
    let ack = bench.registry.ingest(try Sample.upload(2, [try Sample.record(0, plans: withdrawal)]))
    #expect(ack.fileCode == .allLoaded)
    #expect(try await bench.found(try Sample.number(0)).map(\.kind) == [.lookedAfterChild])
    _ = bench.registry.ingest(try Sample.upload(3, [try Sample.record(0, plans: sent)]))
    #expect(try await bench.found(try Sample.number(0)).count == 2)
  }

  @Test("Withdrawing what was never there changes nothing")
  func withdrawNothing() async throws {
    let bench = try Bench()
    bench.registry.withdraw(try Sample.plan(), for: try Sample.number(0))
    let record = try Sample.record(1, plans: [Sample.sentPlan(deleted: "202611200900")])
    #expect(bench.registry.ingest(try Sample.upload(1, [record])).fileCode == .allLoaded)
    #expect(try await bench.found(try Sample.number(0)).isEmpty)
    #expect(try await bench.found(try Sample.number(1)).isEmpty)
  }

  @Test("Identity of a plan: absence from a later file changes nothing")
  func absence() async throws {
    let bench = try Bench()
    _ = bench.registry.ingest(try Sample.upload(1, [try Sample.record(0), try Sample.record(1)]))
    _ = bench.registry.ingest(try Sample.upload(2, [try Sample.record(1)]))
    _ = bench.registry.ingest(try Sample.upload(3, []))
    #expect(try await bench.found(try Sample.number(0)).count == 1)
    #expect(try await bench.found(try Sample.number(1)).count == 1)
  }

  @Test("\"None\": unmatched, sensitive, superseded and unknown children all look like none")
  func noneLooksAlike() async throws {
    let bench = try Bench(known: 4)
    var unmatched = try Sample.record(1)
    unmatched.subjects[0].familyName = "Okonkwo"
    bench.registry.setSensitive(true, for: try Sample.number(2))
    bench.registry.supersede(try Sample.number(3), by: [try Sample.number(9)])
    let file = try Sample.upload(
      1, [try Sample.record(0), unmatched, try Sample.record(2), try Sample.record(3), try Sample.record(8)])
    #expect(bench.registry.ingest(file).loadedCount == 1)
    #expect(try await bench.found(try Sample.number(0)).count == 1)
    for index in [1, 2, 3, 8, 9] {
      let number = try Sample.number(index)
      let answer = try await bench.registry.plans(for: bench.access(number, Sample.context()))
      #expect(answer == RegistryAnswer(patient: number, finding: .noPlanUnderThisNumber))
    }
  }

  @Test("A later file's name and phones are the authority's for all its plans, and for no other's")
  func authorityDetailsFollow() async throws {
    let bench = try Bench()
    let hackney = try Sample.authority("712", name: "Hackney", duty: "02083565000", office: nil)
    _ = bench.registry.ingest(try Sample.upload(1, [try Sample.record(0)]))
    _ = bench.registry.ingest(try Sample.upload(1, [try Sample.record(0)], sender: UploadSender(hackney)))
    let moved = try Sample.authority(name: "Tower Hamlets Council", duty: "02079460001", office: nil)
    _ = bench.registry.ingest(try Sample.upload(2, [try Sample.record(1)], sender: UploadSender(moved)))
    #expect(try await bench.found(try Sample.number(0)).map(\.authority) == [moved, hackney])
    #expect(try await bench.found(try Sample.number(1)).map(\.authority) == [moved])
  }

  @Test("A number marked sensitive after loading still finds its plans: sensitivity bars loading, not showing")
  func sensitiveLater() async throws {
    let bench = try Bench()
    _ = bench.registry.ingest(try Sample.upload(1, [try Sample.record(0)]))
    bench.registry.setSensitive(true, for: try Sample.number(0))
    #expect(try await bench.found(try Sample.number(0)).count == 1)
    bench.registry.setSensitive(false, for: try Sample.number(0))
    #expect(bench.registry.ingest(try Sample.upload(2, [try Sample.record(0)])).fileCode == .allLoaded)
  }

  @Test("A thousand random files leave what a plain table of plans would", arguments: [1, 2, 3] as [UInt64])
  func randomUploads(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let bench = try Bench(known: 5)
    let codes = ["711", "712", "713"]
    var table: [String: String?] = [:]
    for fileID in 1...UInt(1000) {
      let code = try #require(codes.randomElement(using: &random))
      var records: [UploadRecord] = []
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        let child = Int.random(in: 0..<5, using: &random)
        let kind: PlanKind = Bool.random(using: &random) ? .childProtectionPlan : .lookedAfterChild
        let start = Bool.random(using: &random) ? "202601050900" : "202602050900"
        let end: String? = Bool.random(using: &random) ? "202603050900" : nil
        let isWithdrawn = Int.random(in: 0..<4, using: &random) == 0
        records.append(
          try Sample.record(
            child,
            plans: [
              Sample.sentPlan(kind, start: start, end: end, deleted: isWithdrawn ? "202611010000" : nil)
            ]))
        let key = "\(child) \(code) \(kind) \(start)"
        if isWithdrawn { table[key] = nil } else { table[key] = .some(end) }
      }
      let sender = UploadSender(try Sample.authority(code))
      let ack = bench.registry.ingest(try Sample.upload(UploadFileID(fileID), records, sender: sender))
      #expect(ack.fileCode == .allLoaded)
    }
    var held: [String: String?] = [:]
    for child in 0..<5 {
      for plan in try await bench.found(try Sample.number(child)) {
        held["\(child) \(plan.authority.code) \(plan.kind) \(plan.start.compact)"] = .some(plan.end?.compact)
      }
    }
    #expect(held == table, "seed \(seed)")
  }
}
