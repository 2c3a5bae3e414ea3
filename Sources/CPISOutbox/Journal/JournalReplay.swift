internal import CPISFiles

/// Makes the table from what a journal holds, and finds out what is wrong with it.
struct JournalReplay: LogReplay {
  private(set) var table: OutboxTable
  /// What is wrong with the counters, and how many findings of the log came before; damage to frames is the log's to
  /// tell.
  private var ownFindings: [(before: Int, JournalFinding)] = []
  /// How many findings the log had before the last frame.
  private var findingsBefore = 0
  /// Whether records could not be read, so that recorded totals no longer compare.
  private var isPastGap = false
  /// While the table that a log starts afresh with is read: the totals it must come to, and its frames to come.
  private var unfinishedTable: (totals: OutboxCounters, framesLeft: UInt32, lastSequence: UInt64)?

  init(remembering: Int) { table = OutboxTable(remembering: remembering) }

  func canBegin(with start: LogFrame) -> Bool { JournalRecord(start) != nil }

  /// The log's findings and those about the counters, in the order of the frames.
  func merged(with logFindings: [LogFinding]) -> [JournalFinding] {
    var findings = logFindings.map(JournalFinding.init)
    for (before, finding) in ownFindings.reversed() { findings.insert(finding, at: min(before, findings.count)) }
    return findings
  }

  mutating func take(_ frame: LogFrame) -> Bool {
    guard let record = JournalRecord(frame) else { return false }
    findingsBefore = frame.findingsBefore
    if frame.isAfterGap { isPastGap = true }
    switch record {
    case .segmentStart(let tableFrames, let totals) where tableFrames > 0:
      unfinishedTable = (totals, tableFrames, frame.sequence)
    case .table(let items, let delivered, let totals):
      for item in items { table.restore(item) }
      for key in delivered { table.restoreDelivered(key) }
      let framesLeft = unfinishedTable?.framesLeft ?? 1
      unfinishedTable = (totals, framesLeft - 1, frame.sequence)
      if framesLeft == 1 { finishTable() }
    case .segmentStart(_, let totals):
      finishTable()
      if frame.isAfterGap { table.bridgeGap(totalsAfter: totals) }
      compare(totals, frame.sequence)
    case .changes(let changes, let totals):
      finishTable()
      if frame.isAfterGap { table.bridgeGap(totalsAfter: Self.undo(changes, from: totals)) }
      for change in changes { isPastGap ? table.applyAfterGap(change) : table.apply(change) }
      compare(totals, frame.sequence)
    }
    return true
  }

  /// The end of the journal, which may have come in the middle of a table, as no crash leaves it.
  mutating func end() { finishTable() }

  private mutating func finishTable() {
    guard let unfinished = unfinishedTable else { return }
    unfinishedTable = nil
    if unfinished.framesLeft > 0 { isPastGap = true }
    table.finishRestoring(totals: unfinished.totals)
    compare(unfinished.totals, unfinished.lastSequence)
  }

  private mutating func compare(_ totals: OutboxCounters, _ sequence: UInt64) {
    guard !isPastGap, table.counters != totals else { return }
    ownFindings.append((findingsBefore, .countersDiffer(sequence: sequence)))
  }

  /// The totals as they stood before changes, but for whether an item was pending or parked, which the changes do
  /// not always say: held items are counted as pending.
  private static func undo(_ changes: [OutboxChange], from totals: OutboxCounters) -> OutboxCounters {
    var totals = totals
    totals.pending &+= totals.parked
    totals.parked = 0
    for change in changes {
      switch change {
      case .accepted:
        totals.accepted &-= 1
        totals.pending &-= 1
      case .delivered:
        totals.delivered &-= 1
        totals.pending &+= 1
      case .discarded:
        totals.discarded &-= 1
        totals.pending &+= 1
      case .tried, .parked, .retried: break
      }
    }
    return totals
  }
}
