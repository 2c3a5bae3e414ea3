extension NHSNumberIndex {
  /// Some numbers came more than once where each may have one record. It names places, never numbers.
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
