/// Is told what a ``TriageService`` does, for logs and metrics. Events hold no patient.
///
/// **To implement it**: return quickly and do not call the service; you are called in the path of a check, from
/// any task.
public protocol TriageObserver: Sendable {
  /// Takes note of an event.
  func observe(_ event: TriageEvent)
}
