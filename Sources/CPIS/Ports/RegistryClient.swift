public import NHSNumbers

/// The registry as the SDK sees it: who has a plan, and who was told that a child was seen.
///
/// **To implement it** over a network: map every failure to a ``RegistryError``, and only a reply that says so
/// to "no plan under this number". Never return that for an empty, cut or unreadable reply. Be ready for calls at
/// once from many tasks. Give up by yourself after a time: a caller who no longer waits does not cancel you.
/// Requests carry the access's identity, and a repeat of a call carries the same one. A client that wraps another
/// passes every requirement on, those with a default too.
///
/// **To use it** call ``TriageService``, which adds the gate, deadlines, and declarations of what was missed.
public protocol RegistryClient: Sendable {
  /// Asks what is recorded under a number. In unscheduled care a plan found is also an access declared: it enters
  /// the child's access history, and the responsible authorities are told.
  ///
  /// - Throws: ``RegistryError``. A thrown error means unknown, never "no plan". It is also unknown whether the access
  ///   was declared.
  func plans(for access: Access) async throws(RegistryError) -> RegistryAnswer

  /// Declares an access that was not part of a query: one answered from a cache, or during an outage.
  ///
  /// The registry counts declarations and queries of one identity once, so declare again after any doubt.
  /// Where no plan is recorded under the number, nothing is kept and nobody told.
  ///
  /// - Throws: ``RegistryError``. Keep the declaration, and declare it again later.
  func declare(_ access: Access) async throws(RegistryError)

  /// Asks who saw the child's record in unscheduled care. Asking neither logs nor notifies.
  ///
  /// - Throws: ``RegistryError``. A thrown error means unknown, never "never seen".
  func accessHistory(for access: Access) async throws(RegistryError) -> AccessHistory

  /// Whether ``plans(for:)``, asked now by anyone who may ask, would find no plan under the number and tell nobody.
  ///
  /// ``TriageService`` asks it first, on the caller's own thread: a check that is ruled out needs no task, no deadline
  /// and no memory of its visit, and costs a fraction of the whole way. `false` says nothing about the patient: it
  /// means ask. It never waits, and asking neither logs nor notifies.
  ///
  /// Say more than `false` only where you keep all the numbers under which the registry holds anything at all, such as
  /// in an `NHSNumberIndex`. Only a list that is whole, and as new as the registry's own answer would be, may rule a
  /// number out; a copy fetched an hour ago may not.
  func rulesOut(_ patient: NHSNumber) -> Bool

  /// Whether every call answers from this process's memory, and so never blocks a thread nor waits. It is then called
  /// on the check's own thread; a client that says nothing is called on threads of its own, so that one that blocks
  /// delays nobody.
  var answersInPlace: Bool { get }
}

extension RegistryClient {
  /// `false`: every number is asked about.
  public func rulesOut(_ patient: NHSNumber) -> Bool { false }

  /// `false`: the client may block its thread, or wait for a network.
  public var answersInPlace: Bool { false }
}
