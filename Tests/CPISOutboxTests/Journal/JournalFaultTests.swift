import CPISFiles
import CPISOutbox
import CPISTestSupport
import Foundation
import Synchronization
import Testing

@Suite("The disk fails")
struct JournalFaultTests {
  /// Steps that may be asked for again after any doubt.
  static let workload: [JournalStep] = [
    .accept(1), .accept(2, bytes: 60), .deliver(1),
    .apply([[.accepted(sampleItem(3))], [.accepted(sampleItem(4))]]),
    .deliver(2), .compact, .accept(5, bytes: 200), .deliver(4), .reopen, .accept(6, bytes: 200), .accept(7),
  ]

  static let faults: [MemoryFileSystem.Fault] = [
    .fail(.deviceFailed), .fail(.diskFull), .fail(.notPermitted), .fail(.other), .fail(.interrupted), .short(1),
    .short(0), .partThenFail(7, .diskFull), .partThenFail(40, .deviceFailed), .failAfterwards(.deviceFailed),
    .failAndForget,
  ]

  @Test("Any fault at any call: nothing acknowledged is lost, every refusal is typed", arguments: faults)
  func everyCall(fault: MemoryFileSystem.Fault) throws {
    var call = 0
    while try run(fault, at: call) { call += 1 }
    #expect(call > 60)
  }

  /// Runs the workload with one fault; a refused step is asked for again.
  ///
  /// - Returns: whether the workload got as far as the call.
  private func run(_ fault: MemoryFileSystem.Fault, at place: Int) throws -> Bool {
    let fileSystem = MemoryFileSystem(faults: { call, _ in call == place ? fault : nil })
    var model = JournalModel()
    var refusals: [OutboxError] = []
    func open() throws -> Journal {
      do throws(OutboxError) {
        return try Journal.open(fileSystem, folder: CrashHistory.folder, options: CrashHistory.options())
      } catch {
        refusals.append(error)
        return try Journal.open(fileSystem, folder: CrashHistory.folder, options: CrashHistory.options())
      }
    }
    var journal = try open()
    for step in Self.workload {
      var allowed = [model]
      for list in step.lists { allowed.append((allowed.last ?? model).applying(list)) }
      for attempt in 1...3 {
        var failures: [OutboxError] = []
        switch step {
        case .apply(let lists):
          for result in journal.apply(lists) { if case .failure(let error) = result { failures.append(error) } }
        case .compact: do throws(OutboxError) { try journal.compact() } catch { failures.append(error) }
        case .reopen:
          journal.close()
          journal = try open()
        }
        if failures.isEmpty {
          if case .compact = step { expectErased(model, on: fileSystem.disk, "\(fault) at \(place)") }
          break
        }
        try #require(attempt < 3)
        refusals += failures
        // The power may go just then, too.
        for crash in fileSystem.disk.crashes(tears: { [$0 / 2].filter { $0 > 0 } }) {
          #expect(
            CPISOutboxTests.fault(on: crash, allowed: allowed, withFollowUp: false) == nil, "\(fault) at \(place)")
        }
        if failures.contains(OutboxError(.stopped)) {
          journal.close()
          journal = try open()
        }
      }
      model = allowed.last ?? model
    }
    #expect(journal.contents == model.contents, "\(fault) at \(place)")
    journal.close()
    let again = try Journal.open(
      MemoryFileSystem(fileSystem.disk), folder: CrashHistory.folder, options: CrashHistory.options())
    #expect(again.contents == model.contents, "\(fault) at \(place), reopened")
    #expect(!again.findings.tellOfDamage)
    if [.fail(.interrupted), .short(1)].contains(fault) { #expect(refusals == [], "\(fault) at \(place)") }
    #expect(refusals.count <= 2)
    return place < fileSystem.calls
  }

  /// Who was told "erased" may rely on it: no delivered payload is on the disk, now or after a power cut.
  private func expectErased(_ model: JournalModel, on disk: Disk, _ comment: Comment) {
    let held = Set(model.items.map(\.key))
    let erased = Self.workload.flatMap(\.lists).joined().compactMap { change -> [UInt8]? in
      guard case .accepted(let item) = change, model.delivered.contains(item.key), !held.contains(item.key) else {
        return nil
      }
      return item.payload.bytes
    }
    #expect(!erased.isEmpty)
    for state in [disk] + disk.crashes(tears: { _ in [] }).map(\.disk) {
      for bytes in state.files.values {
        for payload in erased { #expect(!contains(bytes, payload), comment) }
      }
    }
  }

  private func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
    bytes.indices.contains { bytes[$0] == part[0] && bytes[$0...].starts(with: part) }
  }

