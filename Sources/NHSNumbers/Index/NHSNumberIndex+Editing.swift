extension NHSNumberIndex {
  /// An index of these numbers with others added and removed. Positions change.
  ///
  /// - Parameters:
  ///   - insertions: numbers to have, whether they were there or not.
  ///   - removals: numbers to drop, whether they were there or not; insertions win.
  /// - Complexity: O(`count` + the number of edits): collect edits and apply them together.
  public func applying(
    insertions: some Sequence<NHSNumber>, removals: some Sequence<NHSNumber>
  ) -> NHSNumberIndex {
    IndexMerge(self, insertions: Array(insertions), removals: Array(removals)).index
  }
}
