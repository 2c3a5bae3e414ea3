/// Makes indexes: from numbers in any order, and from entries that are in order already.
@usableFromInline
struct IndexBuilder: Sendable {
  /// The multipliers to try in turn. Tests set others, to reach the last resort.
  var multipliers = Scramble.multipliers

  /// A build takes the first multiplier under which no group is longer than this.
  ///
  /// With random numbers a longer group is rare: it occurs in one index of 20 million at 131,000 numbers, of 7 million
  /// at a million, of 400,000 at 16 million, and far more rarely where the groups have just doubled. So a longer group
  /// means that the numbers form a pattern with the multiplier, which the next multiplier will break. When none does,
  /// the best is taken: answers stay exact, and long groups are searched by halving.
  var longestGroupAllowed = 24

  @usableFromInline init() {}

  /// An index together with, for each position, where its number came from.
  @usableFromInline
  struct Built {
    @usableFromInline let index: NHSNumberIndex
    /// In the order of positions: the origin of the number there, the first one where there were several.
    @usableFromInline let entries: [IndexEntry]
    /// Numbers that came more than once.
    @usableFromInline let duplicates: [NHSNumberIndex.Duplicate]
  }

  /// Sorts and indexes. The origin of a number is its offset in `numbers`.
  @usableFromInline
  func build(_ numbers: [NHSNumber]) -> Built { build(numbers.span) }

  /// Sorts and indexes. The origin of a number is its offset in `numbers`.
  func build(_ numbers: Span<NHSNumber>) -> Built {
    precondition(numbers.count <= UInt32.max, "an index of more than 2³² numbers")
    var best: (attempt: Attempt, entries: [IndexEntry], duplicates: [NHSNumberIndex.Duplicate])?
    for scramble in multipliers.compactMap(Scramble.init(multiplier:)) {
      var entries = Self.entries(numbers, scramble)
      RadixSort.sort(&entries)
      let duplicates = Self.removeDuplicates(&entries)
      let attempt = Self.fill(entries.span, scramble)
      let isBetter = best.map { attempt.longestGroup < $0.attempt.longestGroup } ?? true
      if isBetter { best = (attempt, entries, duplicates) }
      if attempt.longestGroup <= longestGroupAllowed { break }
    }
    guard let best else { preconditionFailure("no odd multiplier below 2³⁰ to build with") }
    return Built(
      index: NHSNumberIndex(best.attempt.storage), entries: best.entries, duplicates: best.duplicates)
  }

  /// Indexes entries in ascending order without duplicates, or returns `nil` if a group becomes too long
  /// under this scramble.
  func build(sorted entries: Span<IndexEntry>, _ scramble: Scramble) -> NHSNumberIndex? {
    let attempt = Self.fill(entries, scramble)
    return attempt.longestGroup <= longestGroupAllowed ? NHSNumberIndex(attempt.storage) : nil
  }

  private struct Attempt {
    let storage: IndexStorage
    let longestGroup: Int
  }

  private static func entries(_ numbers: Span<NHSNumber>, _ scramble: Scramble) -> [IndexEntry] {
    [IndexEntry](capacity: numbers.count) { output in
      for offset in numbers.indices {
        output.append(IndexEntry(scramble.scrambled(numbers[offset].payload)) << 32 | IndexEntry(offset))
      }
    }
  }

  /// Keeps the first entry of each number and reports the others, in the order of positions.
  private static func removeDuplicates(_ entries: inout [IndexEntry]) -> [NHSNumberIndex.Duplicate] {
    guard zip(entries, entries.dropFirst()).contains(where: { $0 >> 32 == $1 >> 32 }) else { return [] }
    var duplicates = [NHSNumberIndex.Duplicate]()
    var kept = [IndexEntry]()
    kept.reserveCapacity(entries.count)
    for entry in entries {
      if let last = kept.last, last >> 32 == entry >> 32 {
        duplicates.append(
          NHSNumberIndex.Duplicate(
            offset: Int(entry & 0xFFFF_FFFF), first: Int(last & 0xFFFF_FFFF), position: kept.count - 1))
      } else {
        kept.append(entry)
      }
    }
    entries = kept
    return duplicates
  }

  // `unsafe`: the build and delta goals are measured on this. The shifts keep every address inside.
  private static func fill(_ entries: Span<IndexEntry>, _ scramble: Scramble) -> Attempt {
    let geometry = IndexGeometry(count: entries.count)
    let storage = IndexStorage(geometry, scramble)
    let (bitmap, starts, remainders) = unsafe (storage.bitmap, storage.starts, storage.remainders)
    // Entries carry the 30 bits without the two zeros that a 32-bit product has below them.
    let cellShift = UInt64(32 + geometry.cellShift - 2)
    let groupShift = UInt64(32 + geometry.groupShift - 2)
    for place in entries.indices {
      let entry = unsafe entries[unchecked: place]
      unsafe remainders[place] = UInt16(truncatingIfNeeded: entry &>> 32)
      let cell = entry &>> cellShift
      unsafe bitmap[Int(truncatingIfNeeded: cell &>> 6)] |= geometry.bits(
        of: UInt32(truncatingIfNeeded: entry &>> 32) &<< 2)
      // The last number of each group writes where the next group starts.
      unsafe starts[Int(truncatingIfNeeded: entry &>> groupShift) &+ 1] = UInt32(
        truncatingIfNeeded: place &+ 1)
    }
    // Empty groups start where the group before ends.
    var longest: UInt32 = 0
    var end: UInt32 = 0
    for group in 1...geometry.groupCount {
      let next = unsafe max(starts[group], end)
      longest = max(longest, next &- end)
      unsafe starts[group] = next
      end = next
    }
    return Attempt(storage: storage, longestGroup: Int(longest))
  }
}
