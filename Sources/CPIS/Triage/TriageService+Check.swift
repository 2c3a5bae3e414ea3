#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
public import NHSNumbers
import Synchronization

extension TriageService {
  /// Checks a patient by the number as it was typed or came in a message.
  ///
  /// - Parameters:
  ///   - text: ten digits, or 3-3-4 with single spaces; `nil` or blank when there is none.
  ///   - context: who checks, for whom, where.
  /// - Returns: what ``check(_:in:)-(NHSNumber,_)`` returns; *not checked* when the text is not an NHS number, in
  ///   which case nobody was asked.
  public func check(_ text: String?, in context: AccessContext) async -> TriageOutcome {
    switch Self.number(from: text) {
    case .success(let patient): return await check(patient, in: context)
    case .failure(let unusable): return refuse(unusable.reason, context)
    }
  }

  /// Why a text names no patient.
  struct UnusableText: Error {
    let reason: NotChecked.Reason
  }

  static func number(from text: String?) -> Result<NHSNumber, UnusableText> {
    // Blank by bytes: spaces and controls. Anything else is for the parser to name.
    guard let text, text.utf8.contains(where: { $0 > UInt8(ascii: " ") }) else {
      return .failure(UnusableText(reason: .noNumber))
    }
    do throws(NHSNumber.ParseError) {
      return .success(try NHSNumber(parsing: text))
    } catch {
      return .failure(UnusableText(reason: .invalidNumber(error)))
    }
  }

  /// Checks a patient.
  ///
  /// For a newborn baby make two checks, of the baby's number and of the mother's: a plan made before the birth is
  /// held under hers, and runs on for 28 days after the due date (hazard H5).
  ///
  /// - Parameters:
  ///   - patient: the patient's traced number.
  ///   - context: who checks, for whom, where. Name the encounter, so that repeats in it are one access.
  /// - Returns: the outcome, after at most the policy's `deadline` for the registry, its `sinkDeadline` for each of
  ///   at most two notices, and its `cacheDeadline` for each use of a cache. Cancelling the calling task returns
  ///   *not checked (cancelled)* at once; the query itself runs on, and is declared as any other.
  public func check(_ patient: NHSNumber, in context: AccessContext) async -> TriageOutcome {
    if let reason = Gate.refusal(patient, in: context) { return refuse(reason, context) }
    let now = clock.now
    if let screeningRegistry, screeningRegistry.rulesOut(patient, in: context) {
      return ruledOut(patient, in: context, at: now)
    }
    switch state.withLock({ $0.begin(patient, in: context, now: now, makeID: makeID) }) {
    case .lead(let flight):
      return await lead(flight)
    case .join(let flight):
      observe(.joined, context)
      let outcome = await outcome(of: flight)
      // A refusal concerns whoever asked first. Another author asks on their own.
      if outcome.isRefusalOfAuthor, flight.context.author != context.author {
        return await check(patient, in: context)
      }
      return outcome
    case .repeatAnswer(let found, let flight):
      startNow { flight.settlement.settle(await self.concludeRepeat(flight, found)) }
      return await outcome(of: flight)
    }
  }

  private func refuse(_ reason: NotChecked.Reason, _ context: AccessContext) -> TriageOutcome {
    observe(.refused, context)
    return .notChecked(NotChecked(reason: reason, triedAt: clock.now, authorityTold: .notDue))
  }

  /// The outcome when the registry is certain without being asked: nobody is to be told, and nothing to be kept.
  private func ruledOut(_ patient: NHSNumber, in context: AccessContext, at now: Date) -> TriageOutcome {
    observe(.noPlanRecorded(.registry), context)
    let origin = AnswerOrigin(source: .registry, asOf: now, checkedAt: now)
    return .noPlanRecorded(NoPlanRecorded(patient: patient, origin: origin, authorityTold: .notDue))
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
    observe(.notChecked, flight.context)
    // The flight goes on without this caller, and declares what there is to declare.
    return .notChecked(
      NotChecked(
        reason: .cancelled, triedAt: flight.start, authorityTold: flight.isUnscheduled ? .heldInMemory : .notDue))
  }

  /// Asks: the cache first when the policy lets it answer, then the registry.
  private func fly(_ flight: Flight) async {
    if let kept = await keptAnswer(for: flight, within: policy.freshFor) {
      guard flight.settlement.claim() else { return }
      settle(flight, await concludeFresh(flight, kept))
      return
    }
    observe(.registryAsked, flight.context)
    do throws(RegistryError) {
      let answer = try await registry.plans(for: flight.patient, in: flight.context)
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
    // As old as the question: what was loaded while the answer was under way may be missing from it.
    if case .success(let answer) = result { await keep(answer, asOf: flight.start, flight) }
    guard isFirst else {
      if case .success = result { observe(.lateAnswer, flight.context) }
      return
    }
    switch result {
    case .success(let answer): settle(flight, await conclude(flight, answer, now: now))
    case .failure(let error): settle(flight, await conclude(flight, error, now: now))
    }
  }

  private func settle(_ flight: Flight, _ outcome: TriageOutcome) {
    state.withLock { $0.end(flight) }
    flight.settlement.settle(outcome)
    switch outcome {
    case .plansRecorded(let found): observe(.plansRecorded(found.origin.source), flight.context)
    case .noPlanRecorded(let answer): observe(.noPlanRecorded(answer.origin.source), flight.context)
    case .notChecked: observe(.notChecked, flight.context)
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
