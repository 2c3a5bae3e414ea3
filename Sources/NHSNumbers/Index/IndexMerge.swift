/// Merges edits into the entries of an index.
///
/// A whole new index results: at 100,000 numbers that takes a millisecond or two, and keeps every lookup free
/// of an overlay to ask first.
@usableFromInline
struct IndexMerge {
  /// Marks an origin that is an offset among the insertions; others are positions in the old index.
  @usableFromInline static let insertionMark: IndexEntry = 1 << 31

  /// The new index, and the origin of the number at each of its positions.
  @usableFromInline let index: NHSNumberIndex
  @usableFromInline let entries: [IndexEntry]

  /// - Parameters:
  ///   - old: the index to start from.
  ///   - insertions: numbers to have; of a number given twice the last counts, as the origin.
  ///   - removals: numbers to drop, unless they are among the insertions too.
  @usableFromInline
  init(_ old: NHSNumberIndex, insertions: [NHSNumber], removals: [NHSNumber]) {
    guard old.storage.isProven || old.brokenInvariant == nil else {
      (index, entries) = Self.salvaging(old, insertions, removals)
      return
    }
    let scramble = old.storage.scramble
    let edits = Self.edits(insertions, removals, scramble)
    let merged = Self.merge(old, edits)
    let builder = IndexBuilder()
    if let index = builder.build(sorted: merged.span, scramble) {
      self.index = index
      entries = merged
      return
    }
    // The edits made a pattern with the multiplier: start again with the others.
    let numbers = merged.map { NHSNumber(provenPayload: scramble.payload(of: UInt32($0 >> 32))) }
    let built = builder.build(numbers)
    index = built.index
    entries = built.entries.map { entry in
      (entry & ~0xFFFF_FFFF) | merged[Int(entry & 0xFFFF_FFFF)] & 0xFFFF_FFFF
    }
  }

  /// Merges edits into what is left of a harmful snapshot without places that hold no number, repeated numbers and
  /// false order: what this module builds must hold for certain, whatever it was built from.
  private static func salvaging(
    _ old: NHSNumberIndex, _ insertions: [NHSNumber], _ removals: [NHSNumber]
  ) -> (NHSNumberIndex, [IndexEntry]) {
    let found = (0..<old.count).compactMap { position in old.number(at: position).map { (position, $0) } }
    let salvaged = IndexBuilder().build(found.map(\.1))
    let merge = IndexMerge(salvaged.index, insertions: insertions, removals: removals)
    let entries = merge.entries.map { entry in
      guard entry & insertionMark == 0 else { return entry }
      let offset = salvaged.entries[Int(entry & (insertionMark - 1))] & 0xFFFF_FFFF
      return entry & ~0xFFFF_FFFF | IndexEntry(found[Int(offset)].0)
    }
    return (merge.index, entries)
  }

  /// What an edit that removes carries as its origin: above every offset.
  private static let removal: IndexEntry = 0xFFFF_FFFF

  /// One edit a number, in ascending order.
  private static func edits(
    _ insertions: [NHSNumber], _ removals: [NHSNumber], _ scramble: Scramble
  ) -> [IndexEntry] {
    precondition(insertions.count < 1 << 31, "more than 2³¹ edits at once")
    var edits = [IndexEntry]()
    edits.reserveCapacity(insertions.count + removals.count)
    for place in removals.indices {
      edits.append(IndexEntry(scramble.scrambled(removals[place].payload)) << 32 | removal)
    }
    for place in insertions.indices {
      edits.append(
        IndexEntry(scramble.scrambled(insertions[place].payload)) << 32 | insertionMark | IndexEntry(place))
    }
    // Below 257 edits the sort orders by origin as well, and removals would come last; so the last is found
    // by looking at origins, not by place.
    RadixSort.sort(&edits)
    var unique = [IndexEntry]()
    unique.reserveCapacity(edits.count)
    for edit in edits {
      if let last = unique.last, last >> 32 == edit >> 32 {
        unique[unique.count - 1] = edit & 0xFFFF_FFFF == removal ? last : max(last, edit, by: removal)
      } else {
        unique.append(edit)
      }
    }
    return unique
  }

  /// Of two edits of one number, the insertion that came later; a removal only if there is no insertion.
  private static func max(_ a: IndexEntry, _ b: IndexEntry, by removal: IndexEntry) -> IndexEntry {
    if a & 0xFFFF_FFFF == removal { return b }
    return Swift.max(a, b)
  }

  // `unsafe`: the delta goal is measured on this loop. The groups lie inside the remainders, by construction or by the
  // check on opening.
  private static func merge(_ old: NHSNumberIndex, _ edits: [IndexEntry]) -> [IndexEntry] {
    [IndexEntry](capacity: old.count + edits.count) { output in
      var pending = edits[...]
      /// Above every scrambled number when no edit is left.
      func nextEdited() -> UInt32 { pending.first.map { UInt32($0 >> 32) } ?? .max }
      var edited = nextEdited()
      for group in 0..<old.storage.geometry.groupCount {
        for position in unsafe Int(old.starts[group])..<Int(old.starts[group + 1]) {
          let scrambled = old.scrambled(group: group, position: position)
          while edited < scrambled {
            apply(pending.removeFirst(), &output)
            edited = nextEdited()
          }
          if edited == scrambled {
            apply(pending.removeFirst(), &output)
            edited = nextEdited()
          } else {
            output.append(IndexEntry(scrambled) << 32 | IndexEntry(position))
          }
        }
      }
      for edit in pending { apply(edit, &output) }
    }
  }

  private static func apply(_ edit: IndexEntry, _ output: inout OutputSpan<IndexEntry>) {
    if edit & 0xFFFF_FFFF != removal { output.append(edit) }
  }
}
