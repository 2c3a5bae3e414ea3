#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import NHSNumbers
import Synchronization

extension TriageService {
  /// The outcome of an answer from the registry. In unscheduled care the query that found a plan also declared it.
  func conclude(_ flight: Flight, _ answer: RegistryAnswer, now: Date) async -> TriageOutcome {
    let isDeclared = flight.isUnscheduled && answer.finding != .noPlanUnderThisNumber
    if isDeclared {
      state.withLock {
        $0.remember(flight) { visit in
          visit.isAuthorityTold = true
          visit.found = answer.isComplete ? CachedAnswer(answer: answer, asOf: now) : nil
        }
      }
      observe(.authorityTold(.declared), flight.context)
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

  /// The outcome of a repeat within an encounter whose plans are known.
  func concludeRepeat(_ flight: Flight, _ found: CachedAnswer) async -> TriageOutcome {
    let origin = AnswerOrigin(source: .earlierInEncounter, asOf: found.asOf, checkedAt: flight.start)
    let outcome = await outcome(flight, found.answer, origin, authorityTold: .alreadyTold)
    observe(.plansRecorded(.earlierInEncounter), flight.context)
    return outcome
  }

  /// The outcome when the registry gave no answer: a kept one where the policy allows, else *not checked*; and the
  /// access handed on, since whether the registry heard of it is unknown.
  func conclude(_ flight: Flight, _ error: RegistryError, now: Date) async -> TriageOutcome {
    observe(.registryFailed(error), flight.context)
    let reason = NotChecked.Reason(error)
    if error.isRefusal {
      return .notChecked(NotChecked(reason: reason, triedAt: now, authorityTold: giveUpDeclaration(flight)))
    }
    let told = await entrustDeclaration(flight)
    if error.code != .requestRejected, let kept = await keptAnswer(for: flight, within: policy.usableWhenDownFor) {
      let origin = AnswerOrigin(source: .cacheWhileRegistryDown, asOf: kept.asOf, checkedAt: now)
      return await outcome(flight, kept.answer, origin, authorityTold: told)
    }
    return .notChecked(NotChecked(reason: reason, triedAt: now, authorityTold: told))
  }

  private func outcome(
    _ flight: Flight, _ answer: RegistryAnswer, _ origin: AnswerOrigin, authorityTold: Handover
  ) async -> TriageOutcome {
    switch answer.finding {
    case .noPlanUnderThisNumber:
      return .noPlanRecorded(
        NoPlanRecorded(patient: flight.patient, origin: origin, authorityTold: authorityTold))
    case .plans(let plans, let completeness):
      let safeguardingTold = await tellSafeguarding(flight, plans, completeness, origin)
      return .plansRecorded(
        PlansRecorded(
          plans, completeness: completeness, patient: flight.patient, origin: origin, authorityTold: authorityTold,
          safeguardingTold: safeguardingTold, hours: policy.officeHours))
    }
  }
}

extension RegistryError {
  /// Whether the registry refuses the author: then neither may a kept answer be shown to them, nor does declaring the
  /// access help. A request found wrong is another matter: it can be mended, and the declaration kept until then.
  var isRefusal: Bool { code == .accessDenied }
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
