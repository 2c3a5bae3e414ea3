import CPIS
import CPISReference
import Foundation
import NHSNumbers
import Testing

@Suite("Section 3. Accesses declared after the event")
struct DeclarationTests {
  private func declare(
    _ bench: Bench, _ number: NHSNumber, at time: String, _ setting: CareSetting = .emergencyDepartment,
    id: Access.ID = Access.ID(UUID())
  ) async throws {
    try await bench.registry.declare(
      Sample.access(number, Sample.context(setting), id: id, at: Sample.instant(time)))
  }

  @Test("A declared access enters history and notice with its own time, not that of the declaration")
  func declaredTime() async throws {
    let bench = try Bench()
    let number = try Sample.number(0)
    bench.registry.record(try Sample.plan(), for: number, bornOn: nil)
    try await declare(bench, number, at: "202611190330")
    #expect(try await bench.history(number).map(\.time) == [try Sample.instant("202611190330")])
    let access = try #require(bench.notifications().first?.groups.first?.accesses.first)
    #expect(access.time == (try Sample.instant("202611190330")))
  }

  @Test("Scheduled: a declaration keeps nothing")
  func scheduled() async throws {
    let bench = try Bench()
    let number = try Sample.number(0)
    bench.registry.record(try Sample.plan(), for: number, bornOn: nil)
    try await declare(bench, number, at: "202611190330", .dentistry)
    #expect(try await bench.history(number).isEmpty)
    #expect(bench.notifications().isEmpty)
  }

  @Test("No plan found: a declaration keeps nothing, and the same one counts when it comes again with a plan there")
  func noPlan() async throws {
    let bench = try Bench()
    let number = try Sample.number(0)
    let id = Access.ID(UUID())
    try await declare(bench, number, at: "202611211300", id: id)
    bench.registry.record(try Sample.plan(), for: number, bornOn: nil)
    #expect(try await bench.history(number).isEmpty)
    #expect(bench.notifications().isEmpty)
    try await declare(bench, number, at: "202611211300", id: id)
    try await declare(bench, number, at: "202611211300", id: id)
    #expect(bench.notifications().map(\.total) == [1])
  }

  @Test("The same identity counts once whether by query or declaration, in either order", arguments: [true, false])
  func oncePerIdentity(queryFirst: Bool) async throws {
    let bench = try Bench()
    let number = try Sample.number(0)
    bench.registry.record(try Sample.plan(), for: number, bornOn: nil)
    let id = Access.ID(UUID())
    if queryFirst { _ = try await bench.found(number, id: id) }
    try await declare(bench, number, at: "202611211402", id: id)
    if !queryFirst { _ = try await bench.found(number, id: id) }
    #expect(try await bench.history(number).count == 1)
    #expect(bench.notifications().map(\.total) == [1])
  }

  @Test("It counts when a plan was shown on the day of the access, though it has left since")
  func planHasLeft() async throws {
    // The last day of a plan that ended 365 days earlier is 20 November.
    for (time, isTold) in [("202611202359", true), ("202611210000", false)] {
      let bench = try Bench()
      let number = try Sample.number(0)
      bench.registry.record(
        try Sample.plan(start: "202401010000", end: "202511200000"), for: number, bornOn: nil)
      #expect(try await bench.found(number).isEmpty)
      try await declare(bench, number, at: time)
      #expect(bench.notifications().map(\.total) == (isTold ? [1] : []), "\(time)")
    }
  }

  @Test("It counts when a plan is shown now, though the declared time is wrong by years", arguments: [-3, 3])
  func wrongClock(years: Int) async throws {
    let bench = try Bench()
    let number = try Sample.number(0)
    bench.registry.record(try Sample.plan(end: "202611010000"), for: number, bornOn: nil)
    let time = bench.clock.now.addingTimeInterval(Double(years) * 365 * 86_400)
    try await bench.registry.declare(
      Sample.access(number, Sample.context(), at: time))
    #expect(bench.notifications().first?.groups.first?.accesses.map(\.time) == [time])
  }

  @Test("It counts for a number superseded since, and the LA hears of that too")
  func supersededSince() async throws {
    let bench = try Bench()
    let number = try Sample.number(0)
    bench.registry.record(try Sample.plan(), for: number, bornOn: nil)
    bench.registry.supersede(number, by: [])
    try await declare(bench, number, at: "202611211300")
    bench.registry.closeWindow()
    let notices = bench.registry.takeNotices()
    #expect(notices.count == 2)
    guard case .inactiveNumber = notices.first, case .accessToService(let notice) = notices.last else {
      Issue.record("expected an inactive-number notice and an access notice")
      return
    }
    #expect(notice.total == 1)
  }

  @Test("A withdrawn plan is nobody's plan: a declaration keeps nothing")
  func withdrawn() async throws {
    let bench = try Bench()
    let number = try Sample.number(0)
    let plan = try Sample.plan()
    bench.registry.record(plan, for: number, bornOn: nil)
    bench.registry.withdraw(plan, for: number)
    try await declare(bench, number, at: "202611211300")
    #expect(bench.notifications().isEmpty)
  }
}
