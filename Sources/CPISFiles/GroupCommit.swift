internal import Dispatch
internal import Synchronization

/// Hands requests from many tasks to one owner of a value, several at a time, off the tasks' own threads.
///
/// While the owner waits for the disk, requests gather; the next turn takes them all, so that callers at once share
/// one sync. The value leaves the lock for as long as the owner has it: nobody waits for the disk under a lock, and
/// no thread of the cooperative pool waits for it at all.
package final class GroupCommit<Value: Sendable, Request: Sendable, Reply: Sendable>: Sendable {
  private struct State {
    /// `nil` while the owner has it.
    var value: Value?
    var waiting: [(request: Request, continuation: CheckedContinuation<Reply, Never>)] = []
  }

  private let state: Mutex<State>
  private let queue: DispatchQueue
  private let perform: @Sendable (inout Value, [Request]) -> [Reply]

  /// Begins to serve requests.
  ///
  /// - Parameter perform: does requests in order, and gives one reply for each. Called by one thread at a time.
  package init(_ value: Value, label: String, perform: @escaping @Sendable (inout Value, [Request]) -> [Reply]) {
    self.state = Mutex(State(value: value))
    self.queue = DispatchQueue(label: label)
    self.perform = perform
  }

  /// Asks, and waits for the reply. Cancellation does not take a request back.
  package func submit(_ request: Request) async -> Reply {
    await withCheckedContinuation { continuation in
      let isFirst = state.withLock { state in
        state.waiting.append((request, continuation))
        return state.waiting.count == 1
      }
      // Whoever is first calls the owner; those who come while it works are seen by its next turn.
      if isFirst { queue.async { self.turn() } }
    }
  }

  /// Ends with the value, when nobody asks any more.
  package func finish(_ end: (inout Value) -> Void) {
    guard var value = state.withLock({ $0.value.take() }) else { return }
    end(&value)
  }

  private func turn() {
    // Moved out: a second reference to the value would make its next change copy all of it.
    var taken: Value?
    var waiting: [(request: Request, continuation: CheckedContinuation<Reply, Never>)] = []
    state.withLock { state in
      taken = state.value.take()
      swap(&waiting, &state.waiting)
    }
    guard var value = taken.take() else { return }
    let replies = perform(&value, waiting.map(\.request))
    state.withLock { $0.value = value }
    for (waiter, reply) in zip(waiting, replies) { waiter.continuation.resume(returning: reply) }
  }
}

/// Runs work that waits for the disk off the cooperative pool.
package func offPool<Success: Sendable, Failure: Error>(
  _ work: @escaping @Sendable () throws(Failure) -> Success
) async throws(Failure) -> Success {
  let result: Result<Success, Failure> = await withCheckedContinuation { continuation in
    DispatchQueue.global().async {
      do throws(Failure) {
        continuation.resume(returning: .success(try work()))
      } catch {
        continuation.resume(returning: .failure(error))
      }
    }
  }
  return try result.get()
}
