extension OutboxTable {
  /// What several lists of changes would do one after another, without doing it: they are written first.
  struct Preview {
    private let table: OutboxTable
    private var standings: [OutboxItem.Key: Standing] = [:]
    /// The totals after what was admitted.
    private(set) var counters: OutboxCounters

    init(_ table: OutboxTable) {
      self.table = table
      self.counters = table.counters
    }

    /// The changes of a list that change anything; `nil` when one of them does not fit, and then none is admitted.
    mutating func admit(_ changes: [OutboxChange]) -> [OutboxChange]? {
      let before = self
      var effective: [OutboxChange] = []
      for change in changes {
        switch admit(change) {
        case .changesNothing: continue
        case .fits: effective.append(change)
        case .doesNotFit:
          self = before
          return nil
        }
      }
      return effective
    }

    private enum Verdict { case fits, changesNothing, doesNotFit }

    private mutating func admit(_ change: OutboxChange) -> Verdict {
      let key = change.key
      switch (change, standings[key] ?? table.standing(of: key)) {
      case (.accepted(let item), .unknown):
        standings[key] = item.parked == nil ? .pending : .parked
        counters.accepted &+= 1
        if item.parked == nil { counters.pending &+= 1 } else { counters.parked &+= 1 }
      case (.accepted, _), (.delivered, .delivered): return .changesNothing
      case (.tried, .pending): break
      case (.delivered, .pending):
        standings[key] = .delivered
        counters.pending &-= 1
        counters.delivered &+= 1
      case (.delivered, .parked):
        standings[key] = .delivered
        counters.parked &-= 1
        counters.delivered &+= 1
      case (.parked, .pending):
        standings[key] = .parked
        counters.pending &-= 1
        counters.parked &+= 1
      case (.retried, .parked):
        standings[key] = .pending
        counters.parked &-= 1
        counters.pending &+= 1
      case (.discarded, .parked):
        standings[key] = .unknown
        counters.parked &-= 1
        counters.discarded &+= 1
      default: return .doesNotFit
      }
      return .fits
    }
  }
}
