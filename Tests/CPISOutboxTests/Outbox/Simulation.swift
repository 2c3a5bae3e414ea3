import CPIS
import CPISFiles
import CPISOutbox
import CPISTestSupport
import Foundation
import NHSNumbers
import Synchronization

/// An EPR, its outbox on a disk that loses power, and a registry that is slow, away or hard of hearing, in virtual
/// time. Everything that happens follows from the seed.
final class Simulation {
  struct Totals: Hashable, Sendable {
    var notices = 0
    var arrivals = 0
    var crashes = 0
    var faults = 0
    var jumps = 0
    var parked = 0

    static func += (a: inout Totals, b: Totals) {
      a.notices += b.notices
      a.arrivals += b.arrivals
      a.crashes += b.crashes
      a.faults += b.faults
      a.jumps += b.jumps
      a.parked += b.parked
    }
  }

  /// A registry as it should be: counts by identity, and tells the authority once for each.
  private struct Registry {
    var random: SeededGenerator
    var isAway = false
    var isHealed = false
    var poison: Set<UUID> = []
    var record: [UUID: Access] = [:]
    var order: [NHSNumber: [UUID]] = [:]
    var authorityNotices: [UUID: Int] = [:]
    var arrivals = 0

    mutating func declare(_ access: Access) -> DeliveryError? {
      arrivals += 1
      if isHealed {
        take(access)
        return nil
      }
      if isAway { return DeliveryError(.unavailable) }
      if poison.contains(access.id.uuid) {
        return DeliveryError([.rejected, .unusableAnswer, .timedOut].randomElement(using: &random) ?? .other)
      }
      switch Int.random(in: 0..<20, using: &random) {
      case 0: return DeliveryError(.tooManyRequests, retryAfter: .seconds(Int.random(in: 1...120, using: &random)))
      case 1: return DeliveryError(.unusableAnswer)
      case 2...4:
        // It arrived, and the answer got lost.
        take(access)
        return DeliveryError(.timedOut)
      default:
        take(access)
        return nil
      }
    }

    private mutating func take(_ access: Access) {
      let id = access.id.uuid
      guard record[id] == nil else { return }
      record[id] = access
      order[access.patient, default: []].append(id)
      authorityNotices[id, default: 0] += 1
    }
  }

  private final class World: Sendable {
    let registry: Mutex<Registry>
    let jitter: Mutex<SeededGenerator>
    let parked = Mutex<Set<UUID>>([])

    init(seed: UInt64) {
      registry = Mutex(Registry(random: SeededGenerator(seed: seed &* 3 &+ 1)))
      jitter = Mutex(SeededGenerator(seed: seed &* 3 &+ 2))
    }
  }

  private let world: World
  /// Half of the seeds run without one.
  private let sealer: (any PayloadSealer)?
  private let policy: OutboxPolicy
  private let clock = TestClock()
  private var random: SeededGenerator
  private var fileSystem = MemoryFileSystem()
  private var store: FileOutboxStore?
  private var outbox: Outbox?
  private var nextIndex = 0
  /// What each child's EPR session has offered and not been told is safe: it offers nothing else before.
  private var unacknowledged: [Int: Notice] = [:]
  private var acknowledged: [Notice] = []
  private var fault: String?
  private(set) var totals = Totals()

  /// - Parameter workers: with more than one, what happens follows from more than the seed.
  init(seed: UInt64, workers: Int = 1) {
    world = World(seed: seed)
    policy = simulatedPolicy(workers: workers)
    sealer = seed % 2 == 0 ? TurningSealer() : nil
    random = SeededGenerator(seed: seed)
  }

  /// Runs, and tells what went wrong; `nil` when nothing did.
  func run() async throws -> String? {
    try await open()
    for _ in 0..<60 where fault == nil {
      switch Int.random(in: 0..<20, using: &random) {
      case 0..<8: try await produce()
      case 8..<12: try await drain()
      case 12..<15: clock.advance(Double.random(in: 0...400, using: &random))
      case 15: toggleOutage()
      case 16: jump()
      case 17: armCrash()
      case 18: armFault()
      default: try await crash()
      }
    }
    try await heal()
    if fault == nil { judge() }
    await store?.close()
    return fault
  }

  private func open() async throws {
    let store = try await FileOutboxStore.open(fileSystem, folder: "/data/outbox", options: Self.options)
    self.store = store
    let world = world
    outbox = try await Outbox(
      store: store,
      delivery: Delivery { (notice) throws(DeliveryError) in
        guard case .undeclaredAccess(let undeclared) = notice else { throw DeliveryError(.rejected) }
        let access = undeclared.access
        await Task.yield()
        if let error = world.registry.withLock({ $0.declare(access) }) { throw error }
      }, sealer: sealer, policy: policy, clock: clock,
      random: { world.jitter.withLock { Double.random(in: 0..<1, using: &$0) } },
      observer: EventTap { event in
        if case .parked = event.kind, let key = event.key { _ = world.parked.withLock { $0.insert(key.id) } }
      })
    if let counters = outbox?.counters, !counters.areBalanced || counters.lost > 0 {
      fault = "opened with \(counters)"
    }
  }

