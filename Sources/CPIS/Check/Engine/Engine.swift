#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import NHSNumbers

/// Conducts a check: gate, visit, kept answer, registry, notices, outcome. What each step knows is its own.
final class Engine: Sendable {
  let registry: GuardedRegistry
  let visits: VisitDesk
  let answers: AnswerKeeper
  let notices: NoticeDesk
  let flights = Flights()
  let clock: any WallClock
  let policy: TriagePolicy
  let events: EventReporter

  init(
    registry: GuardedRegistry, visits: VisitDesk, answers: AnswerKeeper, notices: NoticeDesk,
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

  /// Whether no call of any port runs or waits for a thread.
  var isIdle: Bool {
    registry.isIdle && visits.calls.areIdle && answers.calls.areIdle && notices.isIdle
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
    events.report(.refused(reason), access)
    return .notChecked(NotChecked(reason: reason, access: access, triedAt: now, authorityTold: .notDue))
  }

  /// The outcome when the registry is certain without being asked: nobody is to be told, and nothing to be kept.
  private func ruledOut(_ access: Access) -> TriageOutcome {
    events.report(.noPlanRecorded(.registry), access, since: access.time)
    let origin = AnswerOrigin(source: .registry, asOf: access.time, checkedAt: access.time)
    return .noPlanRecorded(NoPlanRecorded(access: access, origin: origin, authorityTold: .notDue))
  }

  /// Starts a flight and waits for it.
  private func lead(_ flight: Flight) async -> TriageOutcome {
    startNow { await self.fly(flight) }
    if let outcome = flight.settlement.settled { return outcome }
    return await outcome(of: flight)
  }

  private func outcome(of flight: Flight) async -> TriageOutcome {
    if let outcome = await flight.settlement.value() { return outcome }
    events.report(.notChecked(.cancelled), flight.access, since: flight.access.time)
    // The flight goes on without this caller, and declares what there is to declare.
    let told: Handover =
      if !flight.isUnscheduled { .notDue } else if flight.isAuthorityTold { .alreadyTold } else { .heldInMemory }
    return .notChecked(
      NotChecked(reason: .cancelled, access: flight.access, triedAt: flight.access.time, authorityTold: told))
  }

  /// Asks: the cache first when the policy lets it answer, then the registry.
  private func fly(_ flight: Flight) async {
    if let kept = await answers.freshAnswer(for: flight) {
      settle(flight, await concludeFresh(flight, kept))
      return
    }
    let asked = events.start
    do throws(RegistryError) {
      let answer: RegistryAnswer
      if let inPlace = registry.inPlace {
        events.report(.registryAsked, flight.access)
        answer = try await inPlace.plans(for: flight.access)
      } else {
        answer = try await askGuarded(flight, asked)
      }
      let now = clock.now
      // An answer about anyone else is no answer (hazard H3).
      guard answer.patient == flight.patient else { throw RegistryError(.unusableAnswer) }
      events.report(.registryAnswered, flight.access, since: asked)
      await answers.keep(answer, of: flight)
      settle(flight, await conclude(flight, answer, now: now))
    } catch {
      events.report(.registryFailed(error), flight.access, since: asked)
      settle(flight, await conclude(flight, error, now: clock.now))
    }
  }

  private func askGuarded(_ flight: Flight, _ asked: Date?) async throws(RegistryError) -> RegistryAnswer {
    try await registry.call(
      within: policy.deadline, willCall: { self.events.report(.registryAsked, flight.access) },
      late: { await self.keepLate($0, of: flight, asked) }
    ) { registry async throws(RegistryError) in try await registry.plans(for: flight.access) }
  }

  /// An answer that comes after the deadline is still kept.
  private func keepLate(_ result: Result<RegistryAnswer, RegistryError>, of flight: Flight, _ asked: Date?) async {
    guard case .success(let answer) = result, answer.patient == flight.patient else { return }
    await answers.keep(answer, of: flight)
    events.report(.lateAnswer, flight.access, since: asked)
  }

  private func settle(_ flight: Flight, _ outcome: TriageOutcome) {
    flights.remove(flight)
    flight.settlement.settle(outcome)
    let kind: TriageEvent.Kind =
      switch outcome {
      case .plansRecorded(let found): .plansRecorded(found.origin.source)
      case .noPlanRecorded(let answer): .noPlanRecorded(answer.origin.source)
      case .notChecked(let refusal): .notChecked(refusal.reason)
      }
    events.report(kind, flight.access, since: flight.access.time)
  }

  func accessHistory(for patient: NHSNumber, in context: AccessContext) async -> AccessHistoryOutcome {
    let access = visits.access(to: patient, in: context, at: clock.now)
    func notChecked(_ reason: NotChecked.Reason) -> AccessHistoryOutcome {
      .notChecked(NotChecked(reason: reason, access: access, triedAt: clock.now, authorityTold: .notDue))
    }
    if let reason = Gate.refusal(patient, in: context) { return notChecked(reason) }
    let asked = events.start
    do throws(RegistryError) {
      let history = try await registry.call(within: policy.deadline) {
        registry async throws(RegistryError) in try await registry.accessHistory(for: access)
      }
      guard history.patient == patient else { throw RegistryError(.unusableAnswer) }
      events.report(.registryAnswered, access, since: asked)
      return .known(history, asOf: clock.now)
    } catch {
      events.report(.registryFailed(error), access, since: asked)
      return notChecked(NotChecked.Reason(error))
    }
  }
}

extension TriageOutcome {
  /// Whether the registry refused the author.
  fileprivate var isRefusalOfAuthor: Bool {
    if case .notChecked(let refusal) = self { return refusal.reason == .notAuthorised }
    return false
  }
}
