extension NHSNumberTable {
  /// A table with some records set and others removed.
  ///
  /// Numbers that have no record gain one, those that have one get the new. This table stays as it is, and
  /// whoever reads it goes on reading it.
  ///
  /// - Parameters:
  ///   - upserts: numbers with their new records; of a number that comes twice the last counts.
  ///   - removals: numbers to have no record, whether they had one or not; an upsert of the same number wins.
  /// - Complexity: O(`count` + the number of edits), so collect edits and apply them together. Much as a
  ///   dictionary takes that is copied and then edited. Over a snapshot opened with ``SnapshotVerification/structure``
  ///   the first edit takes longer, see ``NHSNumberIndex/applying(insertions:removals:)``.
  @inlinable
  public func applying(
    upserts: some Sequence<(NHSNumber, Record)>, removals: some Sequence<NHSNumber>
  ) -> NHSNumberTable {
    let upserts = Array(upserts)
    let merge = IndexMerge(index, insertions: upserts.map(\.0), removals: Array(removals))
    let records = merge.entries.map { entry -> Record in
      let origin = Int(entry & (IndexMerge.insertionMark - 1))
      return entry & IndexMerge.insertionMark == 0 ? self.records[origin] : upserts[origin].1
    }
    return NHSNumberTable(index: merge.index, records: records)
  }
}