  private static var options: Journal.Options {
    var options = Journal.Options()
    options.segmentBytes = 4_000
    options.garbageBytes = 6_000
    return options
  }

  private func produce() async throws {
    let child = Int.random(in: 0..<5, using: &random)
    let notice: Notice
    if let waiting = unacknowledged[child] {
      notice = waiting
    } else {
      notice = try declaration(nextIndex, child: child)
      if Int.random(in: 0..<25, using: &random) == 0 {
        world.registry.withLock { _ = $0.poison.insert(notice.id) }
      }
      nextIndex += 1
      totals.notices += 1
      unacknowledged[child] = notice
    }
    do throws(SinkError) {
      try await outbox?.accept(notice)
      acknowledged.append(notice)
      unacknowledged[child] = nil
    } catch {
      try await reopenIfStopped()
    }
  }

  private func drain() async throws {
    do throws(OutboxError) { try await outbox?.drain() } catch { try await reopenIfStopped() }
  }

  private func toggleOutage() { world.registry.withLock { $0.isAway.toggle() } }

  private func jump() {
    totals.jumps += 1
    clock.advance(Double.random(in: -100_000...100_000, using: &random))
  }

  /// From some call soon, the disk answers no more.
  private func armCrash() {
    let call = fileSystem.calls + Int.random(in: 1..<12, using: &random)
    fileSystem.plan { number, _ in number >= call ? .fail(.deviceFailed) : nil }
  }

  /// One call soon fails or is cut short.
  private func armFault() {
    totals.faults += 1
    let call = fileSystem.calls + Int.random(in: 0..<8, using: &random)
    let choices: [MemoryFileSystem.Fault] = [
      .fail(.diskFull), .fail(.deviceFailed), .fail(.interrupted), .short(3), .partThenFail(9, .diskFull),
      .failAfterwards(.deviceFailed),
    ]
    let choice = choices.randomElement(using: &random) ?? .short(1)
    fileSystem.plan { number, _ in number == call ? choice : nil }
  }

  /// An EPR that is told "unavailable" opens the store anew; one that still works is opened anew for nothing.
  private func reopenIfStopped() async throws { try await crash() }

  /// The process is killed, or the power goes: then the disk keeps any of what it may keep.
  private func crash() async throws {
    totals.crashes += 1
    await store?.close()
    var disk = fileSystem.disk
    if Bool.random(using: &random) { disk = disk.anyCrash(using: &random) }
    fileSystem = MemoryFileSystem(disk)
    try await open()
  }

  /// The registry is back for good, the disk too, and somebody looks after what is parked.
  private func heal() async throws {
    world.registry.withLock { $0.isHealed = true }
    try await crash()
    for child in unacknowledged.keys.sorted() {
      guard let notice = unacknowledged[child] else { continue }
      try await outbox?.accept(notice)
      acknowledged.append(notice)
    }
    for _ in 0..<100 {
      for item in outbox?.parkedItems ?? [] {
        totals.parked += 1
        _ = world.parked.withLock { $0.insert(item.key.id) }
        try await outbox?.retry(item.key)
      }
      try await outbox?.drain()
      if outbox?.counters.pending == 0 { break }
      clock.advance(100_000)
    }
  }

  private func judge() {
    let registry = world.registry.withLock { $0 }
    totals.arrivals = registry.arrivals
    guard let counters = outbox?.counters, counters.areBalanced, counters.pending == 0, counters.parked == 0,
      counters.lost == 0
    else {
      fault = "in the end \(outbox?.counters.description ?? "no outbox")"
      return
    }
    let expected = Set(acknowledged.map(\.id))
    if Set(registry.record.keys) != expected {
      fault = "recorded \(registry.record.count) of \(expected.count)"
    }
    if registry.authorityNotices.values.contains(where: { $0 != 1 }) { fault = "an authority was told twice" }
    for case .undeclaredAccess(let notice) in acknowledged
    where registry.record[notice.access.id.uuid] != notice.access {
      fault = "an access was changed"
    }
    let parked = world.parked.withLock { $0 }
    for (patient, arrived) in registry.order {
      var offered: [UUID] = []
      for case .undeclaredAccess(let notice) in acknowledged where notice.access.patient == patient {
        offered.append(notice.access.id.uuid)
      }
      if arrived.filter({ !parked.contains($0) }) != offered.filter({ !parked.contains($0) }) {
        fault = "order of a child: \(arrived.count) arrived"
      }
    }
  }
}
