import Foundation
import NHSNumbers
import Synchronization

/// Publishes on a thread of its own, at most every millisecond, from ``resume()`` to ``pause()``.
///
/// The thread lives as long as the comparison: to start and end it within the measured time would be charged to the
/// reader.
final class Publisher: Sendable {
  private let state = Atomic(State.paused.rawValue)
  private let done = DispatchSemaphore(value: 0)

  private enum State: Int { case paused, publishing, stopped }

  /// - Parameter publish: does it once; is given how many went before.
  init(_ publish: @escaping @Sendable (Int) -> Void) {
    let thread = Thread { [self] in
      var turn = 0
      while let state = State(rawValue: state.load(ordering: .relaxed)), state != .stopped {
        if state == .publishing {
          publish(turn)
          turn += 1
        }
        usleep(1000)
      }
      done.signal()
    }
    thread.start()
  }

  func resume() { state.store(State.publishing.rawValue, ordering: .relaxed) }

  /// Stops publishing, and does not wait for the one under way.
  func pause() { state.store(State.paused.rawValue, ordering: .relaxed) }

  /// Ends the thread, and waits until it has.
  func stop() {
    state.store(State.stopped.rawValue, ordering: .relaxed)
    done.wait()
  }
}
