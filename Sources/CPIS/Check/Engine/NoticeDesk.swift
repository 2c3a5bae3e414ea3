#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import NHSNumbers
import Synchronization

/// Hands notices to the sink. What the sink will not take is kept in memory and offered again.
final class NoticeDesk: Sendable {
  private let sink: any NotificationSink
  private let calls = PortCalls("sink")
  private let identities: IdentitySource
  private let clock: any WallClock
  private let policy: TriagePolicy
  private let events: EventReporter
  private let held = Mutex(HeldNotices())

  init(
    sink: any NotificationSink, identities: IdentitySource, clock: any WallClock, policy: TriagePolicy,
    events: EventReporter
  ) {
    self.sink = sink
    self.identities = identities
    self.clock = clock
    self.policy = policy
    self.events = events
  }

  /// Whether the sink never waits.
  var isInPlace: Bool { sink.answersInPlace }

  /// Whether no call of the sink runs or waits for a thread.
  var isIdle: Bool { calls.areIdle }

  /// How many notices the sink has not taken yet.
  var heldCount: Int { held.withLock { $0.count } }

  /// Hands on that an unscheduled access could not be declared.
  ///
  /// Each check in a visit hands on a notice with an identity of its own: the declaration of an earlier one may have
  /// reached the registry before the plan did, and be forgotten. The registry counts the access once, by its identity.
  func entrustDeclaration(_ flight: Flight) async -> NotificationStatus {
    guard flight.isUnscheduled else { return .notDue }
    if flight.isAuthorityTold { return .alreadyTold }
    let notice = UndeclaredAccess(id: identities.next(), access: flight.access)
    let status = await entrust(.undeclaredAccess(notice), flight.access)
    flight.note(status)
    events.report(.authorityTold(status), flight.access)
    return status
  }

  /// The access of an author whom the registry refuses. It would refuse the declaration, too.
  func giveUpDeclaration(_ flight: Flight) -> NotificationStatus {
    guard flight.isUnscheduled else { return .notDue }
    if flight.isAuthorityTold { return .alreadyTold }
    flight.note(.notTold)
    events.report(.authorityTold(.notTold), flight.access)
    events.report(.noticeNotTold, flight.access)
    return .notTold
  }

  /// Tells the trust's own safeguarding team of plans found, as far as the policy asks for it.
  func tellSafeguarding(
    _ flight: Flight, _ plans: RecordedPlans, _ completeness: Completeness, _ origin: AnswerOrigin
  ) async -> NotificationStatus {
    guard policy.safeguarding.settings.contains(flight.access.context.setting) else { return .notDue }
    if flight.isSafeguardingTold && !policy.safeguarding.tellsOfRepeats { return .alreadyTold }
    let notice = SafeguardingNotice(
      id: identities.next(), access: flight.access, plans: plans, completeness: completeness, origin: origin,
      isRepeat: flight.isSafeguardingTold)
    let status = await entrust(.safeguarding(notice), flight.access)
    events.report(.safeguardingTold(status), flight.access)
    return status
  }

  /// Hands a notice to the sink, or keeps it in memory and offers it again.
  private func entrust(_ notice: Notice, _ access: Access) async -> NotificationStatus {
    guard let error = await offer(notice) else { return .entrusted }
    events.report(.sinkFailed(error), access)
    if error.code == .rejected {
      events.report(.noticeNotTold, access)
      return .notTold
    }
    let (isKept, mustOffer) = held.withLock { ($0.hold(notice, limit: policy.heldNoticeLimit), $0.startOffering()) }
    if mustOffer { Task { await self.offerHeldNotices() } }
    if isKept { return .heldInMemory }
    events.report(.noticeNotTold, access)
    return .notTold
  }

  /// Offers a notice to the sink; `nil` when it took it over.
  private func offer(_ notice: Notice) async -> SinkError? {
    if sink.answersInPlace {
      do throws(SinkError) { try await sink.accept(notice) } catch { return error }
      return nil
    }
    let result = await calls.run(inPlace: false, within: policy.sinkDeadline, on: clock) { [sink] in
      await resultOf { () async throws(SinkError) in try await sink.accept(notice) }
    }
    switch result {
    case .success: return nil
    case .failure(let error): return error
    // The sink may still take it; the notice's identity then makes the second offer harmless.
    case nil: return SinkError(.timedOut)
    }
  }

  /// Offers what is held, oldest first, until nothing is left: after a second, then less and less often, but at least
  /// once in an hour, however long the sink asks to be left alone.
  private func offerHeldNotices() async {
    var wait = Duration.seconds(1)
    while let notice = held.withLock({ $0.next() }) {
      do {
        try await clock.sleep(for: wait)
      } catch {
        // Without a clock this would be a busy loop; the next notice held starts the offering anew.
        held.withLock { $0.pauseOffering() }
        return
      }
      let error = await offer(notice)
      if let error, error.code != .rejected {
        events.report(.sinkFailed(error), notice.access)
        let asked = min(error.retryAfter ?? .zero, .seconds(3600))
        wait = max(.seconds(1), min(wait * 2, .seconds(60)), asked)
        held.withLock { $0.postpone(notice) }
        continue
      }
      let remaining = held.withLock { $0.drop(notice) }
      if let error { events.report(.sinkFailed(error), notice.access) }
      events.report(error == nil ? .heldNoticeEntrusted(remaining: remaining) : .noticeNotTold, notice.access)
      wait = .zero
    }
  }
}

/// Notices that the sink would not take, in the order in which they are offered again.
private struct HeldNotices {
  private var notices: [Notice] = []
  private var isOffering = false

  var count: Int { notices.count }

  /// Keeps a notice; `false` when there is no room.
  mutating func hold(_ notice: Notice, limit: Int) -> Bool {
    guard notices.count < limit else { return false }
    notices.append(notice)
    return true
  }

  /// Begins the offering; `false` when it is under way, or nothing is held.
  mutating func startOffering() -> Bool {
    guard !isOffering, !notices.isEmpty else { return false }
    isOffering = true
    return true
  }

  /// The notice to offer next; `nil` when none is left, and the offering ends.
  mutating func next() -> Notice? {
    if notices.isEmpty { isOffering = false }
    return notices.first
  }

  /// Ends the offering with notices left.
  mutating func pauseOffering() { isOffering = false }

  /// Puts a notice and the others of its patient behind the rest, in their order, so that one that is never taken does
  /// not hold back those of other patients.
  mutating func postpone(_ notice: Notice) {
    let ofPatient = notices.filter { $0.patient == notice.patient }
    notices.removeAll { $0.patient == notice.patient }
    notices += ofPatient
  }

  /// Takes a notice out. How many are left.
  mutating func drop(_ notice: Notice) -> Int {
    if let place = notices.firstIndex(where: { $0.id == notice.id }) { notices.remove(at: place) }
    return notices.count
  }
}
