import CPISFiles
import CPISOutbox
import CPISTestSupport
import Testing

/// The transition table, cell by cell, and everybody who goes by it.
@Suite("Transitions")
struct TransitionTests {
  private static let parking = OutboxItem.Parking(reason: .rejected, since: sampleTime)
  private static let tries = OutboxItem.Tries(count: 3, faults: 2, nextNotBefore: sampleTime)

  /// Each change of an item; the third has an item that comes parked.
  private static func changes(of item: OutboxItem) -> [OutboxChange] {
    var parked = item
    parked.parked = parking
    return [
      .accepted(item), .accepted(parked), .tried(item.key, tries), .delivered(item.key), .parked(item.key, parking),
      .retried(item.key), .discarded(item.key),
    ]
  }

  /// What the table must say, written down by hand: a row for each of the changes, a column for each state.
  private static let expected: [[OutboxTransition]] = {
    let no = OutboxTransition.refused(.unknownItem)
    let new = OutboxTransition.move(from: .unknown, to: .pending)
    let newParked = OutboxTransition.move(from: .unknown, to: .parked)
    func to(_ new: OutboxItem.State, _ old: OutboxItem.State) -> OutboxTransition { .move(from: old, to: new) }
    return [
      // unknown, pending, parked, delivered, discarded, lost
      [new, .nothing, .nothing, .nothing, new, new],
      [newParked, .nothing, .nothing, .nothing, newParked, newParked],
      [no, to(.pending, .pending), no, no, no, no],
      [no, to(.delivered, .pending), to(.delivered, .parked), .nothing, no, to(.delivered, .lost)],
      [no, to(.parked, .pending), no, no, no, no],
      [no, no, to(.pending, .parked), no, no, no],
      [no, no, to(.discarded, .parked), no, no, to(.discarded, .lost)],
    ]
  }()

  @Test("Every change of an item in every state is what the table says")
  func table() {
    for (change, row) in zip(Self.changes(of: sampleItem(1)), Self.expected) {
      for (state, transition) in zip(OutboxItem.State.allCases, row) {
        #expect(change.transition(from: state) == transition, "\(change.kind) of \(state)")
      }
    }
    #expect(Set(Self.changes(of: sampleItem(1)).map(\.kind)) == Set(OutboxChange.Kind.allCases))
    #expect(OutboxItem.State.allCases.count == Self.expected[0].count)
  }

  @Test("A move changes two of the counters, or accepts, and leaves them balanced; moving back undoes it")
  func counters() {
    for old in OutboxItem.State.allCases {
      for new in OutboxItem.State.allCases {
        var counters = OutboxCounters()
        for state in OutboxItem.State.allCases where state != .unknown { counters.move(from: .unknown, to: state) }
        let before = counters
        counters.move(from: old, to: new)
        #expect(counters.areBalanced, "\(old) to \(new)")
        #expect((counters == before) == (old == new), "\(old) to \(new)")
        #expect(counters.number(of: old) == before.number(of: old) &- (old == new || old == .unknown ? 0 : 1))
        #expect(counters.number(of: new) == before.number(of: new) &+ (old == new || new == .unknown ? 0 : 1))
        counters.move(from: new, to: old)
        #expect(counters == before, "\(old) to \(new) and back")
      }
    }
  }

  @Test("In the state that an item usually is in, every change moves it")
  func usualStates() {
    for change in Self.changes(of: sampleItem(1)) {
      guard case .move(let old, _) = change.transition(from: change.usualState) else {
        Issue.record("\(change.kind) of \(change.usualState)")
        continue
      }
      #expect(old == change.usualState)
    }
  }

  /// What brings an item of a store into each state that it can find one in.
  private static let ways: [(OutboxItem.State, [OutboxChange])] = {
    let item = sampleItem(1)
    let pending = [OutboxChange.accepted(item), .tried(item.key, tries)]
    let parked = pending + [.parked(item.key, parking)]
    return [
      (.unknown, []), (.pending, pending), (.parked, parked), (.delivered, pending + [.delivered(item.key)]),
      (.discarded, parked + [.discarded(item.key)]),
    ]
  }()

  @Test("Store in memory, journal, reopened journal and inspection agree with the table in each of its cells")
  func everyStore() async throws {
    for (state, way) in Self.ways {
      for change in Self.changes(of: sampleItem(1)) {
        let cell: Testing.Comment = "\(change.kind) of \(state)"
        // What is refused must leave what stands beside it alone, too.
        let list = [change, .accepted(sampleItem(2))]
        let transition = change.transition(from: state)
        var model = JournalModel().applying(way)
        var refusal: OutboxError?
        if case .refused(let code) = transition {
          refusal = OutboxError(code)
        } else {
          model = model.applying(list)
        }

        let memory = InMemoryOutboxStore()
        try await memory.apply(way)
        let inMemory = await error(of: { () async throws(OutboxError) in try await memory.apply(list) })
        #expect(inMemory == refusal, cell)
        #expect(try await memory.contents() == model.contents, cell)

        let fileSystem = MemoryFileSystem()
        var journal = try Journal.open(fileSystem, folder: "/f")
        for result in journal.apply([way]) { try result.get() }
        if case .move = transition {
        } else {
          // What changes nothing is not recorded.
          let bytes = journal.bytes
          _ = journal.apply([[change]])
          #expect(journal.bytes == bytes, cell)
        }
        let onDisk = await error(of: { () async throws(OutboxError) in
          for result in journal.apply([list]) { try result.get() }
        })
        #expect(onDisk == refusal, cell)
        #expect(journal.contents == model.contents, cell)
        journal.close()

        let inspection = try OutboxInspection.inspect(fileSystem, folder: "/f")
        #expect(inspection.findings == [] && inspection.counters == model.counters, cell)
        var again = try Journal.open(fileSystem, folder: "/f")
        #expect(again.findings == [] && again.contents == model.contents, cell)
        again.close()
      }
    }
  }

  private func error(of call: () async throws(OutboxError) -> Void) async -> OutboxError? {
    do throws(OutboxError) {
      try await call()
      return nil
    } catch {
      return error
    }
  }
}

extension OutboxCounters {
  fileprivate func number(of state: OutboxItem.State) -> UInt64 {
    switch state {
    case .unknown: 0
    case .pending: pending
    case .parked: parked
    case .delivered: delivered
    case .discarded: discarded
    case .lost: lost
    }
  }
}
