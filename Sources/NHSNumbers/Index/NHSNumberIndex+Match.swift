extension NHSNumberIndex {
  /// One number of a batch that the index holds.
  @frozen
  public struct Match: Hashable, Sendable {
    @usableFromInline let storedOffset: UInt32
    @usableFromInline let storedPosition: UInt32

    @inlinable
    init(storedOffset: UInt32, storedPosition: UInt32) {
      self.storedOffset = storedOffset
      self.storedPosition = storedPosition
    }

    /// Where the number stood in the batch, counted from 0.
    @inlinable
    public var offset: Int { Int(storedOffset) }

    /// The number's position in the index.
    @inlinable
    public var position: Int { Int(storedPosition) }
  }
}
