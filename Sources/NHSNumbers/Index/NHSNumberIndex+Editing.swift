extension NHSNumberIndex {
  /// An index of these numbers with others added and removed. Positions change.
  ///
  /// - Parameters:
  ///   - insertions: numbers to have, whether they were there or not.
  ///   - removals: numbers to drop, whether they were there or not; insertions win.
  /// - Complexity: O(`count` + the number of edits): collect edits and apply them together. An index opened from a
  ///   snapshot with ``SnapshotVerification/structure`` is verified number by number first, each time that it is edited,
  ///   which takes longer than the edit: open what you will edit with ``SnapshotVerification/everyNumber``.
  public func applying(
    insertions: some Sequence<NHSNumber>, removals: some Sequence<NHSNumber>
  ) -> NHSNumberIndex {
    IndexMerge(self, insertions: Array(insertions), removals: Array(removals)).index
  }
}
