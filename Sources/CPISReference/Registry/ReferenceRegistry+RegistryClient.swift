public import CPIS
public import NHSNumbers
internal import Synchronization

extension ReferenceRegistry: RegistryClient {
  /// Asks which plans are shown today, in UK civil days, under a number.
  ///
  /// A plan found in unscheduled care enters the history and the pending notice of every authority responsible.
  /// A superseded number finds nothing, and the authorities concerned get a notice of it. A number marked sensitive
  /// after its plans were loaded still finds them: sensitivity bars loading, not showing [D].
  ///
  /// - Throws: `RegistryError`: `requestRejected` for a number not traced, or a placeholder; `accessDenied` when
  ///   the author's role does not allow this kind of care.
  /// - Complexity: O(1) when nothing is kept under the number.
  public func plans(for access: Access) async throws(RegistryError) -> RegistryAnswer {
    try Self.admit(access)
    let now = clock.now
    return state.withLock { $0.answer(access, at: now) }
  }

  /// Whether nothing is kept under a number, and nothing was ever.
  ///
  /// - Complexity: O(1).
  public func rulesOut(_ patient: NHSNumber) -> Bool { state.withLock { $0.patients.place(of: patient) == nil } }

  /// `true`: all that it knows is in memory.
  public var answersInPlace: Bool { true }

  /// Declares an access that was not part of a query.
  ///
  /// It counts when a plan is shown today or was on the day of the access, once for each identity and child,
  /// whether by query or declaration. In scheduled care nothing is kept.
  ///
  /// - Throws: `RegistryError`, as for a query.
  public func declare(_ access: Access) async throws(RegistryError) {
    try Self.admit(access)
    let now = clock.now
    state.withLock { $0.declare(access, at: now) }
  }

  /// Asks who saw the child's record in unscheduled care; empty while no plan is shown under the number.
  ///
  /// - Throws: `RegistryError`, as for a query.
  /// - Complexity: O(*n* log *n*) for *n* accesses to this child.
  public func accessHistory(for access: Access) async throws(RegistryError) -> AccessHistory {
    try Self.admit(access)
    let now = clock.now
    return state.withLock { $0.history(of: access.patient, at: now) }
  }

  /// The registry's own gate. Clients have one too, and nothing should come this far that does not pass it.
  private static func admit(_ access: Access) throws(RegistryError) {
    let context = access.context
    guard context.tracing == .verified, !access.patient.isPlaceholder else { throw RegistryError(.requestRejected) }
    guard context.author.activities.contains(context.setting.care.requiredActivity) else {
      throw RegistryError(.accessDenied)
    }
  }
}
