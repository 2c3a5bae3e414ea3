public import Synchronization

/// One task's view of ``Snapshots``: the value it saw last, kept at hand.
///
/// A use costs one atomic load while nothing new was published. Only after a publication does it take the
/// lock, once, to fetch the new value and let the old one go.
///
/// A reader belongs to one task. It cannot be copied, so that no copy holds on to an old value unseen.
public struct SnapshotReader<Value: Sendable>: ~Copyable, Sendable {
  @usableFromInline let snapshots: Snapshots<Value>
  @usableFromInline var version: UInt64

  /// The value as of the last refresh. It does not change between refreshes, so several questions that must
  /// agree are asked of it without refreshing in between.
  public private(set) var value: Value

  init(_ snapshots: Snapshots<Value>) {
    self.snapshots = snapshots
    (value, version) = snapshots.versioned()
  }

  /// Moves on to the current value if another was published since.
  ///
  /// - Returns: whether the value changed.
  @inlinable
  @discardableResult
  public mutating func refresh() -> Bool {
    guard snapshots.version.load(ordering: .acquiring) != version else { return false }
    fetch()
    return true
  }

  /// Refreshes and uses the value, without counting references.
  @inlinable
  public mutating func withCurrent<Result: ~Copyable, Failure: Error>(
    _ body: (borrowing Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    refresh()
    return try body(value)
  }

  @usableFromInline
  @inline(never)
  mutating func fetch() {
    (value, version) = snapshots.versioned()
  }
}
