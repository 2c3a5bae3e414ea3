/// The items of a lane that are not parked, in order of acceptance.
struct LaneItems: Sendable {
  /// How many are being delivered or read: at most one, and it need not be the first, as an older one may come back.
  var underWay = 0
  private var items: [DeliveryQueue.AgedKey] = []
  /// Those before it have left. Moving up at each step would make a long lane quadratic.
  private var start = 0

  var first: OutboxItem.Key? { isEmpty ? nil : items[start].key }
  var isEmpty: Bool { start == items.count }

  /// - Complexity: O(*n*) in the items that were accepted after it: none, but when one comes back.
  mutating func insert(_ item: DeliveryQueue.AgedKey) {
    var place = items.count
    while place > start, item < items[place - 1] { place -= 1 }
    items.insert(item, at: place)
  }

  /// - Complexity: O(1) for the first, taken over all of them.
  mutating func remove(_ item: DeliveryQueue.AgedKey) {
    guard let place = items[start...].firstIndex(of: item) else { return }
    guard place == start else {
      items.remove(at: place)
      return
    }
    start += 1
    if start * 2 > items.count {
      items.removeFirst(start)
      start = 0
    }
  }
}
