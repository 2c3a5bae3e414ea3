extension NHSNumberIndex {
  /// Indexes numbers that come in any order. Repeated numbers are indexed once.
  ///
  /// - Complexity: O(`numbers.count`), with about 16 bytes a number of memory while it builds.
  public init(_ numbers: some Sequence<NHSNumber>) {
    self.init(Array(numbers).span)
  }

  /// Indexes numbers that come in any order. Repeated numbers are indexed once.
  ///
  /// - Complexity: O(`numbers.count`), with about 16 bytes a number of memory while it builds.
  public init(_ numbers: Span<NHSNumber>) {
    self = IndexBuilder().build(numbers).index
  }

  /// Indexes numbers that come in any order, and reports those that came more than once.
  ///
  /// - Parameters:
  ///   - numbers: the numbers.
  ///   - duplicates: set to one value for each number that was there already, in the order of positions.
  /// - Complexity: O(`numbers.count`), with about 16 bytes a number of memory while it builds.
  public init(_ numbers: Span<NHSNumber>, reporting duplicates: inout [Duplicate]) {
    let built = IndexBuilder().build(numbers)
    duplicates = built.duplicates
    self = built.index
  }

  /// Indexes with other multipliers or another bound than a build would use: a seam for tests.
  package init(_ numbers: [NHSNumber], multipliers: [UInt32], longestGroupAllowed: Int) {
    var builder = IndexBuilder()
    builder.multipliers = multipliers
    builder.longestGroupAllowed = longestGroupAllowed
    self = builder.build(numbers.span).index
  }

  /// The multiplier that the build settled on: a seam for tests.
  package var multiplier: UInt32 { storage.scramble.multiplier }
}

extension NHSNumberIndex {
  /// An index of these numbers with others added and removed. Positions change.
  ///
  /// - Parameters:
  ///   - insertions: numbers to have, whether they were there or not.
  ///   - removals: numbers to drop, whether they were there or not; insertions win.
  /// - Complexity: O(`count` + the number of edits): collect edits and apply them together. An index opened from a
  ///   snapshot with ``SnapshotVerification/structure`` is first verified number by number each time that it is edited,
  ///   which takes longer than the edit. If you will edit a snapshot, open it with
  ///   ``SnapshotVerification/everyNumber``.
  public func applying(
    insertions: some Sequence<NHSNumber>, removals: some Sequence<NHSNumber>
  ) -> NHSNumberIndex {
    IndexMerge(self, insertions: Array(insertions), removals: Array(removals)).index
  }
}

extension NHSNumberIndex {
  /// A number that was given to an index again. It names places, never the number.
  public struct Duplicate: Hashable, Sendable {
    /// Where the repeated number stood in the input, counted from 0.
    public let offset: Int

    /// Where the number had stood first.
    public let first: Int

    /// The one position that both share in the index.
    public let position: Int
  }
}

extension NHSNumberIndex {
  /// Some numbers came more than once where each may have only one record. It names places, never numbers.
  public struct DuplicateNumbers: Error, Hashable, Sendable {
    /// One value for each number that was there already.
    public let duplicates: [Duplicate]

    @usableFromInline
    init(duplicates: [Duplicate]) { self.duplicates = duplicates }
  }
}

extension NHSNumberIndex.DuplicateNumbers: CustomStringConvertible {
  /// How many there are.
  public var description: String { "\(duplicates.count) numbers came more than once" }
}
