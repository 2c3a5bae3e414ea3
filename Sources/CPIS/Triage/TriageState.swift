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
  private var held = HeldNotices()
  private let policy: TriagePolicy

  init(policy: TriagePolicy) {
    self.policy = policy
    encounters = EncounterMemory(policy: policy)
  }

  /// Decides how a check is answered, and takes note of it.
  mutating func begin(_ patient: NHSNumber, in context: AccessContext, now: Date) -> Step {
    if let flight = flights[patient]?.first(where: { $0.isSameAccess(as: context) }) { return .join(flight) }
    let flight: Flight
    if let encounter = context.encounter, context.setting.care == .unscheduled {
      let key = EncounterMemory.Key(
        patient: patient, organisation: context.organisation.code, encounter: encounter)
      let visit = encounters.visit(key, traceID: context.traceID, now: now)
      var joined = context
      joined.traceID = visit.traceID
      flight = Flight(
        patient: patient, context: joined, start: now, visit: key, isAuthorityTold: visit.isAuthorityTold,
        isSafeguardingTold: visit.isSafeguardingTold)
      if let found = visit.found, found.isUsable(at: now, for: policy.repeatsAnsweredFor) {
        return .repeatAnswer(found, flight)
      }
    } else {
      flight = Flight(
        patient: patient, context: context, start: now, visit: nil, isAuthorityTold: false,
        isSafeguardingTold: false)
    }
    flights[patient, default: []].append(flight)
    return .lead(flight)
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

  /// Keeps a notice that the sink would not take. The caller starts offering when told to.
  mutating func hold(_ notice: Notice) -> HeldNotices.Decision { held.hold(notice, limit: policy.heldNoticeLimit) }

  /// The notice to offer next; `nil` ends the offering.
  mutating func nextHeld() -> Notice? { held.next() }

  /// Ends the offering with notices left.
  mutating func pauseOffering() { held.pauseOffering() }

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
