import CPIS
import CPISReference
import CPISTestSupport
import Foundation
import NHSNumbers
import Testing

@Suite("Section 3. Access history")
struct AccessHistoryTests {
  private let start = Date(timeIntervalSince1970: 1_795_000_000)

  /// A registry in which one child was seen at these hours after the start, in this order, by viewer and trust.
  private func seen(_ views: [(hours: Double, user: String, trust: String)]) async throws -> [Double] {
    let bench = try Bench()
    let number = try Sample.number(0)
    bench.registry.record(try Sample.plan(), for: number, bornOn: nil)
    for view in views {
      bench.clock.set(start.addingTimeInterval(view.hours * 3600))
      let context = try Sample.context(
        author: try Sample.nurse(view.user), organisation: try Sample.trust(view.trust))
      _ = try await bench.found(number, context)
    }
    bench.clock.set(start.addingTimeInterval(86_400 * 60))
    let total = bench.notifications().map(\.total).reduce(0, +)
    #expect(total == views.count, "every distinct access still reaches the LA")
    return try await bench.history(number).map { $0.time.timeIntervalSince(start) / 3600 }
  }

  private func seen(_ hours: [Double]) async throws -> [Double] {
    try await seen(hours.map { ($0, "1", "RJ1") })
  }

  @Test("The 25 most recent unscheduled accesses, most recent first", arguments: [0, 1, 24, 25, 26, 40])
  func mostRecent(count: Int) async throws {
    let views = (0..<count).map { (Double($0), "\($0)", "RJ1") }
    let listed = try await seen(views)
    #expect(listed == views.map(\.0).reversed().prefix(25).map { $0 })
  }

  @Test("The same author viewing again within 24 hours is listed once, by the first view")
  func withinADay() async throws {
    #expect(try await seen([0, 1, 12, 23.75]) == [0])
    #expect(try await seen([0, 24]) == [24, 0])
    #expect(try await seen([0, 23.75, 24.25]) == [24.25, 0])
  }

  @Test("Views 20 hours apart are listed every other time: 24 hours count from the view that is listed")
  func chain() async throws {
    #expect(try await seen([0, 20, 40, 60, 80]) == [80, 40, 0])
    #expect(try await seen([0, 10, 20, 30, 40, 50, 60]) == [60, 30, 0])
  }

  @Test("Another user id, or the same at another organisation, is another author")
  func otherAuthors() async throws {
    #expect(
      try await seen([(0, "1", "RJ1"), (1, "2", "RJ1"), (2, "1", "RJ2"), (3, "1", "RJ1"), (4, "2", "RJ2")])
        == [4, 2, 1, 0])
  }

  @Test("A view that is not listed takes no place among the 25")
  func repeatsTakeNoPlace() async throws {
    var views: [(Double, String, String)] = []
    for user in 0..<25 {
      views.append((Double(user), "\(user)", "RJ1"))
      views.append((Double(user) + 0.5, "\(user)", "RJ1"))
    }
    #expect(try await seen(views) == (0..<25).reversed().map { Double($0) })
  }

  @Test("A late declaration takes its place by its time, and may be the first view of a day")
  func lateDeclaration() async throws {
    #expect(try await seen([30, 5, 2]) == [30, 2])
  }

  @Test("A system and a person with the same identifier are two authors")
  func systemAndPerson() async throws {
    let bench = try Bench()
    let number = try Sample.number(0)
    bench.registry.record(try Sample.plan(), for: number, bornOn: nil)
    let system = Author.system(
      try AccreditedSystem(asid: "1", name: "EPR", responsiblePerson: "Dr Lee", activities: [.notifyingQuery]))
    for author in [try Sample.nurse("1"), system] {
      _ = try await bench.found(number, try Sample.context(author: author))
    }
    #expect(try await bench.history(number).count == 2)
  }

  @Test("Reading the history alone neither logs nor notifies")
  func readingIsSilent() async throws {
    let bench = try Bench()
    let number = try Sample.number(0)
    bench.registry.record(try Sample.plan(), for: number, bornOn: nil)
    for setting in CareSetting.known {
      let history = try await bench.registry.accessHistory(for: bench.access(number, Sample.context(setting)))
      #expect(history == AccessHistory(patient: number, entries: [], completeness: .complete))
    }
    #expect(bench.notifications().isEmpty)
  }

  @Test("With the last plan the history leaves; with another plan, accesses to one that has left are still listed")
  func plansThatAreGone() async throws {
    let bench = try Bench()
    let number = try Sample.number(0)
    let plan = try Sample.plan()
    bench.registry.record(plan, for: number, bornOn: nil)
    _ = try await bench.found(number, try Sample.context())
    bench.registry.withdraw(plan, for: number)
    #expect(try await bench.history(number).isEmpty)
    // What was noted before the withdrawal still reaches the authority.
    #expect(bench.notifications().map(\.total) == [1])
    bench.registry.record(try Sample.plan(.lookedAfterChild), for: number, bornOn: nil)
    #expect(try await bench.history(number).count == 1)
  }

  @Test("A child nobody has seen, and one without a plan, have an empty history; the answer names its patient")
  func empty() async throws {
    let bench = try Bench()
    bench.registry.record(try Sample.plan(), for: try Sample.number(0), bornOn: nil)
    for index in 0...1 {
      let number = try Sample.number(index)
      let history = try await bench.registry.accessHistory(for: bench.access(number, Sample.context()))
      #expect(history.patient == number)
      #expect(history.entries.isEmpty)
      #expect(history.completeness == .complete)
    }
  }

  @Test("Random views are listed as the rule says it, word for word", arguments: 1...20)
  func againstTheRule(seed: Int) async throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let views = (0..<60).map { _ in
      (Double(Int.random(in: 0...400, using: &random)) / 2, "\(Int.random(in: 1...3, using: &random))", "RJ1")
    }
    // A view is listed unless a listed one by the same author lies less than 24 hours before it.
    var listed: [(hours: Double, user: String)] = []
    for view in views.sorted(by: { $0.0 < $1.0 }) {
      let isRepeat = listed.contains { $0.user == view.1 && view.0 - $0.hours < 24 }
      if !isRepeat { listed.append((view.0, view.1)) }
    }
    let expected = listed.map(\.hours).reversed().prefix(25).map { $0 }
    #expect(try await seen(views) == expected, "seed \(seed)")
  }
}
