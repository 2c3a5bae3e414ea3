#if THREAD_SANITIZER
  import Foundation

  /// Stands in for `Synchronization.Mutex` under the thread sanitizer, which on Linux does not see that one's futex
  /// and reports a race for every correct use of it (Swift 6.3.1). Built only with
  /// `swift test --sanitize=thread -Xswiftc -DTHREAD_SANITIZER`; everything else is the code that ships.
  final class Mutex<Value>: @unchecked Sendable {
    private let lock = NSLock()
    private var value: Value

    init(_ value: Value) { self.value = value }

    func withLock<Result, Failure: Error>(
      _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
      lock.lock()
      defer { lock.unlock() }
      return try body(&value)
    }
  }
#endif
