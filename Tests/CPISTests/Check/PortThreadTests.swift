import CPIS
import CPISReference
import Foundation
import NHSNumbers
import Synchronization
import Testing

/// Blocks threads until it is opened.
private final class Barrier: Sendable {
  private let condition = NSCondition()
  private let state = Mutex((isOpen: false, waiting: 0))

  /// How many threads it blocks.
  var waiting: Int { state.withLock { $0.waiting } }

  func open() {
    state.withLock { $0.isOpen = true }
    condition.lock()
    condition.broadcast()
    condition.unlock()
  }

  /// Blocks the thread, as a client over a blocking library does.
  func pass() {
    state.withLock { $0.waiting += 1 }
    condition.lock()
    while !state.withLock({ $0.isOpen }) { condition.wait() }
    condition.unlock()
    state.withLock { $0.waiting -= 1 }
  }
}

/// A client over a library that blocks its thread.
private struct BlockingRegistry: RegistryClient {
  let base: ReferenceRegistry
  let barrier: Barrier

  func plans(for access: Access) async throws(RegistryError) -> RegistryAnswer {
    barrier.pass()
    return try await base.plans(for: access)
  }

  func declare(_ access: Access) async throws(RegistryError) {
    barrier.pass()
    try await base.declare(access)
  }

  func accessHistory(for access: Access) async throws(RegistryError) -> AccessHistory {
    barrier.pass()
    return try await base.accessHistory(for: access)
  }
}

/// A sink over a library that blocks its thread.
private struct BlockingSink: NotificationSink {
  let base: RecordingSink
  let barrier: Barrier

  func accept(_ notice: Notice) async throws(SinkError) {
    barrier.pass()
    try await base.accept(notice)
  }
}

@Suite("Ports that block their threads", .serialized)
struct PortThreadTests {
  private let clock = ManualClock(Sample.night)

  private func eventually(_ condition: () -> Bool) async throws {
    for _ in 0..<2_000 where !condition() { try await Task.sleep(for: .milliseconds(5)) }
    try #require(condition())
  }

  @Test(
    "A registry that blocks sixty threads for as long as it likes holds up neither its own checks nor another's")
  func registry() async throws {
    let (barrier, sink) = (Barrier(), RecordingSink())
    let reference = ReferenceRegistry(clock: clock, seed: 1)
    let service = try TriageService(
      registry: BlockingRegistry(base: reference, barrier: barrier), notices: sink, clock: clock)
    let context = try Sample.context()
    let checks = (0..<60).map { index in
      Task { await service.check(Sample.numbers[index], in: context) }
    }
    try await eventually { barrier.waiting == 60 && clock.sleeperCount == 60 }
    // The shared threads are free: a service whose registry answers is not delayed.
    let other = try TriageService(registry: reference, notices: RecordingSink(), clock: clock)
    #expect(await other.check(Sample.numbers[0], in: context).noPlan != nil)
    // Each check ends at its deadline, although its call is still blocked.
    clock.advance(by: .seconds(5))
    for check in checks {
      let refusal = try #require(await check.value.refusal)
      #expect(refusal.reason == .registryTooSlow && refusal.authorityTold == .entrusted)
    }
    #expect(barrier.waiting == 60 && sink.notices.count == 60)
    barrier.open()
    try await eventually { barrier.waiting == 0 && service.isIdle }
    // What answered late has closed the guard, and the next check is answered.
    #expect(!service.registryGuard.isOpen)
    #expect(await service.check(Sample.numbers[200], in: context).noPlan != nil)
  }

  @Test("More calls than may be in flight are refused at once, and the accesses handed on")
  func moreThanInFlight() async throws {
    let (barrier, sink) = (Barrier(), RecordingSink())
    let reference = ReferenceRegistry(clock: clock, seed: 1)
    let service = try TriageService(
      registry: BlockingRegistry(base: reference, barrier: barrier), notices: sink, clock: clock)
    let context = try Sample.context()
    let checks = (0..<64).map { index in
      Task { await service.check(Sample.numbers[index], in: context) }
    }
    try await eventually { barrier.waiting == 64 && service.registryGuard.callsInFlight == 64 }
    for index in 64..<200 {
      let refusal = try #require(await service.check(Sample.numbers[index], in: context).refusal)
      #expect(refusal.reason == .registryUnavailable && refusal.authorityTold == .entrusted)
    }
    #expect(!service.registryGuard.isOpen && sink.notices.count == 136)
    barrier.open()
    for check in checks { #expect(await check.value.noPlan != nil) }
    try await eventually { service.isIdle && service.registryGuard.callsInFlight == 0 }
  }

  @Test("A sink that blocks its thread is waited for no longer than its deadline, and gets every notice in the end")
  func sink() async throws {
    let (barrier, recording) = (Barrier(), RecordingSink())
    let reference = ReferenceRegistry(clock: clock, seed: 1)
    reference.record(try Sample.plan(), for: Sample.numbers[0], bornOn: nil)
    let service = try TriageService(
      registry: AskedRegistry(base: reference), notices: BlockingSink(base: recording, barrier: barrier),
      clock: clock)
    let context = try Sample.context()
    let check = Task { await service.check(Sample.numbers[0], in: context) }
    try await eventually { barrier.waiting == 1 && clock.sleeperCount == 1 }
    clock.advance(by: .seconds(2))
    let found = try #require(await check.value.plans)
    #expect(found.safeguardingTold == .heldInMemory)
    #expect(found.displayText.contains("safeguarding team has not been told of this plan yet. Ring them."))
    barrier.open()
    for _ in 0..<200 where service.heldNoticeCount > 0 {
      clock.advance(by: .seconds(1))
      try await Task.sleep(for: .milliseconds(5))
    }
    #expect(service.heldNoticeCount == 0 && recording.notices.count == 1)
  }
}
