/// Those who wait for a count to reach a number.
struct CountWatchers {
  typealias Watcher = CheckedContinuation<Void, Never>

  private var watchers: [(threshold: Int, watcher: Watcher)] = []

  mutating func add(_ watcher: Watcher, for threshold: Int) { watchers.append((threshold, watcher)) }

  /// Takes out those whose number is reached; the caller resumes them, outside any lock.
  mutating func take(reachedBy count: Int) -> [Watcher] {
    let ready = watchers.filter { $0.threshold <= count }.map(\.watcher)
    watchers.removeAll { $0.threshold <= count }
    return ready
  }
}
