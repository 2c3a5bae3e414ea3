import CPIS
import Synchronization

/// Keeps the events of a service.
final class EventRecorder: TriageObserver {
  private let state = Mutex<[TriageEvent]>([])

  var kinds: [TriageEvent.Kind] { state.withLock { $0.map(\.kind) } }

  func observe(_ event: TriageEvent) { state.withLock { $0.append(event) } }
}

/// A flag that one task raises and others look at.
final class Flag: Sendable {
  private let state = Mutex(false)

  var isRaised: Bool { state.withLock { $0 } }

  func raise() { state.withLock { $0 = true } }
}
