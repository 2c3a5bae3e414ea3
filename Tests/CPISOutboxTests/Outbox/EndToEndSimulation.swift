import CPIS
import CPISFiles
import CPISOutbox
import CPISReference
import CPISTestSupport
import Foundation
import NHSNumbers
import Synchronization

/// An EPR's triage service, its outbox on a disk that loses power, and the reference registry behind a line that is
/// down, slow, doubles requests or loses answers, in virtual time. Everything that happens follows from the seed.
final class EndToEndSimulation {
  struct Totals: Hashable, Sendable {
    var checks = 0
    var declaredLater = 0
    var crashes = 0
    var outages = 0
    var jumps = 0
    var slow = 0
    var doubled = 0
    var repeated = 0

    /// Everything that the simulation is there for has happened.
    var areAllThere: Bool {
      [checks, declaredLater, crashes, outages, jumps, slow, doubled, repeated].allSatisfy { $0 > 0 }
    }

    static func += (a: inout Totals, b: Totals) {
      a.checks += b.checks
      a.declaredLater += b.declaredLater
      a.crashes += b.crashes
      a.outages += b.outages
      a.jumps += b.jumps
      a.slow += b.slow
      a.doubled += b.doubled
      a.repeated += b.repeated
    }
  }

  /// A visit that must be checked. The EPR keeps it until it was told that the authority will be.
  private struct Visit {
    let index: Int
    let child: Int
    let context: AccessContext
    var isChildWithPlan: Bool { child < 4 }
    var isDue: Bool { isChildWithPlan && context.setting.care == .unscheduled }
  }

  /// What the checks of a visit said.
  private struct Said {
    /// The identities of its accesses.
    var ids: Set<UUID> = []
    /// Those of which a check said that the authority is told, or will be.
    var promised: Set<UUID> = []
    /// The UK days of the first check in each life of the EPR: the identity follows from the day.
    var days: Set<CivilDay> = []
    var lastLife = -1
  }

  private let registry: ReferenceRegistry
  private let line: RegistryLine
  private let clock = TestClock()
  private let serviceClock: StillClock
  private let safeguarding = Receiver()
  private let jitter: Tally<SeededGenerator>
  private let seed: UInt64
  private let workers: Int
  private var random: SeededGenerator
  private var fileSystem = MemoryFileSystem()
  private var store: FileOutboxStore?
  private var outbox: Outbox?
  private var service: TriageService?
  private var open: [Visit] = []
  private var visits: [Visit] = []
  private var said: [Int: Said] = [:]
  /// How many notices of each access the authority got.
  private var told: [UUID: Int] = [:]
  private(set) var totals = Totals()

  /// - Parameter workers: with more than one, what happens follows from more than the seed.
  init(seed: UInt64, workers: Int = 1) throws {
    self.seed = seed
    self.workers = workers
    random = SeededGenerator(seed: seed)
    jitter = Tally(SeededGenerator(seed: seed &* 5 &+ 1))
    registry = ReferenceRegistry(clock: clock, seed: seed)
    let serviceClock = StillClock(clock)
    self.serviceClock = serviceClock
    line = RegistryLine(to: registry, seed: seed &* 5 &+ 2) { serviceClock.passAll(TriagePolicy().deadline) }
    let start = CivilTime(startOf: CivilDay(daysSince1970: 18_000))
    let plan = try Plan(kind: .childProtectionPlan, start: start, end: nil, authority: try sampleAuthority())
    for child in 0..<4 { registry.record(plan, for: try sampleNumber(child), bornOn: nil) }
  }

  /// Runs, and tells what went wrong; `nil` when nothing did.
  func run() async throws -> String? {
    defer {
      line.forgetWaiters()
      serviceClock.end()
    }
    try await start()
    for _ in 0..<50 {
      switch Int.random(in: 0..<24, using: &random) {
      case 0..<6: try arrive()
      case 6..<11: await check()
      case 11..<14: await drain()
      case 14, 15: clock.advance(Double.random(in: 0...600, using: &random))
      case 16:
        totals.outages += 1
        line.toggle()
      case 17:
        totals.jumps += 1
        clock.advance(Double.random(in: -40_000...40_000, using: &random))
      case 18: breakDisk()
      case 19, 20: try await line.arriveLate()
      case 21: await checkAgain()
      case 22: tellAuthorities()
      default: try await crash()
      }
    }
    return try await finish()
  }

