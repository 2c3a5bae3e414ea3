import CPIS
import CPISReference
import Foundation
import NHSNumbers
import Testing

@Suite("Section 3. Query: who may ask, what counts as an access, and who is told")
struct QueryTests {
  @Test("The number must have been traced and verified first: an untraced one is refused", arguments: [0, 1])
  func tracing(index: Int) async throws {
    let bench = try Bench()
    let number = try Sample.number(index)
    bench.registry.record(try Sample.plan(), for: try Sample.number(0), bornOn: nil)
    let context = try Sample.context(tracing: .notVerified)
    let rejected = RegistryError(.requestRejected)
    await #expect(throws: rejected) { try await bench.registry.plans(for: bench.access(number, context)) }
    await #expect(throws: rejected) { try await bench.registry.accessHistory(for: bench.access(number, context)) }
    await #expect(throws: rejected) {
      try await bench.registry.declare(
        bench.access(number, context))
    }
    #expect(try await bench.history(number).isEmpty)
    #expect(bench.notifications().isEmpty)
  }

  @Test("A placeholder number is refused, not answered with none")
  func placeholder() async throws {
    let placeholder = try NHSNumber(parsing: "9999999999")
    let bench = try Bench()
    await #expect(throws: RegistryError(.requestRejected)) {
      try await bench.registry.plans(for: bench.access(placeholder, Sample.context()))
    }
  }

  @Test(
    "RBAC: B0107 may make notifying queries, B0170 silent ones; a mismatch is refused and leaves no trace",
    arguments: CareSetting.known)
  func rbac(setting: CareSetting) async throws {
    let needed: Activity = setting.care == .unscheduled ? .notifyingQuery : .silentQuery
    let other: Activity = needed == .notifyingQuery ? .silentQuery : .notifyingQuery
    let number = try Sample.number(0)
    for (activities, isAllowed) in [
      ([needed], true), ([needed, other], true), ([other], false), ([], false),
    ] as [(Set<Activity>, Bool)] {
      let bench = try Bench()
      bench.registry.record(try Sample.plan(), for: number, bornOn: nil)
      for author in [
        try Sample.nurse(activities: activities),
        .system(
          try AccreditedSystem(
            asid: "200000000123", name: "Registration", responsiblePerson: "Dr Lee", activities: activities)),
      ] {
        let context = try Sample.context(setting, author: author)
        if isAllowed {
          #expect(try await bench.found(number, context).count == 1)
          _ = try await bench.registry.accessHistory(for: bench.access(number, context))
        } else {
          let denied = RegistryError(.accessDenied)
          await #expect(throws: denied) { try await bench.registry.plans(for: bench.access(number, context)) }
          await #expect(throws: denied) {
            try await bench.registry.accessHistory(for: bench.access(number, context))
          }
          await #expect(throws: denied) {
            try await bench.registry.declare(
              bench.access(number, context))
          }
          #expect(try await bench.history(number).isEmpty)
          #expect(bench.notifications().isEmpty)
        }
      }
    }
  }

  @Test(
    "Unscheduled and a plan found: it enters the history and the LA is notified. Scheduled: neither",
    arguments: CareSetting.known)
  func settings(setting: CareSetting) async throws {
    let bench = try Bench()
    let number = try Sample.number(0)
    bench.registry.record(try Sample.plan(), for: number, bornOn: nil)
    #expect(try await bench.found(number, try Sample.context(setting)).count == 1)
    let isTold = setting.care == .unscheduled
    #expect(try await bench.history(number).count == (isTold ? 1 : 0))
    #expect(bench.notifications().map(\.total) == (isTold ? [1] : []))
  }

  @Test("No plan found: neither history nor notice, under any setting", arguments: CareSetting.known)
  func noPlan(setting: CareSetting) async throws {
    let bench = try Bench()
    let number = try Sample.number(0)
    #expect(try await bench.found(number, try Sample.context(setting)).isEmpty)
    bench.registry.record(try Sample.plan(start: "202401010000", end: "202501010000"), for: number, bornOn: nil)
    #expect(try await bench.found(number, try Sample.context(setting)).isEmpty)
    #expect(bench.notifications().isEmpty)
    bench.registry.record(try Sample.plan(), for: number, bornOn: nil)
    #expect(try await bench.history(number).isEmpty)
  }

  @Test("Several LAs hold plans: each is told of the access once, however many plans it holds")
  func everyAuthorityIsTold() async throws {
    let bench = try Bench()
    let number = try Sample.number(0)
    for code in ["711", "712", "713"] {
      for kind in [PlanKind.childProtectionPlan, .lookedAfterChild] {
        bench.registry.record(
          try Sample.plan(kind, authority: try Sample.authority(code)), for: number, bornOn: nil)
      }
    }
    _ = try await bench.found(number, try Sample.context())
    let notices = bench.notifications()
    #expect(notices.map(\.recipient.code.text) == ["711", "712", "713"])
    #expect(notices.map(\.total) == [1, 1, 1])
  }

  @Test("An LA whose plan is no longer shown is not told")
  func pastPlanIsNotTold() async throws {
    let bench = try Bench()
    let number = try Sample.number(0)
    bench.registry.record(try Sample.plan(), for: number, bornOn: nil)
    bench.registry.record(
      try Sample.plan(start: "202401010000", end: "202501010000", authority: try Sample.authority("712")),
      for: number, bornOn: nil)
    _ = try await bench.found(number, try Sample.context())
    #expect(bench.notifications().map(\.recipient.code.text) == ["711"])
  }

  @Test("The same access sent again (same identity) counts once; every distinct access reaches the LA")
  func sameIdentityCountsOnce() async throws {
    let bench = try Bench()
    let number = try Sample.number(0)
    bench.registry.record(try Sample.plan(), for: number, bornOn: nil)
    let id = Access.ID(UUID())
    for _ in 1...3 { #expect(try await bench.found(number, Sample.context(), id: id).count == 1) }
    try await bench.registry.declare(bench.access(number, id: id))
    _ = try await bench.found(number, Sample.context())
    #expect(bench.notifications().map(\.total) == [2])
    // Also after the window has closed.
    _ = try await bench.found(number, Sample.context(), id: id)
    #expect(bench.notifications().isEmpty)
  }

  @Test("A trace id whose first query found nothing counts when a later one finds a plan")
  func traceCountsOncePlanIsThere() async throws {
    let bench = try Bench()
    let number = try Sample.number(0)
    let context = try Sample.context()
    #expect(try await bench.found(number, context).isEmpty)
    bench.registry.record(try Sample.plan(), for: number, bornOn: nil)
    #expect(try await bench.found(number, context).count == 1)
    #expect(try await bench.history(number).count == 1)
    #expect(bench.notifications().map(\.total) == [1])
  }

  @Test("A trace id first used silently counts when it is used in unscheduled care")
  func silentThenNotifying() async throws {
    let bench = try Bench()
    let number = try Sample.number(0)
    bench.registry.record(try Sample.plan(), for: number, bornOn: nil)
    let id = Access.ID(UUID())
    _ = try await bench.found(number, Sample.context(.camhs(.scheduled)), id: id)
    _ = try await bench.found(number, Sample.context(.ambulance), id: id)
    #expect(bench.notifications().map(\.total) == [1])
  }

  @Test("One identity used for two children counts for each: no child is missed by a client's slip")
  func identityOfTwoChildren() async throws {
    let bench = try Bench()
    let id = Access.ID(UUID())
    for index in 0...1 {
      bench.registry.record(try Sample.plan(), for: try Sample.number(index), bornOn: nil)
      _ = try await bench.found(try Sample.number(index), Sample.context(), id: id)
    }
    #expect(bench.notifications().map(\.total) == [2])
  }

  @Test("A repeat tells an LA whose plan came since the first time, and lists nothing twice")
  func repeatTellsNewAuthority() async throws {
    let bench = try Bench()
    let number = try Sample.number(0)
    let id = Access.ID(UUID())
    let firstTime = bench.clock.now
    bench.registry.record(try Sample.plan(), for: number, bornOn: nil)
    _ = try await bench.found(number, Sample.context(), id: id)
    _ = bench.notifications()
    bench.clock.advance(by: .seconds(600))
    bench.registry.record(try Sample.plan(authority: try Sample.authority("712")), for: number, bornOn: nil)
    _ = try await bench.found(number, Sample.context(), id: id)
    let notices = bench.notifications()
    #expect(notices.map(\.recipient.code.text) == ["712"])
    #expect(notices.first?.groups.first?.accesses.first?.time == firstTime)
    #expect(try await bench.history(number).map(\.time) == [firstTime])
  }

  @Test(
    "Never gate a query on age alone: a mother of any age may carry a UCP", arguments: ["19720101", "20130101"])
  func anyAge(born: String) async throws {
    let bench = try Bench()
    let mother = try Sample.number(0)
    bench.registry.record(
      try Sample.plan(.unbornChildProtectionPlan, end: "202702010000"), for: mother, bornOn: try Sample.day(born))
    #expect(try await bench.found(mother, try Sample.context(.maternity)).count == 1)
    #expect(bench.notifications().map(\.total) == [1])
  }

  @Test("Author: a person or a system with a named responsible person is shown as such in history and notice")
  func authors() async throws {
    let bench = try Bench()
    let number = try Sample.number(0)
    bench.registry.record(try Sample.plan(), for: number, bornOn: nil)
    let system = Author.system(
      try AccreditedSystem(
        asid: "200000000123", name: "Registration", responsiblePerson: "Dr Lee", activities: [.notifyingQuery]))
    _ = try await bench.found(number, try Sample.context(author: try Sample.nurse()))
    bench.clock.advance(by: .seconds(60))
    _ = try await bench.found(number, try Sample.context(author: system))
    let history = try await bench.history(number)
    #expect(history.map(\.viewerName) == ["Dr Lee (Registration)", "Asha Patel"])
    #expect(history.map(\.jobRole) == ["System", "Nurse"])
    #expect(history.map(\.organisationName) == ["St Agnes Hospital", "St Agnes Hospital"])
    let accesses = try #require(bench.notifications().first?.groups.first?.accesses)
    #expect(accesses.map(\.author) == [try Sample.nurse(), system])
  }

  @Test("A superseded number finds nothing; the LA gets an inactive-number notice, and no access")
  func superseded() async throws {
    let bench = try Bench()
    let (old, new) = (try Sample.number(0), try Sample.number(1))
    bench.registry.record(try Sample.plan(), for: old, bornOn: nil, fileID: 17)
    bench.registry.supersede(old, by: [new])
    #expect(try await bench.found(old, try Sample.context()).isEmpty)
    #expect(try await bench.history(old).isEmpty)
    let notices = bench.registry.noticesDue
    #expect(notices.count == 1)
    guard case .inactiveNumber(let notice) = try #require(notices.first) else {
      Issue.record("not an inactive-number notice")
      return
    }
    #expect((notice.oldNumber, notice.fileID) == (old, 17))
    #expect(notice.replacements == [new])
    #expect(bench.notifications().isEmpty)
  }

  @Test("Queries from many tasks at once: every access reaches the LA, once")
  func concurrentQueries() async throws {
    let bench = try Bench()
    let numbers = try (0..<8).map { try Sample.number($0) }
    for number in numbers { bench.registry.record(try Sample.plan(), for: number, bornOn: nil) }
    let context = try Sample.context()
    let sink = RecordingSink()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in numbers {
        group.addTask {
          for _ in 0..<50 {
            let access = try bench.access(number, context)
            _ = try await bench.registry.plans(for: access)
            _ = try await bench.registry.plans(for: access)
          }
        }
        group.addTask {
          for _ in 0..<10 {
            bench.registry.closeWindow()
            _ = await bench.registry.deliverNotices(to: sink)
          }
        }
      }
      try await group.waitForAll()
    }
    bench.registry.closeWindow()
    _ = await bench.registry.deliverNotices(to: sink)
    var ids: [Access.ID] = []
    for case .accessToService(let notice) in sink.notices {
      ids += notice.groups.flatMap(\.accesses).map(\.id)
    }
    #expect(ids.count == 400)
    #expect(Set(ids).count == 400)
    #expect(sink.offerCount == sink.notices.count)
  }
}
