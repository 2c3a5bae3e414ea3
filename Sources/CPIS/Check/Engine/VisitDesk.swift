#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import NHSNumbers

/// Decides under which access a check is made, and what is remembered of its visit.
///
/// Whatever the memory does wrong, the check goes on: under the derived identity when the host gave a key, else under
/// one of its own, and the authority may be told once more.
struct VisitDesk: Sendable {
  private let memory: any VisitMemory
  private let calls = PortCalls("visits")
  private let key: VisitIdentityKey?
  private let identities: IdentitySource
  private let clock: any WallClock
  private let policy: TriagePolicy
  private let events: EventReporter

  init(
    memory: any VisitMemory, key: VisitIdentityKey?, identities: IdentitySource, clock: any WallClock,
    policy: TriagePolicy, events: EventReporter
  ) {
    self.memory = memory
    self.key = key
    self.identities = identities
    self.clock = clock
    self.policy = policy
    self.events = events
  }

  /// Whether no call of the memory runs or waits for a thread.
  var isIdle: Bool { calls.areIdle }

  /// Whether the memory never waits.
  var isInPlace: Bool { memory.answersInPlace }

  /// An access that belongs to no visit.
  func access(to patient: NHSNumber, in context: AccessContext, at now: Date) -> Access {
    Access(id: Access.ID(identities.next()), patient: patient, context: context, time: now)
  }

  /// Begins a check.
  func admit(_ patient: NHSNumber, in context: AccessContext, at now: Date) async -> Flight {
    guard let id = context.visit, context.isUnscheduled else {
      return Flight(access(to: patient, in: context, at: now))
    }
    let visit = VisitKey(patient: patient, organisation: context.organisation.code, id: id)
    let accessID =
      key?.accessID(of: visit, firstCheckedOn: UnitedKingdomTime.day(at: now)) ?? Access.ID(identities.next())
    let proposal = RememberedVisit(accessID: accessID, firstCheck: now)
    let remembered = await open(visit, proposal)
    let access = Access(id: remembered?.accessID ?? accessID, patient: patient, context: context, time: now)
    return Flight(access, visit: visit, remembered: remembered)
  }

  /// The plans found earlier in the visit, when they may answer again.
  func repeatedAnswer(_ flight: Flight) -> CachedAnswer? {
    // "No plan" is never repeated, whatever a memory may hold: it is always asked again.
    // A memory that has plans of which the registry was not told is wrong: the registry is asked, and so told.
    guard let found = flight.remembered?.found, flight.isAuthorityTold, found.answer.patient == flight.patient,
      case .plans = found.answer.finding, found.answer.isComplete,
      found.isUsable(at: flight.access.time, for: policy.repeatsAnsweredFor)
    else { return nil }
    return found
  }

  /// What the memory has of a visit; `nil` when it failed, or took too long.
  private func open(_ visit: VisitKey, _ proposal: RememberedVisit) async -> RememberedVisit? {
    let window = policy.visitWindow
    do throws(VisitMemoryError) {
      // Without a closure where there is no need for one: every check comes here.
      let remembered =
        memory.answersInPlace
        ? try await memory.open(visit, proposing: proposal, within: window)
        : try await bounded { [memory] () async throws(VisitMemoryError) in
          try await memory.open(visit, proposing: proposal, within: window)
        }
      // A memory that returns what is over, or what is another's, would merge two visits.
      if remembered.isOpen(at: proposal.firstCheck, within: window), isOwn(remembered, visit) { return remembered }
      events.report(.visitMemoryFailed(VisitMemoryError(.corrupted)))
    } catch {
      events.report(.visitMemoryFailed(error))
    }
    return nil
  }

  /// Whether a remembered visit has the identity that its key gives it. Without a key, nothing can tell.
  private func isOwn(_ remembered: RememberedVisit, _ visit: VisitKey) -> Bool {
    guard let key else { return true }
    let day = UnitedKingdomTime.day(at: remembered.firstCheck)
    return remembered.accessID == key.accessID(of: visit, firstCheckedOn: day)
  }

  /// Takes note of what became of a check, for later ones of its visit.
  func note(_ note: VisitNote, of flight: Flight) async {
    guard let visit = flight.visit, flight.remembered != nil else { return }
    let id = flight.access.id
    do throws(VisitMemoryError) {
      if memory.answersInPlace { return try await memory.note(note, of: visit, access: id) }
      try await bounded { [memory] () async throws(VisitMemoryError) in
        try await memory.note(note, of: visit, access: id)
      }
    } catch {
      events.report(.visitMemoryFailed(error))
      // What it still has may be plans that the registry has just contradicted.
      do throws(VisitMemoryError) {
        try await bounded { [memory] () async throws(VisitMemoryError) in try await memory.forget(.visit(visit)) }
      } catch {
        events.report(.visitMemoryFailed(error))
      }
    }
  }

  /// Waits for the memory no longer than the policy says, unless it answers in place.
  private func bounded<Value: Sendable>(
    _ operation: @escaping @Sendable () async throws(VisitMemoryError) -> Value
  ) async throws(VisitMemoryError) -> Value {
    if memory.answersInPlace { return try await operation() }
    let result = await calls.run(inPlace: false, within: policy.visitDeadline, on: clock) {
      await resultOf(operation)
    }
    guard let result else { throw VisitMemoryError(.timedOut) }
    return try result.get()
  }
}