  private func start() async throws {
    let store = try await FileOutboxStore.open(fileSystem, folder: "/data/outbox")
    let jitter = jitter
    let outbox = try await Outbox(
      store: store, delivery: .declarations(to: line, others: safeguarding),
      sealer: seed % 2 == 0 ? TurningSealer() : nil,
      policy: simulatedPolicy(workers: workers), clock: clock,
      random: { jitter.add { Double.random(in: 0..<1, using: &$0) } })
    self.store = store
    self.outbox = outbox
    var policy = TriagePolicy()
    // A visit is one access, however the clock jumps.
    policy.visitWindow = .seconds(1_000_000_000)
    // Another kind is delivered at the same time as declarations, and then the seed does not decide who is first.
    if workers == 1 { policy.safeguarding.settings = .none }
    // The guard would stay open here: nobody lets its probes' time pass, and deliveries do not go through it.
    var guarding = RegistryGuardPolicy()
    guarding.failuresBeforeOpening = .max
    service = try TriageService(
      registry: try GuardedRegistry(line, policy: guarding, clock: serviceClock), notices: outbox,
      visitIdentityKey: try VisitIdentityKey([UInt8](repeating: 7, count: 32)),
      policy: policy, clock: serviceClock,
      identities: IdentitySource(seed: seed &* 7 &+ UInt64(totals.crashes)))
  }

  private func arrive() throws {
    let index = visits.count
    let worker = try Worker(
      userID: String(600_000 + index), roleProfileID: "R\(index)", jobRole: JobRole(code: "S0010", name: "Nurse"),
      name: "Worker \(index)", activities: [.notifyingQuery, .silentQuery])
    let settings: [CareSetting] = [
      .emergencyDepartment, .emergencyDepartment, .ambulance, .maternity, .camhs(.scheduled),
    ]
    let context = AccessContext(
      author: .worker(worker), organisation: try Organisation(code: ODSCode("RJ1"), name: "Sample Trust"),
      setting: settings.randomElement(using: &random) ?? .ambulance, tracing: .verified,
      visit: try VisitID("visit-\(index)"))
    let visit = Visit(index: index, child: Int.random(in: 0..<6, using: &random), context: context)
    visits.append(visit)
    open.append(visit)
  }

  /// Checks the oldest visit. What the service only holds in memory stays open, as a crash would lose it.
  private func check() async {
    guard let visit = open.first, let told = await check(visit) else { return }
    if told == .entrusted { totals.declaredLater += 1 }
    if told != .heldInMemory && told != .notTold { open.removeFirst() }
  }

  /// Somebody asks once more for a visit that was checked, as the same access.
  private func checkAgain() async {
    guard let visit = visits.randomElement(using: &random) else { return }
    totals.repeated += 1
    _ = await check(visit)
  }

  private func check(_ visit: Visit) async -> NotificationStatus? {
    guard let patient = try? sampleNumber(visit.child), let service else { return nil }
    totals.checks += 1
    let day = UnitedKingdomTime.day(at: clock.now)
    let (access, told): (Access?, NotificationStatus) =
      switch await service.check(patient, in: visit.context) {
      case .plansRecorded(let found): (found.access, found.authorityTold)
      case .noPlanRecorded(let none): (none.access, none.authorityTold)
      case .notChecked(let reason): (reason.access, reason.authorityTold)
      }
    guard let id = access?.id.uuid else { return nil }
    var said = said[visit.index] ?? Said()
    said.ids.insert(id)
    if [.declared, .entrusted, .alreadyTold].contains(told) { said.promised.insert(id) }
    if said.lastLife != totals.crashes {
      said.days.insert(day)
      said.lastLife = totals.crashes
    }
    self.said[visit.index] = said
    return told
  }

