import CPISFiles
import CPISOutbox
import CPISTestSupport
import Foundation
import Testing

@Suite("Crash at every step, in memory")
struct JournalCrashTests {
  /// All that a journal does: items in and out, two lists with one sync, a segment's end, compaction, reopening.
  static let everything: [JournalStep] = [
    .accept(1), .accept(2, bytes: 40), .deliver(1),
    .apply([[.accepted(sampleItem(3))], [.accepted(sampleItem(4))]]),
    .fail(2), .park(2), .accept(5, bytes: 120), .deliver(3), .retry(2), .compact, .park(4), .discard(4), .reopen,
    .accept(6), .deliver(2), .deliver(5), .accept(7), .deliver(7), .accept(8),
  ]

  @Test(
    "A power cut after any call, with unsynced bytes dropped, kept or torn at every byte, loses nothing acknowledged"
  )
  func everyByte() async throws {
    let history = try CrashHistory(Self.everything)
    let outcome = await survey(history.moments) { $0.disk.crashes() }
    #expect(outcome.faults == [])
    #expect(outcome.states > 5_000)
    print("crash states, one workload of \(Self.everything.count) operations, torn at every byte: \(outcome)")
  }

  @Test(
    "Sectors of a write that reach the disk in any order lose nothing acknowledged, and count nothing as lost",
    arguments: [64, 512])
  func sectorsInAnyOrder(of sector: Int) async throws {
    func group(_ indices: Range<Int>, bytes: Int) -> JournalStep {
      .apply(indices.map { [OutboxChange.accepted(sampleItem($0, bytes: bytes))] })
    }
    let history = try CrashHistory(Self.everything + [group(20..<24, bytes: 40), group(24..<30, bytes: 600)])
    let outcome = await survey(history.moments) { $0.disk.crashesBySector(of: sector) }
    #expect(outcome.faults == [])
    #expect(outcome.states > (sector == 64 ? 500 : 200))
    // What is set aside of a write that nobody was told of waits for a person, and is no damage for ever.
    for moment in history.moments {
      for crash in moment.disk.crashesBySector(of: sector) {
        let fileSystem = MemoryFileSystem(crash.disk)
        var journal = try Journal.open(fileSystem, folder: CrashHistory.folder, options: CrashHistory.options())
        journal.close()
        for path in fileSystem.disk.files.keys where path.contains("quarantine-") { fileSystem.remove(path: path) }
        let inspection = try OutboxInspection.inspect(fileSystem, folder: CrashHistory.folder)
        #expect(inspection.isSound && inspection.counters.lost == 0, "\(inspection.findings)")
      }
    }
    print("crash states, sectors of \(sector) bytes in any order: \(outcome)")
  }

  @Test("A second power cut at any call of the recovery itself loses nothing either")
  func twice() async throws {
    let history = try CrashHistory(Array(Self.everything.prefix(13)))
    var states = 0
    var seen: Set<Disk> = []
    var moments: [CrashHistory.Moment] = []
    for moment in history.moments {
      for crash in moment.disk.crashes(tears: { [1, $0 / 2, $0 - 1].filter { $0 > 0 } }) {
        guard seen.insert(crash.disk).inserted else { continue }
        states += 1
        let again = try CrashHistory([], from: crash.disk)
        moments += again.moments.map {
          CrashHistory.Moment(disk: $0.disk, allowed: moment.allowed, mayLookDamaged: crash.hasZeros)
        }
      }
    }
    let outcome = await survey(moments) { $0.disk.crashes(tears: { [$0 / 2].filter { $0 > 0 } }) }
    #expect(outcome.faults == [])
    print("crash states, crash within recovery from \(states) states: \(outcome)")
  }

  @Test("After a kill, what recovery relied upon outlives a later power cut")
  func killThenPowerCut() async throws {
    let history = try CrashHistory(Array(Self.everything.prefix(13)))
    var checked = 0
    for moment in history.moments {
      // The killed process's writes are still in the cache. A producer offers again, is told "held", and forgets.
      let fileSystem = MemoryFileSystem(moment.disk.afterKill)
      var journal = try Journal.open(fileSystem, folder: CrashHistory.folder, options: CrashHistory.options())
      let relied = journal.contents
      journal.close()
      for crash in fileSystem.disk.crashes(tears: { _ in [] }) {
        var after = try Journal.open(
          MemoryFileSystem(crash.disk), folder: CrashHistory.folder, options: CrashHistory.options())
        #expect(after.contents == relied)
        after.close()
        checked += 1
      }
    }
    print("kill, recovery, power cut: \(checked) states")
  }

