import Dispatch

/// Lets synchronous code wait for asynchronous work.
package enum Waiting {
  /// Runs work to its end and waits for it on this thread.
  package static func value<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) throws -> Value {
    let done = DispatchSemaphore(value: 0)
    nonisolated(unsafe) var result: Result<Value, any Error> = .failure(NotDone("no result"))
    Task.detached {
      do { result = .success(try await work()) } catch { result = .failure(error) }
      done.signal()
    }
    done.wait()
    return try result.get()
  }
}