  /// A window of the registry ends, and its notices go out.
  private func tellAuthorities() {
    registry.closeWindow()
    for case .accessToService(let notice) in registry.takeNotices() {
      for access in notice.groups.flatMap(\.accesses) { told[access.id.uuid, default: 0] += 1 }
    }
  }

  private func drain() async {
    // A store that has stopped says so again to the next check; the EPR is started anew by a crash or at the end.
    do throws(OutboxError) { try await outbox?.drain() } catch {}
  }

  private func isStopped() async throws -> Bool {
    do throws(OutboxError) {
      try await outbox?.drain()
      _ = try await store?.apply([])
      return false
    } catch {
      return true
    }
  }

  private func breakDisk() {
    let call = fileSystem.calls + Int.random(in: 0..<10, using: &random)
    let lasts = Bool.random(using: &random)
    let faults: [MemoryFileSystem.Fault] = [.fail(.diskFull), .fail(.deviceFailed), .partThenFail(9, .diskFull)]
    let fault = faults.randomElement(using: &random) ?? .short(1)
    fileSystem.plan { number, _ in (lasts ? number >= call : number == call) ? fault : nil }
  }

  private func crash() async throws {
    totals.crashes += 1
    await store?.close()
    line.forgetWaiters()
    var disk = fileSystem.disk
    if Bool.random(using: &random) { disk = disk.anyCrash(using: &random) }
    fileSystem = MemoryFileSystem(disk)
    try await start()
  }

  /// The line is good again and the disk too, the EPR goes on or starts anew and checks what it still has, and all is
  /// handed on.
  private func finish() async throws -> String? {
    line.heal()
    fileSystem.plan(nil)
    if Bool.random(using: &random) { try await crash() }
    while !open.isEmpty {
      let before = open.count
      await check()
      guard open.count == before else { continue }
      // A store that has stopped says so until it is opened anew; then nothing is left to stop it.
      try await crash()
      await check()
      if open.count == before { return "a visit cannot be checked" }
    }
    await drain()
    if try await isStopped() { try await crash() }
    for _ in 0..<50 where outbox?.counters.pending != 0 {
      clock.advance(90_000)
      for item in outbox?.parkedItems ?? [] { try await outbox?.retry(item.key) }
      try await outbox?.drain()
    }
    guard let counters = outbox?.counters, counters.areBalanced, counters.pending == 0, counters.lost == 0 else {
      return "in the end \(outbox?.counters.description ?? "no outbox")"
    }
    await store?.close()
    // The last requests arrive when all is done, in windows of their own.
    tellAuthorities()
    while try await line.arriveLate() { tellAuthorities() }
    totals.slow = line.totals.slow
    totals.doubled = line.totals.doubled
    return try await judge()
  }

  /// Compares what the registry and the authority know with the visits.
  private func judge() async throws -> String? {
    let due = visits.filter(\.isDue)
    for visit in due {
      let said = said[visit.index] ?? Said()
      if said.promised.isEmpty || !said.promised.isSubset(of: told.keys) { return "a visit was not told of" }
      if said.ids.count != said.days.count { return "\(said.ids.count) identities on \(said.days.count) days" }
    }
    let known = Set(due.flatMap { said[$0.index]?.ids ?? [] })
    if !Set(told.keys).isSubset(of: known) { return "told of \(told.count) accesses, \(known.count) were made" }
    if told.values.contains(where: { $0 != 1 }) { return "the authority was told twice of an access" }
    for child in 0..<6 {
      let expected = Set(due.filter { $0.child == child }.map { "Worker \($0.index)" })
      let history = try await registry.accessHistory(for: try sampleAccess(1, child: child))
      let found = Set(history.entries.map(\.viewerName))
      let isListedWhole = history.entries.count < AccessHistory.limit
      if isListedWhole && found != expected {
        return "record of child \(child): \(found.count), due \(expected.count)"
      }
    }
    return nil
  }
}
