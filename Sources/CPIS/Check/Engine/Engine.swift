#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import NHSNumbers

/// Conducts a check: gate, visit, kept answer, registry, notices, outcome. Each step keeps its state to itself.
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

  /// Whether every port answers in place now: then nothing waits, and a check needs no task of its own to outlive its
  /// caller. A caller that is cancelled already would cancel the ports' work with its own.
  private var mayRunInPlace: Bool {
    registry.answersInPlace && visits.isInPlace && answers.isInPlace && notices.isInPlace && !Task.isCancelled
  }

  /// Whether no call of any port runs or waits for a thread.
  var isIdle: Bool {
    registry.isIdle && visits.isIdle && answers.isIdle && notices.isIdle
  }

  func check(_ patient: NHSNumber, in context: AccessContext) async -> TriageOutcome {
    let now = clock.now
    if let reason = Gate.refusal(patient, in: context) {
      return refuse(reason, visits.access(to: patient, in: context, at: now), at: now)
    }
    if registry.rulesOut(patient) { return ruledOut(visits.access(to: patient, in: context, at: now)) }
    let flight = await visits.admit(patient, in: context, at: now)
    if let found = visits.repeatedAnswer(flight) {
      if mayRunInPlace { return await concludeRepeat(flight, found) }
      startNow { flight.settlement.settle(await self.concludeRepeat(flight, found)) }
      return await outcome(of: flight, for: flight)
    }
    guard let other = flights.join(orAdd: flight) else { return await lead(flight) }
    events.report(.joined, flight.access)
    let outcome = await outcome(of: other, for: flight)
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
    if mayRunInPlace { await fly(flight) } else { startNow { await self.fly(flight) } }
    if let outcome = flight.settlement.settled { return outcome }
    return await outcome(of: flight, for: flight)
  }

  /// Waits for a flight, which may be that of another caller.
  private func outcome(of flight: Flight, for caller: Flight) async -> TriageOutcome {
    if let outcome = await flight.settlement.value() { return outcome }
    // The flight goes on without this caller, and declares what there is to declare.
    events.report(.callerLeft, caller.access, since: caller.access.time)
    let told = flight.authorityTold ?? (flight.isUnscheduled ? .underWay : .notDue)
    return .notChecked(
      NotChecked(reason: .cancelled, access: flight.access, triedAt: flight.access.time, authorityTold: told))
  }

  /// Asks: the cache first when the policy lets it answer, then the registry.
  private func fly(_ flight: Flight) async {
    if answers.isInUse, let kept = await answers.freshAnswer(for: flight) {
      settle(flight, await concludeFresh(flight, kept))
      return
    }
    let asked = events.start
    do throws(RegistryError) {
      let answer: RegistryAnswer
      if let inPlace = registry.inPlace {
        events.report(.registryAsked(.plans), flight.access)
        answer = try await inPlace.plans(for: flight.access)
      } else {
        answer = try await askGuarded(flight, asked)
      }
      let now = clock.now
      // An answer about anyone else is no answer (hazard H3).
      guard answer.patient == flight.patient else { throw RegistryError(.unusableAnswer) }
      events.report(.registryAnswered(.plans), flight.access, since: asked)
      // Before anything waits: a caller that leaves now is to hear that the authority is told.
      if flight.isUnscheduled, answer.finding != .noPlanUnderThisNumber { flight.note(.alreadyTold) }
      if answers.isInUse { await answers.keep(answer, of: flight) }
      settle(flight, await conclude(flight, answer, now: now))
    } catch {
      events.report(.registryFailed(error), flight.access, since: asked)
      settle(flight, await conclude(flight, error, now: clock.now))
    }
  }

  private func askGuarded(_ flight: Flight, _ asked: Date?) async throws(RegistryError) -> RegistryAnswer {
    try await registry.call(
      within: policy.deadline, willCall: { self.events.report(.registryAsked(.plans), flight.access) },
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
    let kind: TriageEvent.Kind =
      switch outcome {
      case .plansRecorded(let found): .plansRecorded(found.origin.source)
      case .noPlanRecorded(let answer): .noPlanRecorded(answer.origin.source)
      case .notChecked(let refusal): .notChecked(refusal.reason)
      }
    // Before anybody hears of it: who looks at the events after a check finds this one.
    events.report(kind, flight.access, since: flight.access.time)
    flight.settlement.settle(outcome)
  }

  func accessHistory(for patient: NHSNumber, in context: AccessContext) async -> AccessHistoryOutcome {
    let access = visits.access(to: patient, in: context, at: clock.now)
    func notChecked(_ reason: NotChecked.Reason) -> AccessHistoryOutcome {
      .notChecked(NotChecked(reason: reason, access: access, triedAt: clock.now, authorityTold: .notDue))
    }
    if let reason = Gate.refusal(patient, in: context) {
      events.report(.refused(reason), access)
      return notChecked(reason)
    }
    let asked = events.start
    do throws(RegistryError) {
      let history = try await registry.call(
        within: policy.deadline, willCall: { events.report(.registryAsked(.history), access) }
      ) {
        registry async throws(RegistryError) in try await registry.accessHistory(for: access)
      }
      guard history.patient == patient else { throw RegistryError(.unusableAnswer) }
      events.report(.registryAnswered(.history), access, since: asked)
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

// How a check ends: what becomes of an answer, a failure, a kept answer and a repeat.
extension Engine {
  /// The outcome of an answer from the registry. In unscheduled care the query that found a plan also declared it.
  func conclude(_ flight: Flight, _ answer: RegistryAnswer, now: Date) async -> TriageOutcome {
    let isDeclared = flight.isUnscheduled && answer.finding != .noPlanUnderThisNumber
    if isDeclared {
      // As old as the question: what was loaded while the answer was under way may be missing from it.
      let found = CachedAnswer(answer: answer, asOf: flight.access.time)
      await visits.note(.plansFound(answer.isComplete ? found : nil), of: flight)
      events.report(.authorityTold(.declared), flight.access)
    } else if flight.remembered?.found != nil {
      await visits.note(.noPlanFound, of: flight)
    }
    let origin = AnswerOrigin(source: .registry, asOf: now, checkedAt: now)
    return await outcome(flight, answer, origin, authorityTold: isDeclared ? .declared : .notDue)
  }

  /// The outcome of an answer young enough that the registry was not asked; it is still told of the access.
  func concludeFresh(_ flight: Flight, _ kept: CachedAnswer) async -> TriageOutcome {
    do throws(RegistryError) {
      let told = try await declare(flight)
      let origin = AnswerOrigin(source: .freshCache, asOf: kept.asOf, checkedAt: clock.now)
      return await outcome(flight, kept.answer, origin, authorityTold: told)
    } catch {
      return await conclude(flight, error, now: clock.now)
    }
  }

  /// The outcome of a repeat within a visit whose plans are known.
  func concludeRepeat(_ flight: Flight, _ found: CachedAnswer) async -> TriageOutcome {
    let origin = AnswerOrigin(source: .earlierInVisit, asOf: found.asOf, checkedAt: flight.access.time)
    let outcome = await outcome(flight, found.answer, origin, authorityTold: .alreadyTold)
    events.report(.plansRecorded(.earlierInVisit), flight.access, since: flight.access.time)
    return outcome
  }

  /// The outcome when the registry gave no answer: a kept one where the policy allows, else *not checked*; and the
  /// access handed on, since whether the registry heard of it is unknown.
  func conclude(_ flight: Flight, _ error: RegistryError, now: Date) async -> TriageOutcome {
    func notChecked(_ told: NotificationStatus) -> TriageOutcome {
      .notChecked(
        NotChecked(reason: NotChecked.Reason(error), access: flight.access, triedAt: now, authorityTold: told))
    }
    if error.isRefusal { return notChecked(notices.giveUpDeclaration(flight)) }
    let told = await notices.entrustDeclaration(flight)
    guard error.code != .requestRejected, let kept = await answers.standIn(for: flight) else {
      return notChecked(told)
    }
    let origin = AnswerOrigin(source: .cacheWhileRegistryDown, asOf: kept.asOf, checkedAt: now)
    return await outcome(flight, kept.answer, origin, authorityTold: told)
  }

  /// Declares an access that was answered from the cache: now, or through the sink when that fails.
  ///
  /// - Throws: the registry's refusal of the author, who may then not see a kept answer either.
  private func declare(_ flight: Flight) async throws(RegistryError) -> NotificationStatus {
    guard flight.isUnscheduled else { return .notDue }
    if flight.isAuthorityTold { return .alreadyTold }
    let access = flight.access
    let asked = events.start
    do throws(RegistryError) {
      try await registry.call(
        within: policy.deadline, willCall: { events.report(.registryAsked(.declaration), access) }
      ) {
        registry async throws(RegistryError) in try await registry.declare(access)
      }
      events.report(.registryAnswered(.declaration), access, since: asked)
      flight.note(.declared)
      events.report(.authorityTold(.declared), access)
      return .declared
    } catch {
      events.report(.registryFailed(error), access, since: asked)
      if error.isRefusal { throw error }
    }
    return await notices.entrustDeclaration(flight)
  }

  private func outcome(
    _ flight: Flight, _ answer: RegistryAnswer, _ origin: AnswerOrigin, authorityTold: NotificationStatus
  ) async -> TriageOutcome {
    switch answer.finding {
    case .noPlanUnderThisNumber:
      return .noPlanRecorded(NoPlanRecorded(access: flight.access, origin: origin, authorityTold: authorityTold))
    case .plans(let plans, let completeness):
      let safeguardingTold = await notices.tellSafeguarding(flight, plans, completeness, origin)
      if safeguardingTold == .entrusted { await visits.note(.safeguardingTold, of: flight) }
      return .plansRecorded(
        PlansRecorded(
          plans, completeness: completeness, access: flight.access, origin: origin, authorityTold: authorityTold,
          safeguardingTold: safeguardingTold, hours: policy.officeHours))
    }
  }
}

extension RegistryError {
  /// Whether the registry refuses the author: then neither may a kept answer be shown to them, nor does declaring the
  /// access help. A request found wrong is another matter: it can be mended, and the declaration kept until then.
  fileprivate var isRefusal: Bool { code == .accessDenied }
}

/// What must hold before a registry or cache is asked about anyone.
enum Gate {
  /// Why a check may not be made; `nil` when it may.
  ///
  /// Never by age: a mother of any age may carry a plan for her unborn child.
  static func refusal(_ patient: NHSNumber, in context: AccessContext) -> NotChecked.Reason? {
    if patient.isPlaceholder { return .placeholderNumber }
    if context.tracing != .verified { return .notTraced }
    let care = context.setting.care
    let activities = context.author.activities
    if activities.isEmpty { return .roleMissing }
    if !activities.contains(care.requiredActivity) { return .roleContradictsSetting(care) }
    return nil
  }
}
