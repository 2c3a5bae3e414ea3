/// Receives the events of a ``TriageService``, for logs and metrics. Events hold no patient.
///
/// **To implement it**: return quickly and do not call the service; you are called in the path of a check, from
/// any task.
public protocol TriageObserver: Sendable {
  /// Takes note of an event.
  func observe(_ event: TriageEvent)
}

/// Tells the observer, if there is one.
struct EventReporter: Sendable {
  let observer: (any TriageObserver)?

  func report(_ kind: TriageEvent.Kind, _ access: Access? = nil) {
    observer?.observe(TriageEvent(kind: kind, access: access?.id, setting: access?.context.setting))
  }
}
