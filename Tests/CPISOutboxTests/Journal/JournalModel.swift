import CPISOutbox
import CPISTestSupport
import Foundation

/// What a journal must hold after some changes: written without a look at the journal's own table.
struct JournalModel: Hashable, Sendable {
  private(set) var items: [OutboxItem] = []
  private(set) var delivered: [OutboxItem.Key] = []
  private(set) var counters = OutboxCounters()

  var contents: OutboxContents { OutboxContents(items: items, delivered: delivered, counters: counters) }

  func applying(_ changes: [OutboxChange]) -> JournalModel {
    var model = self
    for change in changes { model.apply(change) }
    return model
  }

  private mutating func apply(_ change: OutboxChange) {
    let place = items.firstIndex { $0.key == change.key }
    switch (change, place) {
    case (.accepted(let item), nil) where !delivered.contains(item.key):
      items.append(item)
      counters.accepted += 1
    case (.tried(_, let tries), let place?): items[place].tries = tries
    case (.delivered(let key), let place?):
      items.remove(at: place)
      delivered.append(key)
      counters.delivered += 1
    case (.parked(_, let parking), let place?): items[place].parked = parking
    case (.retried, let place?):
      items[place].parked = nil
      items[place].tries = OutboxItem.Tries()
    case (.discarded, let place?):
      items.remove(at: place)
      counters.discarded += 1
    default: break
    }
    counters.parked = UInt64(items.count { $0.parked != nil })
    counters.pending = UInt64(items.count { $0.parked == nil })
  }
}

/// One step of a workload on a journal.
enum JournalStep: Hashable, Sendable {
  case apply([[OutboxChange]])
  case compact
  case reopen

  static func accept(_ index: Int, bytes: Int = 24) -> JournalStep {
    .apply([[.accepted(sampleItem(index, bytes: bytes))]])
  }
  static func deliver(_ index: Int) -> JournalStep { .apply([[.delivered(sampleItem(index).key)]]) }
  static func park(_ index: Int) -> JournalStep {
    .apply([[.parked(sampleItem(index).key, OutboxItem.Parking(reason: .rejected, since: sampleTime))]])
  }
  static func retry(_ index: Int) -> JournalStep { .apply([[.retried(sampleItem(index).key)]]) }
  static func discard(_ index: Int) -> JournalStep { .apply([[.discarded(sampleItem(index).key)]]) }
  static func fail(_ index: Int) -> JournalStep {
    .apply([[.tried(sampleItem(index).key, OutboxItem.Tries(count: 1, faults: 1, nextNotBefore: sampleTime))]])
  }

  var lists: [[OutboxChange]] {
    if case .apply(let lists) = self { lists } else { [] }
  }
}

extension [JournalFinding] {
  var tellOfDamage: Bool { contains { $0.isDamage } }
}
