public import NHSNumbers

/// The registry as the SDK sees it: who has a plan, and who was told that a child was seen.
///
/// **To implement it** over a network: map every failure to a ``RegistryError``, and only a reply that says so
/// to "no plan under this number". Never return that for an empty, cut or unreadable reply. Be ready for calls at
/// once from many tasks. Give up by yourself after a time: a caller who no longer waits does not cancel you.
/// Requests carry the context's trace id, and a repeat of a call carries the same one.
///
/// **To use it** call ``TriageService``, which adds the gate, deadlines, and declarations of what was missed.
public protocol RegistryClient: Sendable {
  /// Asks what is recorded under a number. In unscheduled care a plan found is also an access declared: it enters
  /// the child's access history, and the responsible authorities are told.
  ///
  /// - Throws: ``RegistryError``. A thrown error means unknown, never "no plan"; and also unknown is whether the
  ///   access was declared.
  func plans(for patient: NHSNumber, in context: AccessContext) async throws(RegistryError) -> RegistryAnswer

  /// Declares an access that was not part of a query: one answered from a cache, or during an outage.
  ///
  /// The registry counts declarations and queries with one trace id once, so declare again after any doubt.
  /// Where no plan is recorded under the number, nothing is kept and nobody told.
  ///
  /// - Throws: ``RegistryError``. Keep the declaration, and declare it again later.
  func declare(_ access: AccessDeclaration) async throws(RegistryError)

  /// Asks who saw the child's record in unscheduled care. Asking neither logs nor notifies.
  ///
  /// - Throws: ``RegistryError``. A thrown error means unknown, never "never seen".
  func accessHistory(for patient: NHSNumber, in context: AccessContext) async throws(RegistryError) -> AccessHistory
}
