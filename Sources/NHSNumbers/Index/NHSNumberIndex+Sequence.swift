extension NHSNumberIndex: Sequence {
  /// The numbers in the order of their positions, which is not the order of the numbers.
  ///
  /// - Complexity: O(`count`) for all.
  public func makeIterator() -> Iterator { Iterator(self) }

  /// How many numbers an iteration gives at least, without looking at any: `count`, unless the index is a snapshot
  /// whose numbers were not verified.
  ///
  /// The standard library takes so many without asking whether there is a next, so a count that a harmful snapshot
  /// belies would end the process.
  public var underestimatedCount: Int { storage.isProven ? count : 0 }

  /// Goes through the numbers of an index in the order of their positions.
  ///
  /// In a snapshot whose writer meant harm, a place may hold digits that are no NHS number. Nothing ever matches
  /// them; the iterator passes over them, and so gives fewer numbers than `count`.
  /// ``SnapshotVerification/everyNumber`` refuses such a file.
  public struct Iterator: IteratorProtocol {
    private var scrambled: ScrambledNumbers

    init(_ index: NHSNumberIndex) { scrambled = ScrambledNumbers(index) }

    /// The next number, or `nil` after the last.
    public mutating func next() -> NHSNumber? {
      while let next = scrambled.next() {
        if let number = NHSNumber(payload: scrambled.index.storage.scramble.payload(of: next)) {
          return number
        }
      }
      return nil
    }
  }

  /// The number at a position, or `nil` if a harmful snapshot holds no NHS number there.
  ///
  /// - Complexity: O(log *g*) for *g* groups, about a quarter of `count`. To read all, iterate.
  /// - Precondition: `0 <= position && position < count`.
  public func number(at position: Int) -> NHSNumber? {
    precondition(position >= 0 && position < count, "a position outside the index")
    let starts = unsafe starts
    // The last group that starts at or before the position.
    var low = 0
    var high = storage.geometry.groupCount - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if unsafe starts[middle] <= position { low = middle } else { high = middle - 1 }
    }
    return NHSNumber(payload: storage.scramble.payload(of: scrambled(group: low, position: position)))
  }

  /// Puts a scrambled number together again.
  @inline(__always)
  func scrambled(group: Int, position: Int) -> UInt32 {
    let remainderBits = UInt32(30 - storage.geometry.groupBits)
    let remainder = unsafe UInt32(remainders[position]) & (1 &<< remainderBits &- 1)
    return UInt32(truncatingIfNeeded: group) &<< remainderBits | remainder
  }
}

/// The scrambled numbers of an index, ascending.
struct ScrambledNumbers: IteratorProtocol {
  let index: NHSNumberIndex
  private var position = 0
  private var group = 0
  private var end = 0

  init(_ index: NHSNumberIndex) {
    self.index = index
    end = index.count == 0 ? 0 : Int(unsafe index.starts[1])
  }

  mutating func next() -> UInt32? {
    guard position < index.count else { return nil }
    // The last group ends at the count, so this stops before the groups do.
    while position >= end {
      group += 1
      end = Int(unsafe index.starts[group + 1])
    }
    defer { position += 1 }
    return index.scrambled(group: group, position: position)
  }
}
