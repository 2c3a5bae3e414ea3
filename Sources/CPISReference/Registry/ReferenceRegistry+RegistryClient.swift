public import CPIS
public import NHSNumbers
internal import Synchronization

extension ReferenceRegistry: ScreeningRegistryClient {
  /// Asks which plans are shown today, in UK civil days, under a number.
  ///
  /// A plan found in unscheduled care enters the history and the pending notice of every authority responsible.
  /// A superseded number finds nothing, and the authorities concerned get a notice of it. A number marked sensitive
  /// after its plans were loaded still finds them: sensitivity bars loading, not showing [D].
  ///
  /// - Throws: `RegistryError`: `requestRejected` for a number not traced, or a placeholder; `accessDenied` when
  ///   the author's role does not allow this kind of care.
  /// - Complexity: O(1) when nothing is kept under the number.
  public func plans(for patient: NHSNumber, in context: AccessContext) async throws(RegistryError) -> RegistryAnswer
  {
    try Self.admit(patient, context)
    let now = clock.now
    return state.withLock { $0.answer(patient, context, at: now) }
  }

  /// Whether nothing is kept under a number, and nothing was ever.
  ///
  /// - Complexity: O(1).
  public func rulesOut(_ patient: NHSNumber, in context: AccessContext) -> Bool {
    Self.refusal(patient, context) == nil && state.withLock { $0.patients.place(of: patient) == nil }
  }

  /// Declares an access that was not part of a query.
  ///
  /// It counts when a plan is shown today or was on the day of the access, once for each trace id and child,
  /// whether by query or declaration. In scheduled care nothing is kept.
  ///
  /// - Throws: `RegistryError`, as for a query.
  public func declare(_ access: AccessDeclaration) async throws(RegistryError) {
    try Self.admit(access.patient, access.context)
    let now = clock.now
    state.withLock { $0.declare(access, at: now) }
  }

  /// Asks who saw the child's record in unscheduled care; empty while no plan is shown under the number.
  ///
  /// - Throws: `RegistryError`, as for a query.
  /// - Complexity: O(*n* log *n*) for *n* accesses to this child.
  public func accessHistory(for patient: NHSNumber, in context: AccessContext) async throws(RegistryError)
    -> AccessHistory
  {
    try Self.admit(patient, context)
    let now = clock.now
    return state.withLock { $0.history(of: patient, at: now) }
  }

  /// The registry's own gate. Clients have one too, and nothing should come this far that does not pass it.
  private static func admit(_ patient: NHSNumber, _ context: AccessContext) throws(RegistryError) {
    if let refusal = refusal(patient, context) { throw refusal }
  }

  private static func refusal(_ patient: NHSNumber, _ context: AccessContext) -> RegistryError? {
    guard context.tracing == .verified, !patient.isPlaceholder else { return RegistryError(.requestRejected) }
    let isAllowed = context.author.activities.contains(context.setting.care.requiredActivity)
    return isAllowed ? nil : RegistryError(.accessDenied)
  }
}
