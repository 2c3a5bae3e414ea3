public import Synchronization

#if THREAD_SANITIZER
  // Exported so that every file of the modules above sees the stand-in's members, too.
  @_exported public import CPISFiles

  private typealias Mutex = SanitizedMutex
#endif

/// Holds the current snapshot of something that readers use all the time and a publisher replaces now and then.
///
/// Readers never wait for the publisher, and the publisher never waits for readers: a new value is made on the side and
/// then published. Each reading task keeps a ``SnapshotReader``; code that needs the value just once reads ``current``.
///
/// An old value is freed once the last reader has moved on from it. A reader that is never used again keeps
/// the value that it saw last, so a reader should not outlive its task.
public final class Snapshots<Value: Sendable>: Sendable {
  /// Counts publications. It is written under the lock, and read without it.
  @usableFromInline let version: Atomic<UInt64>

  /// Held only to copy a reference in or out.
  private let latest: Mutex<Value>

  /// Starts with a first value.
  public init(_ value: Value) {
    version = Atomic(0)
    latest = Mutex(value)
  }

  /// Makes a value the current one. Readers see it from their next use on.
  ///
  /// If nothing else holds the previous value, it is freed here, outside the lock.
  public func publish(_ value: Value) {
    let previous = latest.withLock { latest in
      let previous = latest
      latest = value
      version.wrappingAdd(1, ordering: .releasing)
      return previous
    }
    _ = consume previous
  }

  /// The current value. Reading it takes a lock for as long as it takes to copy a reference: fine for occasional use.
  public var current: Value { latest.withLock { $0 } }

  /// A reader that starts with the current value. Make one for each task.
  public func reader() -> SnapshotReader<Value> { SnapshotReader(self) }

  /// The current value and its version, which belong together.
  fileprivate func versioned() -> (value: Value, version: UInt64) {
    latest.withLock { ($0, version.load(ordering: .relaxed)) }
  }
}

/// One task's view of ``Snapshots``: it keeps the value that it saw last.
///
/// A use costs one atomic load while nothing new has been published. Only after a publication does it take the
/// lock, once, to fetch the new value and release the old one.
///
/// A reader belongs to one task. It cannot be copied, so that no forgotten copy holds on to an old value.
public struct SnapshotReader<Value: Sendable>: ~Copyable, Sendable {
  @usableFromInline let snapshots: Snapshots<Value>
  @usableFromInline var version: UInt64

  /// The value as of the last refresh. It does not change between refreshes: if several lookups must agree, do not refresh
  /// between them.
  public private(set) var value: Value

  fileprivate init(_ snapshots: Snapshots<Value>) {
    self.snapshots = snapshots
    (value, version) = snapshots.versioned()
  }

  /// Moves on to the current value if a new one has been published since.
  ///
  /// - Returns: whether the value changed.
  @inlinable
  @discardableResult
  public mutating func refresh() -> Bool {
    guard snapshots.version.load(ordering: .acquiring) != version else { return false }
    fetch()
    return true
  }

  /// Refreshes and uses the value, without reference counting.
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
