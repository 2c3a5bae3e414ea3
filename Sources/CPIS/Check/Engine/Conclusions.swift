#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import NHSNumbers

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
    let origin = AnswerOrigin(source: .earlierInEncounter, asOf: found.asOf, checkedAt: flight.access.time)
    let outcome = await outcome(flight, found.answer, origin, authorityTold: .alreadyTold)
    events.report(.plansRecorded(.earlierInEncounter), flight.access, since: flight.access.time)
    return outcome
  }

  /// The outcome when the registry gave no answer: a kept one where the policy allows, else *not checked*; and the
  /// access handed on, since whether the registry heard of it is unknown.
  func conclude(_ flight: Flight, _ error: RegistryError, now: Date) async -> TriageOutcome {
    func notChecked(_ told: Handover) -> TriageOutcome {
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
  private func declare(_ flight: Flight) async throws(RegistryError) -> Handover {
    guard flight.isUnscheduled else { return .notDue }
    if flight.isAuthorityTold { return .alreadyTold }
    let access = flight.access
    let asked = events.start
    do throws(RegistryError) {
      try await registry.call(within: policy.deadline) {
        registry async throws(RegistryError) in try await registry.declare(access)
      }
      events.report(.authorityTold(.declared), access)
      return .declared
    } catch {
      events.report(.registryFailed(error), access, since: asked)
      if error.isRefusal { throw error }
    }
    return await notices.entrustDeclaration(flight)
  }

  private func outcome(
    _ flight: Flight, _ answer: RegistryAnswer, _ origin: AnswerOrigin, authorityTold: Handover
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

extension NotChecked.Reason {
  /// The reason that a failure of the registry is to a clinician.
  init(_ error: RegistryError) {
    self =
      switch error.code {
      case .accessDenied: .notAuthorised
      case .requestRejected: .requestRejected
      case .timedOut: .registryTooSlow
      case .unusableAnswer: .answerUnusable
      default: .registryUnavailable
      }
  }
}
