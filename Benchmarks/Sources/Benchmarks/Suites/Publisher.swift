import Foundation
import NHSNumbers
import Synchronization

/// Publishes two indexes in turn, every millisecond, on a thread of its own.
final class Publisher: Sendable {
  private let isStopped = Atomic(false)
  private let done = DispatchSemaphore(value: 0)

  init(_ snapshots: Snapshots<NHSNumberIndex>, _ first: NHSNumberIndex, _ second: NHSNumberIndex) {
    let thread = Thread { [self] in
      var turn = 0
      while !isStopped.load(ordering: .relaxed) {
        snapshots.publish(turn % 2 == 0 ? second : first)
        turn += 1
        usleep(1000)
      }
      done.signal()
    }
    thread.start()
  }

  /// Stops, and waits until it has.
  func stop() {
    isStopped.store(true, ordering: .relaxed)
    done.wait()
  }
}
