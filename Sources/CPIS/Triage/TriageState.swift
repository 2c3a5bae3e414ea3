#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import NHSNumbers

/// What a service remembers between checks, and what it decides from it: no I/O, no waiting.
struct TriageState {
  /// What a check is to do.
  enum Step {
    /// Start this flight, and wait for it.
    case lead(Flight)
    /// Wait for a flight under way.
    case join(Flight)
    /// Answer from the encounter's earlier check.
    case repeatAnswer(CachedAnswer, Flight)
  }

  private var flights: [NHSNumber: [Flight]] = [:]
  private var encounters: EncounterMemory
  private var traceIDs: UsedTraceIDs
  private var held = HeldNotices()
  private let policy: TriagePolicy

  init(policy: TriagePolicy) {
    self.policy = policy
    encounters = EncounterMemory(policy: policy)
    traceIDs = UsedTraceIDs(policy: policy)
  }

  /// Decides how a check is answered, and takes note of it.
  ///
  /// - Parameter makeID: where the trace id comes from when the context's stands for another access.
  mutating func begin(
    _ patient: NHSNumber, in context: AccessContext, now: Date, makeID: () -> UUID
  ) -> Step {
    if let flight = flights[patient]?.first(where: { $0.isSameAccess(as: context) }) { return .join(flight) }
    var own = context
    guard let encounter = context.encounter, context.setting.care == .unscheduled else {
      own.traceID = traceID(patient, context, now, makeID)
      return lead(Flight(patient: patient, context: own, askedAs: context.traceID, start: now))
    }
    let key = EncounterMemory.Key(patient: patient, organisation: context.organisation.code, encounter: encounter)
    let visit =
      encounters.visit(key, now: now)
      ?? encounters.open(key, traceID: traceID(patient, context, now, makeID), now: now)
    own.traceID = visit.traceID
    let flight = Flight(
      patient: patient, context: own, askedAs: context.traceID, start: now, visit: key,
      isAuthorityTold: visit.isAuthorityTold, isSafeguardingTold: visit.isSafeguardingTold)
    if let found = visit.found, found.isUsable(at: now, for: policy.repeatsAnsweredFor) {
      return .repeatAnswer(found, flight)
    }
    return lead(flight)
  }

  private mutating func lead(_ flight: Flight) -> Step {
    flights[flight.patient, default: []].append(flight)
    return .lead(flight)
  }

  private mutating func traceID(
    _ patient: NHSNumber, _ context: AccessContext, _ now: Date, _ makeID: () -> UUID
  ) -> TraceID {
    traceIDs.mayUse(context.traceID, for: patient, now: now) ? context.traceID : TraceID(makeID())
  }

  /// Takes a flight out of those that can be joined.
  mutating func end(_ flight: Flight) {
    guard var others = flights[flight.patient] else { return }
    others.removeAll { $0 === flight }
    flights[flight.patient] = others.isEmpty ? nil : others
  }

  /// Takes note of what became of a check, for later ones of its encounter.
  mutating func remember(_ flight: Flight, _ change: (inout EncounterMemory.Visit) -> Void) {
    guard let key = flight.visit else { return }
    encounters.update(key, flight.context.traceID, change)
  }

  /// How many notices wait in memory.
  var heldCount: Int { held.count }

  /// Keeps a notice that the sink would not take: whether there was room, and whether the caller must start offering.
  mutating func hold(_ notice: Notice) -> (isKept: Bool, mustOffer: Bool) {
    let isKept = held.hold(notice, limit: policy.heldNoticeLimit)
    return (isKept, held.startOffering())
  }

  /// The notice to offer next; `nil` ends the offering.
  mutating func nextHeld() -> Notice? { held.next() }

  /// Ends the offering with notices left.
  mutating func pauseOffering() { held.pauseOffering() }

  /// Lets others go before a notice that was not taken, and those of its patient.
  mutating func postponeHeld(_ notice: Notice) { held.postpone(notice) }

  /// Takes a notice out that was taken over, or will never be. How many are left.
  mutating func dropHeld(_ notice: Notice) -> Int { held.drop(notice) }
}

extension CachedAnswer {
  /// Whether it may be shown at an instant under an age limit. One from the future may not: a clock is wrong, and
  /// its age is unknown. Nor one of which a plan has left since.
  func isUsable(at now: Date, for limit: Duration) -> Bool {
    let age = now.timeIntervalSince(asOf)
    guard age >= 0, age <= limit.seconds else { return false }
    return !isExpired(at: now)
  }

  /// Whether its last day has passed.
  func isExpired(at now: Date) -> Bool {
    guard let lastUsableDay else { return false }
    return UnitedKingdomTime.day(at: now) > lastUsableDay
  }
}
