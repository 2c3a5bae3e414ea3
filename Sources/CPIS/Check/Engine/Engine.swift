#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import NHSNumbers

/// Conducts a check: gate, visit, kept answer, registry, notices, outcome. What each step knows is its own.
final class Engine: Sendable {
  let registry: any RegistryClient
  let visits: VisitDesk
  let answers: AnswerKeeper
  let notices: NoticeDesk
  let flights = Flights()
  let clock: any WallClock
  let policy: TriagePolicy
  let events: EventReporter

  init(
    registry: any RegistryClient, visits: VisitDesk, answers: AnswerKeeper, notices: NoticeDesk,
    clock: any WallClock, policy: TriagePolicy, events: EventReporter
  ) {
    self.registry = registry
    self.visits = visits
    self.answers = answers
    self.notices = notices
    self.clock = clock
    self.policy = policy
    self.events = events
  }

  func check(_ patient: NHSNumber, in context: AccessContext) async -> TriageOutcome {
    let now = clock.now
    if let reason = Gate.refusal(patient, in: context) {
      return refuse(reason, visits.access(to: patient, in: context, at: now), at: now)
    }
    if registry.rulesOut(patient) { return ruledOut(visits.access(to: patient, in: context, at: now)) }
    let flight = await visits.admit(patient, in: context, at: now)
    if let found = visits.repeatedAnswer(flight) {
      startNow { flight.settlement.settle(await self.concludeRepeat(flight, found)) }
      return await outcome(of: flight)
    }
    guard let other = flights.join(orAdd: flight) else { return await lead(flight) }
    events.report(.joined, flight.access)
    let outcome = await outcome(of: other)
    // A refusal concerns whoever asked first. Another author asks on their own.
    if outcome.isRefusalOfAuthor, other.access.context.author != context.author {
      return await check(patient, in: context)
    }
    return outcome
  }

  /// The outcome when nobody may be asked. `access` is `nil` when no patient was named.
  func refuse(_ reason: NotChecked.Reason, _ access: Access?, at now: Date) -> TriageOutcome {
    events.report(.refused, access)
    return .notChecked(NotChecked(reason: reason, access: access, triedAt: now, authorityTold: .notDue))
  }

  /// The outcome when the registry is certain without being asked: nobody is to be told, and nothing to be kept.
  private func ruledOut(_ access: Access) -> TriageOutcome {
    events.report(.noPlanRecorded(.registry), access)
    let origin = AnswerOrigin(source: .registry, asOf: access.time, checkedAt: access.time)
    return .noPlanRecorded(NoPlanRecorded(access: access, origin: origin, authorityTold: .notDue))
  }

  /// Starts a flight and waits for it. The deadline's timer is set only when no answer came at once.
  private func lead(_ flight: Flight) async -> TriageOutcome {
    startNow { await self.fly(flight) }
    if let outcome = flight.settlement.settled { return outcome }
    let timer = Task {
      // A clock that cannot wait ends the waiting: unknown is safe, waiting for ever is not.
      try? await self.clock.sleep(for: self.policy.deadline)
      await self.land(flight, .failure(RegistryError(.timedOut)))
    }
    defer { if flight.settlement.settled != nil { timer.cancel() } }
    return await outcome(of: flight)
  }

  private func outcome(of flight: Flight) async -> TriageOutcome {
    if let outcome = await flight.settlement.value() { return outcome }
    events.report(.notChecked, flight.access)
    // The flight goes on without this caller, and declares what there is to declare.
    let told: Handover =
      if !flight.isUnscheduled { .notDue } else if flight.isAuthorityTold { .alreadyTold } else { .heldInMemory }
    return .notChecked(
      NotChecked(reason: .cancelled, access: flight.access, triedAt: flight.access.time, authorityTold: told))
  }

  /// Asks: the cache first when the policy lets it answer, then the registry.
  private func fly(_ flight: Flight) async {
    if let kept = await answers.freshAnswer(for: flight) {
      guard flight.settlement.claim() else { return }
      settle(flight, await concludeFresh(flight, kept))
      return
    }
    events.report(.registryAsked, flight.access)
    do throws(RegistryError) {
      let answer = try await registry.plans(for: flight.access)
      // An answer about anyone else is no answer (hazard H3).
      guard answer.patient == flight.patient else { throw RegistryError(.unusableAnswer) }
      await land(flight, .success(answer))
    } catch {
      await land(flight, .failure(error))
    }
  }

  /// Concludes with the first of answer, failure and deadline; an answer that comes later is still kept.
  private func land(_ flight: Flight, _ result: Result<RegistryAnswer, RegistryError>) async {
    let isFirst = flight.settlement.claim()
    let now = clock.now
    if case .success(let answer) = result { await answers.keep(answer, of: flight) }
    guard isFirst else {
      if case .success = result { events.report(.lateAnswer, flight.access) }
      return
    }
    switch result {
    case .success(let answer): settle(flight, await conclude(flight, answer, now: now))
    case .failure(let error): settle(flight, await conclude(flight, error, now: now))
    }
  }

  private func settle(_ flight: Flight, _ outcome: TriageOutcome) {
    flights.remove(flight)
    flight.settlement.settle(outcome)
    switch outcome {
    case .plansRecorded(let found): events.report(.plansRecorded(found.origin.source), flight.access)
    case .noPlanRecorded(let answer): events.report(.noPlanRecorded(answer.origin.source), flight.access)
    case .notChecked: events.report(.notChecked, flight.access)
    }
  }

  func accessHistory(for patient: NHSNumber, in context: AccessContext) async -> AccessHistoryOutcome {
    let access = visits.access(to: patient, in: context, at: clock.now)
    func notChecked(_ reason: NotChecked.Reason) -> AccessHistoryOutcome {
      .notChecked(NotChecked(reason: reason, access: access, triedAt: clock.now, authorityTold: .notDue))
    }
    if let reason = Gate.refusal(patient, in: context) { return notChecked(reason) }
    let result = await clock.bounded(by: policy.deadline) { [registry] in
      await resultOf { () async throws(RegistryError) in try await registry.accessHistory(for: access) }
    }
    switch result {
    case .success(let history) where history.patient == patient: return .known(history, asOf: clock.now)
    case .success: return notChecked(failing(RegistryError(.unusableAnswer), access))
    case .failure(let error): return notChecked(failing(error, access))
    case nil: return notChecked(failing(RegistryError(.timedOut), access))
    }
  }

  private func failing(_ error: RegistryError, _ access: Access) -> NotChecked.Reason {
    events.report(.registryFailed(error), access)
    return NotChecked.Reason(error)
  }
}

extension TriageOutcome {
  /// Whether the registry refused the author.
  fileprivate var isRefusalOfAuthor: Bool {
    if case .notChecked(let refusal) = self { return refusal.reason == .notAuthorised }
    return false
  }
}
