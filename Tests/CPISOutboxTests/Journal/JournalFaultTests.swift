import CPISOutbox
import Foundation
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
    .fail(.deviceFailed), .fail(.diskFull), .fail(.notPermitted), .fail(.other(95)), .fail(.interrupted), .short(1),
    .short(0), .partThenFail(7, .diskFull), .partThenFail(40, .deviceFailed), .failAfterwards(.deviceFailed),
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
        if failures.isEmpty { break }
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
    #expect(journal.snapshot == model.snapshot, "\(fault) at \(place)")
    journal.close()
    let again = try Journal.open(
      MemoryFileSystem(fileSystem.disk), folder: CrashHistory.folder, options: CrashHistory.options())
    #expect(again.snapshot == model.snapshot, "\(fault) at \(place), reopened")
    #expect(!again.findings.tellOfDamage)
    if [.fail(.interrupted), .short(1)].contains(fault) { #expect(refusals == [], "\(fault) at \(place)") }
    #expect(refusals.count <= 2)
    return place < fileSystem.calls
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
    #expect(journal.snapshot.items.map(\.key) == [sampleItem(2).key])
  }

  @Test("A change that does not fit is refused, and those beside it are not")
  func unknownItem() throws {
    var journal = try Journal.open(MemoryFileSystem(), folder: "/f")
    let results = journal.apply([
      [.accepted(sampleItem(1))], [.accepted(sampleItem(2)), .delivered(sampleItem(9).key)],
      [.delivered(sampleItem(1).key)], [.retried(sampleItem(1).key)],
    ])
    #expect(results.map { failure([$0])?.code } == [nil, .unknownItem, nil, .unknownItem])
    #expect(journal.snapshot.counters.accepted == 1)
  }
}

func failure(_ results: [Result<Void, OutboxError>]) -> OutboxError? {
  for case .failure(let error) in results { return error }
  return nil
}
