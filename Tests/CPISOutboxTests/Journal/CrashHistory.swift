import CPISFiles
import CPISOutbox
import CPISTestSupport
import Synchronization
import Testing

/// A workload run once, with the disk after every call and what was acknowledged by then.
struct CrashHistory: Sendable {
  /// A moment at which the power may go.
  struct Moment: Sendable {
    let disk: Disk
    /// What recovery may find: all that was acknowledged, and of what was under way each possible part.
    let allowed: [JournalModel]
    /// Whether an earlier power cut left zeros, which may look like damage.
    var mayLookDamaged = false
  }

  private(set) var moments: [Moment] = []
  private(set) var finalDisk = Disk()

  static let folder = "/data/outbox"

  static func options(small: Bool = true) -> Journal.Options {
    var options = Journal.Options()
    // Small, as a power cut is tried after each of its bytes.
    (options.reserveBytes, options.reserveBytesPerItem) = (2, 1)
    if small {
      options.segmentBytes = 400
      options.garbageBytes = 300
    }
    return options
  }

  init(
    _ steps: [JournalStep], from disk: Disk = Disk(), holding start: JournalModel = JournalModel(),
    small: Bool = true
  ) throws {
    let seen = Mutex<[Disk]>([])
    let fileSystem = MemoryFileSystem(disk)
    fileSystem.observe { _, disk in
      seen.withLock { if $0.last != disk { $0.append(disk) } }
    }
    func takeSeen() -> [Disk] {
      seen.withLock { disks in
        defer { disks = [] }
        return disks
      }
    }
    var model = start
    moments.append(Moment(disk: disk, allowed: [model]))
    var journal = try Journal.open(fileSystem, folder: Self.folder, options: Self.options(small: small))
    moments += takeSeen().map { Moment(disk: $0, allowed: [model]) }
    for step in steps {
      var allowed = [model]
      switch step {
      case .apply(let lists):
        for list in lists { allowed.append((allowed.last ?? model).applying(list)) }
        for result in journal.apply(lists) { try result.get() }
      case .compact: try journal.compact()
      case .reopen:
        journal.close()
        journal = try Journal.open(fileSystem, folder: Self.folder, options: Self.options(small: small))
      }
      moments += takeSeen().map { Moment(disk: $0, allowed: allowed) }
      model = allowed.last ?? model
      // Acknowledged: from here on nothing less will do.
      moments.append(Moment(disk: fileSystem.disk, allowed: [model]))
    }
    journal.close()
    finalDisk = fileSystem.disk
  }
}

/// Opens the journal on a disk, and tells what is wrong with what it finds; `nil` when nothing is.
func fault(
  on crash: Disk.Crash, allowed: [JournalModel], withFollowUp: Bool = true
) -> String? {
  let fileSystem = MemoryFileSystem(crash.disk)
  do {
    var journal = try Journal.open(fileSystem, folder: CrashHistory.folder, options: CrashHistory.options())
    let found = journal.contents
    guard let model = allowed.first(where: { $0.contents == found }) else {
      return "found \(found.counters), \(found.items.count) items; \(journal.findings)"
    }
    if !crash.hasZeros, journal.findings.tellOfDamage { return "damage: \(journal.findings)" }
    guard withFollowUp else { return nil }
    // It must not only be read, it must go on: one more item, and all of it again after a power cut.
    let next: [OutboxChange] = [.accepted(sampleItem(9_999))]
    for result in journal.apply([next]) { try result.get() }
    journal.close()
    guard let after = fileSystem.disk.crashes(tears: { _ in [] }).first else { return "no disk" }
    var again = try Journal.open(
      MemoryFileSystem(after.disk), folder: CrashHistory.folder, options: CrashHistory.options())
    defer { again.close() }
    return again.contents == model.applying(next).contents ? nil : "after one more: \(again.contents.counters)"
  } catch {
    return "\(error)"
  }
}