  /// Every workload of six operations out of accept, deliver, park-then-retry and compact.
  ///
  /// Workloads share beginnings: each is run once per beginning, and only its last operation is cut short, as the
  /// beginnings are workloads of their own. All of it, torn at every byte, takes minutes: `CPIS_EXHAUSTIVE=1`.
  @Test("Every workload of six operations survives a power cut at every call")
  func everyWorkload() async throws {
    let isExhaustive = ProcessInfo.processInfo.environment["CPIS_EXHAUSTIVE"] != nil
    var beginnings: [(disk: Disk, model: JournalModel, accepted: Int)] = [(Disk(), JournalModel(), 0)]
    var total = CrashSurvey()
    var workloads = 0
    for depth in 1...6 {
      var next: [(disk: Disk, model: JournalModel, accepted: Int)] = []
      var moments: [CrashHistory.Moment] = []
      for beginning in beginnings {
        for step in Self.choices(beginning.model, accepted: beginning.accepted) {
          let history = try CrashHistory([step], from: beginning.disk, holding: beginning.model)
          moments += history.moments
          workloads += depth == 6 ? 1 : 0
          let accepted = beginning.accepted + (step.lists.first.map { Self.isAccept($0) } == true ? 1 : 0)
          next.append((history.finalDisk, step.lists.reduce(beginning.model) { $0.applying($1) }, accepted))
        }
      }
      total += await survey(moments, followUp: depth < 4) { moment in
        moment.disk.crashes(tears: { isExhaustive ? Array(1..<$0) : [$0 / 3, $0 - 1].filter { $0 > 0 } })
      }
      beginnings = next
    }
    #expect(total.faults == [])
    print("crash states, all \(workloads) workloads of 6 operations: \(total)")
  }

  private static func isAccept(_ list: [OutboxChange]) -> Bool {
    if case .accepted? = list.first { true } else { false }
  }

  private static func choices(_ model: JournalModel, accepted: Int) -> [JournalStep] {
    var steps: [JournalStep] = [.accept(accepted + 1), .compact]
    if let first = model.items.first {
      steps.append(.apply([[.delivered(first.key)]]))
      if first.parked == nil {
        steps.append(.apply([[.parked(first.key, OutboxItem.Parking(reason: .other, since: sampleTime))]]))
      }
    }
    return steps
  }
}

/// What checking many states came to.
struct CrashSurvey: Sendable, CustomStringConvertible {
  var states = 0
  var distinct = 0
  var faults: [String] = []

  static func += (a: inout CrashSurvey, b: CrashSurvey) {
    a.states += b.states
    a.distinct += b.distinct
    a.faults = Array((a.faults + b.faults).prefix(5))
  }

  var description: String { "\(states) states, \(distinct) distinct, \(faults.count) faults" }
}

/// Checks all states of all moments on all cores; states that look alike are checked once.
func survey(
  _ moments: [CrashHistory.Moment], followUp: Bool = true,
  _ states: @escaping @Sendable (CrashHistory.Moment) -> [Disk.Crash]
) async -> CrashSurvey {
  struct Case: Hashable {
    let crash: Disk.Crash
    let allowed: [JournalModel]
  }
  let parts = 4
  return await withTaskGroup(of: CrashSurvey.self) { group in
    for part in 0..<parts {
      group.addTask {
        var survey = CrashSurvey()
        var seen: Set<Case> = []
        let share = (moments.count + parts - 1) / parts
        for moment in moments.dropFirst(part * share).prefix(share) {
          for var crash in states(moment) {
            crash.hasZeros = crash.hasZeros || moment.mayLookDamaged
            survey.states += 1
            guard seen.insert(Case(crash: crash, allowed: moment.allowed)).inserted else { continue }
            survey.distinct += 1
            if let fault = fault(on: crash, allowed: moment.allowed, withFollowUp: followUp) {
              survey.faults.append(fault)
            }
          }
        }
        survey.faults = Array(survey.faults.prefix(5))
        return survey
      }
    }
    var total = CrashSurvey()
    for await survey in group { total += survey }
    return total
  }
}
