import CPISOutbox
import CPISTestSupport
import Foundation
import Testing

@Suite("The table of items")
struct TableTests {
  /// The plainest table there is: what is held, in order of acceptance, and the keys delivered last.
  private struct Model {
    var items: [OutboxItem] = []
    var delivered: [OutboxItem.Key] = []
    let remembered: Int

    mutating func make(_ change: OutboxChange) {
      let place = items.firstIndex { $0.key == change.key }
      let state = place.map { items[$0].state } ?? (delivered.contains(change.key) ? .delivered : .unknown)
      if case .move(_, let new) = change.transition(from: state) { move(change, at: place, to: new) }
    }

    private mutating func move(_ change: OutboxChange, at place: Int?, to new: OutboxItem.State) {
      switch change {
      case .accepted(let item): items.append(item)
      case .tried(_, let tries): if let place { items[place].tries = tries }
      case .parked(_, let parking): if let place { items[place].parked = parking }
      case .retried:
        if let place { (items[place].parked, items[place].tries) = (nil, OutboxItem.Tries()) }
      case .delivered, .discarded: if let place { items.remove(at: place) }
      }
      if new == .delivered { delivered = Array((delivered + [change.key]).suffix(remembered)) }
    }
  }

  @Test("After any changes it holds what the plainest table holds, in the same order", arguments: 0..<8)
  func model(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed) &+ 4_711)
    var table = OutboxTable(remembering: 3)
    var model = Model(remembered: 3)
    // Enough for several pages, and for the index to grow and to close gaps.
    let keys = seed < 4 ? 40 : 1_200
    for step in 0..<6_000 {
      var item = sampleItem(Int.random(in: 0..<keys, using: &random), bytes: step % 7)
      if step % 11 == 0 { item.parked = OutboxItem.Parking(reason: .timedOut, since: sampleTime) }
      let tries = OutboxItem.Tries(
        count: UInt32(step), faults: 1, nextNotBefore: step % 2 == 0 ? sampleTime.addingTimeInterval(0.5) : nil)
      let change: OutboxChange =
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<4: .accepted(item)
        case 4: .tried(item.key, tries)
        case 5, 6: .parked(item.key, OutboxItem.Parking(reason: .rejected, since: sampleTime))
        case 7: .retried(item.key)
        case 8: .discarded(item.key)
        default: .delivered(item.key)
        }
      table.make(change)
      model.make(change)
      let pending = model.items.first { $0.state == .pending }
      guard table.oldestPending() == pending?.acceptedAt, table.count == model.items.count else {
        Issue.record("seed \(seed), step \(step): \(change.kind)")
        return
      }
      guard step % 50 == 0 else { continue }
      #expect(table.items == model.items, "seed \(seed), step \(step)")
      #expect(table.parkedItems == model.items.filter { $0.state == .parked }, "seed \(seed), step \(step)")
    }
  }

  @Test("What a table keeps of order is bounded by what it holds, while the oldest item stays")
  func orderIsBounded() {
    var table = OutboxTable(remembering: 0)
    table.make(.accepted(sampleItem(0)))
    for index in 1...20_000 {
      table.make(.accepted(sampleItem(index)))
      table.make(.parked(sampleItem(index).key, OutboxItem.Parking(reason: .rejected, since: sampleTime)))
      table.make(.discarded(sampleItem(index).key))
    }
    #expect(table.oldestPending() == sampleItem(0).acceptedAt)
    #expect(table.count == 1 && table.orderEntries <= 200, "\(table.orderEntries)")
  }

  @Test("Parked items are visited one by one, oldest first, as long as more are asked for")
  func visiting() {
    var table = OutboxTable(remembering: 0)
    for index in 0..<500 { table.make(.accepted(sampleItem(index))) }
    for index in (0..<500).reversed() where index % 5 == 0 {
      table.make(.parked(sampleItem(index).key, OutboxItem.Parking(reason: .rejected, since: sampleTime)))
    }
    for _ in 0..<2 {
      var visited: [OutboxItem.Key] = []
      table.visitParked { item in
        visited.append(item.key)
        return visited.count < 3
      }
      #expect(visited == [0, 5, 10].map { sampleItem($0).key })
    }
    #expect(table.parkedItems.count == 100)
  }
}
