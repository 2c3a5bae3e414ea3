import Dispatch

/// Lets a contender be asynchronous.
enum Waiting {
  /// Runs work to its end and waits for it on this thread.
  static func value(_ work: @escaping @Sendable () async throws -> UInt64) throws -> UInt64 {
    let done = DispatchSemaphore(value: 0)
    nonisolated(unsafe) var result: Result<UInt64, any Error> = .failure(NotDone("no result"))
    Task.detached {
      do { result = .success(try await work()) } catch { result = .failure(error) }
      done.signal()
    }
    done.wait()
    return try result.get()
  }
}
