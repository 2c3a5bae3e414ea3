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
