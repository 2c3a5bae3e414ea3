public import NHSNumbers

/// A registry that answers from memory: a list that is kept in the process, or the reference registry.
///
/// ``TriageService`` asks it on the caller's own thread, without a task and without a deadline. A check that finds no
/// plan then costs a third of what it costs through ``RegistryClient/plans(for:in:)`` (`Benchmarks`, "triage, miss").
///
/// **To implement it**: never wait, neither for a network nor for a disk. The rules of ``RegistryClient`` hold, and
/// above all that only a list known to be whole may say "no plan under this number".
public protocol ImmediateRegistryClient: RegistryClient {
  /// Asks what is recorded under a number, as ``RegistryClient/plans(for:in:)`` does, and answers at once.
  ///
  /// - Throws: ``RegistryError``. A thrown error means unknown, never "no plan".
  func plansNow(for patient: NHSNumber, in context: AccessContext) throws(RegistryError) -> RegistryAnswer
}

extension ImmediateRegistryClient {
  /// Asks what is recorded under a number: the same answer as ``plansNow(for:in:)``.
  public func plans(for patient: NHSNumber, in context: AccessContext) async throws(RegistryError) -> RegistryAnswer
  {
    try plansNow(for: patient, in: context)
  }
}
