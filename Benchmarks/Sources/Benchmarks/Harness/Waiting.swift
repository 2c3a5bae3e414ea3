import Dispatch

/// Lets a contender be asynchronous.
enum Waiting {
  /// Runs work to its end and waits for it on this thread.
  static func value(_ work: @escaping @Sendable () async -> UInt64) -> UInt64 {
    let done = DispatchSemaphore(value: 0)
    nonisolated(unsafe) var result: UInt64 = 0
    Task.detached {
      result = await work()
      done.signal()
    }
    done.wait()
    return result
  }
}