  @Test("When old segments could not be removed, erasing says so, and the next call removes them")
  func eraseAgain() throws {
    let fileSystem = MemoryFileSystem()
    var journal = try Journal.open(fileSystem, folder: "/f")
    for step in [JournalStep.accept(1), .deliver(1)] {
      for result in journal.apply(step.lists) { try result.get() }
    }
    fileSystem.plan { _, operation in operation == .remove ? .fail(.deviceFailed) : nil }
    for _ in 0..<2 { #expect(throws: OutboxError(.diskFailed)) { try journal.compact() } }
    #expect(fileSystem.disk.files.values.contains { contains($0, sampleItem(1).payload.bytes) })
    fileSystem.plan(nil)
    try journal.compact()
    #expect(!fileSystem.disk.files.values.contains { contains($0, sampleItem(1).payload.bytes) })
  }

  @Test("However often the rewriting after damage fails, the damaged bytes are set aside once")
  func oneCopy() throws {
    let history = try CrashHistory([.accept(1), .accept(2), .accept(3)], small: false)
    var files = history.finalDisk.files
    let path = try #require(files.keys.first { $0.contains("journal-") })
    for offset in 0..<8 { files[path]?[400 + offset] ^= 0x5A }
    let fileSystem = MemoryFileSystem(Disk(folder: CrashHistory.folder, files: files))
    // The second file made is the new segment, at first; then the first is, as there is a copy already.
    for making in [1, 0, 0] {
      let made = Tally(0)
      fileSystem.plan { _, operation in
        guard operation == .rename else { return nil }
        return made.add { count in
          defer { count += 1 }
          return count == making ? .fail(.diskFull) : nil
        }
      }
      #expect(throws: OutboxError(.diskFull)) { _ = try Journal.open(fileSystem, folder: CrashHistory.folder) }
    }
    fileSystem.plan(nil)
    let journal = try Journal.open(fileSystem, folder: CrashHistory.folder)
    #expect(journal.findings.contains(.quarantineFiles(1)))
    #expect(fileSystem.disk.files.keys.filter { $0.contains("quarantine-") }.count == 1)
  }

  @Test("After a failed sync everything is refused until the journal is opened anew")
  func poisoned() throws {
    let fileSystem = MemoryFileSystem()
    var journal = try Journal.open(fileSystem, folder: "/f")
    fileSystem.plan { _, operation in operation == .sync ? .fail(.deviceFailed) : nil }
    #expect(failure(journal.apply([[.accepted(sampleItem(1))]])) == OutboxError(.stopped))
    fileSystem.plan(nil)
    #expect(failure(journal.apply([[.accepted(sampleItem(2))]])) == OutboxError(.stopped))
    #expect(throws: OutboxError(.stopped)) { try journal.compact() }
    journal.close()
    var again = try Journal.open(fileSystem, folder: "/f")
    #expect(failure(again.apply([[.accepted(sampleItem(2))]])) == nil)
  }

  @Test("A full disk is an error, and once there is room the journal goes on")
  func full() throws {
    let fileSystem = MemoryFileSystem()
    var journal = try Journal.open(fileSystem, folder: "/f")
    fileSystem.plan { _, operation in operation == .write ? .partThenFail(20, .diskFull) : nil }
    for _ in 0..<3 { #expect(failure(journal.apply([[.accepted(sampleItem(1))]])) == OutboxError(.diskFull)) }
    fileSystem.plan(nil)
    #expect(failure(journal.apply([[.accepted(sampleItem(2))]])) == nil)
    #expect(journal.contents.items.map(\.key) == [sampleItem(2).key])
  }

  @Test("On a full disk deliveries are recorded all the same, new items are refused, and then there is room again")
  func reserve() throws {
    let fileSystem = MemoryFileSystem()
    var journal = try Journal.open(fileSystem, folder: "/f")
    for index in 0..<1_000 {
      #expect(failure(journal.apply([[.accepted(sampleItem(index, bytes: 2_000))]])) == nil)
    }
    fileSystem.limit(to: fileSystem.usedBytes)
    let new = sampleItem(5_000, bytes: 2_000)
    #expect(failure(journal.apply([[.accepted(new)]])) == OutboxError(.diskFull))
    // In one call with a new item, too.
    let results = journal.apply([
      [.delivered(sampleItem(0).key)], [.accepted(new)], [.delivered(sampleItem(1).key)],
    ])
    #expect(results.map { failure([$0])?.code } == [nil, .diskFull, nil])
    var refused = 0
    for index in 2..<1_000 {
      #expect(failure(journal.apply([[.delivered(sampleItem(index).key)]])) == nil)
      if journal.apply([[.accepted(sampleItem(10_000 + index))]]).contains(where: { failure([$0]) != nil }) {
        refused += 1
      }
    }
    #expect(refused > 100 && refused < 998)
    let contents = journal.contents
    #expect(contents.counters.delivered == 1_000 && contents.counters.areBalanced)
    #expect(failure(journal.apply([[.accepted(new)]])) == nil)
    journal.close()
    fileSystem.limit(to: .max)
    let again = try Journal.open(fileSystem, folder: "/f")
    #expect(again.contents.counters.delivered == 1_000 && again.findings.isEmpty)
    #expect(again.contents.items.contains { $0.key == new.key })
  }

  @Test("A rewriting that fails is not tried again at each commit: after a second, then after twice as long")
  func rewritingBacksOff() throws {
    let seconds = Mutex(0.0)
    let start = ContinuousClock.now
    // Of the operations only making a file fails, which is what a rewriting begins with.
    let tries = Mutex((isFailing: false, count: 0))
    let fileSystem = MemoryFileSystem(faults: { _, operation in
      tries.withLock { tries in
        guard tries.isFailing, operation == .open else { return nil }
        tries.count += 1
        return .fail(.diskFull)
      }
    })
    var options = Journal.Options()
    options.garbageBytes = 10_000
    options.now = { start + .seconds(seconds.withLock { $0 }) }
    var journal = try Journal.open(fileSystem, folder: "/f", options: options)
    func deliver(_ indices: Range<Int>) {
      for index in indices {
        #expect(
          failure(journal.apply([[.accepted(sampleItem(index, bytes: 500))], [.delivered(sampleItem(index).key)]]))
            == nil)
      }
    }
    tries.withLock { $0.isFailing = true }
    deliver(0..<500)
    #expect(tries.withLock { $0.count } == 1)
    // One try at 1 s, at 3 s, at 7 s.
    for step in 1...16 {
      seconds.withLock { $0 = Double(step) / 2 }
      deliver(500 + step * 10..<510 + step * 10)
    }
    #expect(tries.withLock { $0.count } == 4)
    tries.withLock { $0.isFailing = false }
    seconds.withLock { $0 = 100 }
    let before = journal.bytes
    deliver(900..<901)
    #expect(journal.bytes < before / 2)
    #expect(journal.contents.counters.delivered == 661)
  }

  @Test("Without room for a reserve an outbox works all the same")
  func noReserve() throws {
    let fileSystem = MemoryFileSystem()
    fileSystem.limit(to: 1_000)
    var journal = try Journal.open(fileSystem, folder: "/f")
    #expect(failure(journal.apply([[.accepted(sampleItem(1))]])) == nil)
    #expect(failure(journal.apply([[.delivered(sampleItem(1).key)]])) == nil)
    journal.close()
    #expect(fileSystem.isAllClosedOnce)
  }

  @Test("A change that does not fit is refused, and those beside it are not")
  func unknownItem() throws {
    var journal = try Journal.open(MemoryFileSystem(), folder: "/f")
    let results = journal.apply([
      [.accepted(sampleItem(1))], [.accepted(sampleItem(2)), .delivered(sampleItem(9).key)],
      [.delivered(sampleItem(1).key)], [.retried(sampleItem(1).key)],
    ])
    #expect(results.map { failure([$0])?.code } == [nil, .unknownItem, nil, .unknownItem])
    #expect(journal.contents.counters.accepted == 1)
  }
}

func failure(_ results: [Result<Void, OutboxError>]) -> OutboxError? {
  for case .failure(let error) in results { return error }
  return nil
}
