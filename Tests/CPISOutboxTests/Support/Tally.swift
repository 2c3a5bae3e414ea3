import Synchronization

/// A value that many tasks change.
final class Tally<Value: Sendable>: Sendable {
  private let state: Mutex<Value>
  init(_ value: Value) { state = Mutex(value) }
  var value: Value { state.withLock { $0 } }
  @discardableResult
  func add<Result: Sendable>(_ change: (inout Value) -> Result) -> Result {
    state.withLock { change(&$0) }
  }
}
