public import NHSNumbers

/// A registry client that can rule numbers out from memory, as nearly every number that is asked about can be.
///
/// ``TriageService`` asks it first, on the caller's own thread: a check that is ruled out needs no task, no deadline and
/// no memory of its encounter, and costs a fraction of the whole way (`Benchmarks`, "triage, miss"). It goes the whole
/// way for every other number.
///
/// **To implement it**: keep all the numbers under which the registry holds anything at all, such as in an
/// `NHSNumberIndex`, and rule out those that are not among them. Only a list that is whole, and as new as the
/// registry's own answer would be, may rule a number out; a copy fetched an hour ago may not.
public protocol ScreeningRegistryClient: RegistryClient {
  /// Whether ``RegistryClient/plans(for:in:)``, asked now, would find no plan under the number, tell nobody and throw
  /// nothing.
  ///
  /// It never waits, and asking neither logs nor notifies. `false` says nothing about the patient: it means ask.
  func rulesOut(_ patient: NHSNumber, in context: AccessContext) -> Bool
}
