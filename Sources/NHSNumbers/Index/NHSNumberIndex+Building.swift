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

  /// Indexes with other multipliers or another bound than a build would take: a seam for tests.
  package init(_ numbers: [NHSNumber], multipliers: [UInt32], longestGroupAllowed: Int) {
    var builder = IndexBuilder()
    builder.multipliers = multipliers
    builder.longestGroupAllowed = longestGroupAllowed
    self = builder.build(numbers.span).index
  }

  /// The multiplier that the build settled on: a seam for tests.
  package var multiplier: UInt32 { storage.scramble.multiplier }
}
