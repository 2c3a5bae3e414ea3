import CPIS
import CPISReference
import Foundation
import Synchronization
import Testing

@Suite("A clock under the caller's control")
struct ManualClockTests {
  private final class Order: Sendable {
    let names = Mutex<[Int]>([])
    func note(_ name: Int) { names.withLock { $0.append(name) } }
  }

  private func clock() -> ManualClock { ManualClock(Date(timeIntervalSince1970: 0)) }

  @Test("It stands still, advances and may be set back")
  func moves() {
    let clock = clock()
    #expect(clock.now.timeIntervalSince1970 == 0)
    clock.advance(by: .milliseconds(1500))
    #expect(clock.now.timeIntervalSince1970 == 1.5)
    clock.set(Date(timeIntervalSince1970: -100))
    #expect(clock.now.timeIntervalSince1970 == -100)
    clock.advance(by: .seconds(-5))
    #expect(clock.now.timeIntervalSince1970 == -105)
  }

  @Test("A sleeper wakes when its time has passed, and not before", .timeLimit(.minutes(1)))
  func wakes() async throws {
    let clock = clock()
    let woken = Order()
    let task = Task {
      try await clock.sleep(for: .seconds(10))
      woken.note(1)
    }
    await clock.waitForSleepers(1)
    clock.advance(by: .milliseconds(9999))
    #expect(clock.sleeperCount == 1)
    clock.advance(by: .milliseconds(1))
    #expect(clock.sleeperCount == 0)
    try await task.value
    #expect(woken.names.withLock { $0 } == [1])
  }

  @Test("Setting the time of day, or moving it back, neither wakes nor stretches a sleep", .timeLimit(.minutes(1)))
  func setting() async throws {
    let clock = clock()
    let task = Task { try await clock.sleep(for: .seconds(10)) }
    await clock.waitForSleepers(1)
    clock.set(Date(timeIntervalSince1970: 1_000_000))
    clock.set(Date(timeIntervalSince1970: -1_000_000))
    clock.advance(by: .seconds(-100))
    #expect(clock.sleeperCount == 1)
    clock.advance(by: .seconds(10))
    try await task.value
  }

  @Test("Sleepers wake at their own deadlines, in order", .timeLimit(.minutes(1)))
  func order() async throws {
    let clock = clock()
    let woken = Order()
    let tasks = [3, 1, 2].map { seconds in
      Task {
        try await clock.sleep(for: .seconds(seconds))
        woken.note(seconds)
      }
    }
    await clock.waitForSleepers(3)
    for left in [2, 1, 0] {
      clock.advance(by: .seconds(1))
      #expect(clock.sleeperCount == left)
    }
    for task in tasks { try await task.value }
    #expect(Set(woken.names.withLock { $0 }) == [1, 2, 3])
  }

  @Test("A cancelled sleeper leaves at once with a cancellation error", .timeLimit(.minutes(1)))
  func cancelled() async throws {
    let clock = clock()
    let task = Task { try await clock.sleep(for: .seconds(10)) }
    await clock.waitForSleepers(1)
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(clock.sleeperCount == 0)
    clock.advance(by: .seconds(20))
  }

  @Test("Cancelling at any moment wakes a sleeper exactly once", .timeLimit(.minutes(1)))
  func cancelledAnyTime() async {
    let clock = clock()
    for round in 0..<500 {
      let task = Task { try await clock.sleep(for: .seconds(10)) }
      if round.isMultiple(of: 2) { await Task.yield() }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
    }
    #expect(clock.sleeperCount == 0)
  }

  @Test("A sleep of no length returns at once, and a cancelled task does not sleep", .timeLimit(.minutes(1)))
  func nothingToWaitFor() async throws {
    let clock = clock()
    try await clock.sleep(for: .zero)
    try await clock.sleep(for: .seconds(-1))
    let task = Task {
      unsafe withUnsafeCurrentTask { task in unsafe task?.cancel() }
      try await clock.sleep(for: .seconds(1))
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test("A recording sink keeps order, keeps a repeat once, and can be waited for", .timeLimit(.minutes(1)))
  func recordingSink() async throws {
    let sink = RecordingSink()
    let declarations = try (0..<3).map { index in
      Notice.undeclaredAccess(
        UndeclaredAccess(
          id: UUID(), access: try Sample.access(Sample.number(index), at: Sample.instant("202611211402"))))
    }
    async let kept = sink.waitForNotices(3)
    for notice in declarations + declarations { try await sink.accept(notice) }
    #expect(await kept.prefix(3).map(\.id) == declarations.map(\.id))
    #expect(sink.notices == declarations)
    #expect(sink.offerCount == 6)
  }
}
