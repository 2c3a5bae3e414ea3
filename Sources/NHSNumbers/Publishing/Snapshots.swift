public import Synchronization

/// Holds the current snapshot of something that readers use all the time and a publisher replaces at times.
///
/// Readers never wait for the publisher's work, and the publisher never for readers: a new value is made
/// aside and then published. Each reading task keeps a ``SnapshotReader``; whoever needs a value just once
/// asks for ``current``.
///
/// An old value is freed once the last reader has moved on from it. A reader that is never used again keeps
/// the value that it saw last: let readers go with their tasks.
public final class Snapshots<Value: Sendable>: Sendable {
  /// Counts publications. It is written under the lock, and read without.
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
  /// The value before it, if this was its last holder, is freed here and outside the lock.
  public func publish(_ value: Value) {
    let previous = latest.withLock { latest in
      let previous = latest
      latest = value
      version.wrappingAdd(1, ordering: .releasing)
      return previous
    }
    _ = consume previous
  }

  /// The current value. It takes a lock for as long as copying a reference needs: for use now and then.
  public var current: Value { latest.withLock { $0 } }

  /// A reader that begins at the current value. Make one for each task.
  public func reader() -> SnapshotReader<Value> { SnapshotReader(self) }

  /// The current value and its version, which belong together.
  @usableFromInline
  func versioned() -> (value: Value, version: UInt64) {
    latest.withLock { ($0, version.load(ordering: .relaxed)) }
  }
}
