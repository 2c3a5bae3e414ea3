#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import NHSNumbers
import Synchronization

extension TriageService {
  /// How many notices the sink has not taken yet. They are lost if the process ends: let it run until this is 0, or
  /// use a sink that is durable.
  public var heldNoticeCount: Int { state.withLock { $0.heldCount } }

  /// Declares an access that was answered from the cache: now, or through the sink when that fails.
  ///
  /// - Throws: the registry's refusal of the author, who may then not see a kept answer either.
  func declare(_ flight: Flight) async throws(RegistryError) -> Handover {
    guard flight.isUnscheduled else { return .notDue }
    if flight.isAuthorityTold { return .alreadyTold }
    let access = flight.declaration()
    let registry = registry
    let result = await clock.bounded(by: policy.deadline) { () async -> RegistryError? in
      do throws(RegistryError) {
        try await registry.declare(access)
        return nil
      } catch {
        return error
      }
    }
    switch result {
    case .some(nil):
      observe(.authorityTold(.declared), flight.context)
      return .declared
    case .some(let error?) where error.isRefusal: throw error
    case .some(let error?): observe(.registryFailed(error), flight.context)
    case nil: observe(.registryFailed(RegistryError(.timedOut)), flight.context)
    }
    return await entrustDeclaration(flight)
  }

  /// Hands the declaration of an unscheduled access to the sink.
  ///
  /// Each repeat in an encounter hands on another declaration of the same access: the first may have reached the
  /// registry before the plan did, and be forgotten. The registry counts them once, by their trace id.
  func entrustDeclaration(_ flight: Flight) async -> Handover {
    guard flight.isUnscheduled else { return .notDue }
    if flight.isAuthorityTold { return .alreadyTold }
    let handover = await entrust(.undeclaredAccess(flight.declaration(id: makeID())), flight.context)
    observe(.authorityTold(handover), flight.context)
    return handover
  }

  /// The access of an author whom the registry refuses. It would refuse the declaration, too.
  func giveUpDeclaration(_ flight: Flight) -> Handover {
    guard flight.isUnscheduled else { return .notDue }
    if flight.isAuthorityTold { return .alreadyTold }
    observe(.authorityTold(.notTold), flight.context)
    observe(.noticeNotTold, flight.context)
    return .notTold
  }

  /// Tells the trust's own safeguarding team of plans found, as far as the policy asks for it.
  func tellSafeguarding(
    _ flight: Flight, _ plans: RecordedPlans, _ completeness: Completeness, _ origin: AnswerOrigin
  ) async -> Handover {
    guard policy.safeguarding.settings.contains(flight.context.setting) else { return .notDue }
    if flight.isSafeguardingTold && !policy.safeguarding.tellsOfRepeats { return .alreadyTold }
    let notice = SafeguardingNotice(
      id: makeID(), patient: flight.patient, plans: plans, completeness: completeness, context: flight.context,
      time: origin.checkedAt, isRepeat: flight.isSafeguardingTold, origin: origin)
    let handover = await entrust(.safeguarding(notice), flight.context)
    if handover == .entrusted {
      state.withLock { $0.remember(flight) { $0.isSafeguardingTold = true } }
    }
    observe(.safeguardingTold(handover), flight.context)
    return handover
  }

  /// Hands a notice to the sink, or keeps it in memory and offers it again.
  private func entrust(_ notice: Notice, _ context: AccessContext) async -> Handover {
    guard let error = await offer(notice) else { return .entrusted }
    observe(.sinkFailed(error), context)
    if error.code == .rejected {
      observe(.noticeNotTold, context)
      return .notTold
    }
    let (isKept, mustOffer) = state.withLock { $0.hold(notice) }
    if mustOffer { Task { await self.offerHeldNotices() } }
    if isKept { return .heldInMemory }
    observe(.noticeNotTold, context)
    return .notTold
  }

  /// Offers a notice to the sink; `nil` when it took it over.
  private func offer(_ notice: Notice) async -> SinkError? {
    let sink = sink
    let result = await clock.bounded(by: policy.sinkDeadline) { () async -> SinkError? in
      do throws(SinkError) {
        try await sink.accept(notice)
        return nil
      } catch {
        return error
      }
    }
    // After a time-out the sink may still take it; the notice's identity then makes the second offer harmless.
    return result ?? SinkError(.timedOut)
  }

  /// Offers what is held, oldest first, until nothing is left: after a second, then less and less often, but at least
  /// once in an hour, however long the sink asks to be left alone.
  private func offerHeldNotices() async {
    var wait = Duration.seconds(1)
    while let notice = state.withLock({ $0.nextHeld() }) {
      do {
        try await clock.sleep(for: wait)
      } catch {
        // Without a clock this would be a busy loop; the next notice held starts the offering anew.
        state.withLock { $0.pauseOffering() }
        return
      }
      let error = await offer(notice)
      if let error, error.code != .rejected {
        observe(.sinkFailed(error), nil)
        let asked = min(error.retryAfter ?? .zero, .seconds(3600))
        wait = max(.seconds(1), min(wait * 2, .seconds(60)), asked)
        state.withLock { $0.postponeHeld(notice) }
        continue
      }
      let remaining = state.withLock { $0.dropHeld(notice) }
      observe(error == nil ? .heldNoticeEntrusted(remaining: remaining) : .noticeNotTold, nil)
      wait = .zero
    }
  }
}

extension Flight {
  /// The access as it happened, for the registry to be told of later.
  func declaration(id: UUID? = nil) -> AccessDeclaration {
    AccessDeclaration(id: id, patient: patient, context: context, time: start)
  }
}
