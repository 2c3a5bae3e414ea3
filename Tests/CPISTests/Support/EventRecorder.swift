import CPIS
import Synchronization

/// Keeps the events of a service.
final class EventRecorder: EventObserver {
  private let state = Mutex<[any ObservedEvent]>([])

  var all: [any ObservedEvent] { state.withLock { $0 } }
  var kinds: [TriageEvent.Kind] { all.compactMap { ($0 as? TriageEvent)?.kind } }
  var guardChanges: [RegistryGuardChange] { all.compactMap { $0 as? RegistryGuardChange } }

  func observe(_ event: some ObservedEvent) { state.withLock { $0.append(event) } }
}

/// A flag that one task raises and others look at.
final class Flag: Sendable {
  private let state = Mutex(false)

  var isRaised: Bool { state.withLock { $0 } }

  func raise() { state.withLock { $0 = true } }
}
