#if THREAD_SANITIZER
  import Synchronization

  /// Stands in for `Synchronization.Mutex` under the thread sanitizer, which on Linux does not see that one's futex
  /// and reports a race for every correct use of it (Swift 6.3.1). It does see atomics.
  ///
  /// Built only with `swift test --sanitize=thread -Xswiftc -DTHREAD_SANITIZER`; each module that has a lock names
  /// this one `Mutex` then, and everything else is the code that ships.
  package final class SanitizedMutex<Value>: @unchecked Sendable {
    private let isTaken = Atomic(false)
    private var value: Value

    package init(_ value: Value) { self.value = value }

    package func withLock<Result, Failure: Error>(
      _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
      // With more threads than processors, whoever holds the lock must get its turn.
      while isTaken.exchange(true, ordering: .acquiring) { yieldProcessor() }
      defer { isTaken.store(false, ordering: .releasing) }
      return try body(&value)
    }
  }

  typealias Mutex = SanitizedMutex
#endif
