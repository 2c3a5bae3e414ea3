#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
public import NHSNumbers

/// Answers one question at the front door: is a plan recorded for this patient, and whom do we ring?
///
/// One service serves a whole host, from any number of tasks. Each ``check(_:in:)-(NHSNumber,_)`` passes the gate
/// (a valid, traced number and a role that fits the setting), asks the registry within a deadline, and gives one
/// of three outcomes. It never throws, so that no `catch` can be read as "no plan".
///
/// What must be told is told: an unscheduled check that the registry did not hear of is handed to the sink as an
/// undeclared access, with the author, setting and time of the check; and the trust's safeguarding team gets a notice
/// of every plan found. What the sink will not take is kept in memory and offered again.
public final class TriageService: Sendable {
  private let engine: Engine

  /// How the service decides.
  public var policy: TriagePolicy { engine.policy }

  /// Makes a service.
  ///
  /// - Parameters:
  ///   - registry: who is asked. Unless it is a ``GuardedRegistry``, a guard with the default policy is put before it.
  ///   - notices: who takes over what must be told. Use a durable one, such as an outbox: what is held in memory is
  ///     lost with the process.
  ///   - cache: where answers are kept when the policy uses a cache; an ``InMemoryFlagCache`` when `nil`.
  ///   - visits: where visits are remembered; an ``InMemoryVisitMemory`` when `nil`.
  ///   - visitIdentityKey: derives the identity of a visit's access, so that it outlives this process and is the same
  ///     on every node. When `nil`, it is random, and lasts as long as the visit is remembered.
  ///   - policy: how it decides; the defaults ask always and keep nothing.
  ///   - clock: where time comes from.
  ///   - identities: where the other identities come from: those of accesses outside visits, and of notices.
  ///   - observer: who is told of events; nobody when `nil`.
  /// - Throws: ``InvalidValue`` when a setting of the policy makes no sense, as a deadline of zero.
  public init(
    registry: any RegistryClient, notices: any NotificationSink, cache: (any FlagCache)? = nil,
    visits: (any VisitMemory)? = nil, visitIdentityKey: VisitIdentityKey? = nil,
    policy: TriagePolicy = TriagePolicy(), clock: any WallClock = SystemClock(),
    identities: IdentitySource = IdentitySource(), observer: (any EventObserver)? = nil
  ) throws(InvalidValue) {
    try policy.validate()
    let events = EventReporter(observer: observer, clock: clock)
    engine = Engine(
      registry: registry as? GuardedRegistry ?? GuardedRegistry(registry, RegistryGuardPolicy(), clock, events),
      visits: VisitDesk(
        memory: visits ?? InMemoryVisitMemory(maximumAge: policy.repeatsAnsweredFor), key: visitIdentityKey,
        identities: identities, clock: clock, policy: policy, events: events),
      answers: AnswerKeeper(
        cache: policy.cache.longestAge.map { cache ?? InMemoryFlagCache(maximumAge: $0, clock: clock) },
        clock: clock, policy: policy,
        events: events),
      notices: NoticeDesk(sink: notices, identities: identities, clock: clock, policy: policy, events: events),
      clock: clock, policy: policy, events: events)
  }

  /// What the guard before the registry finds and does now.
  public var registryGuard: RegistryGuardState { engine.registry.guardState }

  /// How many notices the sink has not taken yet. They are lost if the process ends: let it run until this is 0, or
  /// use a sink that is durable.
  public var heldNoticeCount: Int { engine.notices.heldCount }

  /// Whether every call of a port has returned, or waits for something other than a thread. For tests that let time
  /// pass only once all that happens at this moment has happened.
  package var isIdle: Bool { engine.isIdle }
}

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
    case .success(let patient): return await engine.check(patient, in: context)
    case .failure(let unusable): return engine.refuse(unusable.reason, nil, at: engine.clock.now)
    }
  }

  /// Checks a patient.
  ///
  /// For a newborn baby make two checks, of the baby's number and of the mother's: a plan made before the birth is
  /// held under hers, and runs on for 28 days after the due date (hazard H5).
  ///
  /// - Parameters:
  ///   - patient: the patient's traced number.
  ///   - context: who checks, for whom, where. Name the visit, so that repeats in it are one access.
  /// - Returns: the outcome, after at most the policy's `deadline` for the registry, its `sinkDeadline` for each of
  ///   at most two notices, its `cacheDeadline` for each use of a cache, and its `visitDeadline` for each use of a
  ///   visit memory that does not answer in place. Cancelling the calling task returns *not checked (cancelled)* at
  ///   once; the query itself runs on, and is declared as any other.
  public func check(_ patient: NHSNumber, in context: AccessContext) async -> TriageOutcome {
    await engine.check(patient, in: context)
  }

  /// Asks who saw the child's record in unscheduled care, by the number as it was typed or came in a message.
  ///
  /// - Parameters:
  ///   - text: ten digits, or 3-3-4 with single spaces; `nil` or blank when there is none.
  ///   - context: who asks, for whom, where.
  public func accessHistory(for text: String?, in context: AccessContext) async -> AccessHistoryOutcome {
    switch Self.number(from: text) {
    case .success(let patient): return await engine.accessHistory(for: patient, in: context)
    case .failure(let unusable):
      return .notChecked(
        NotChecked(reason: unusable.reason, access: nil, triedAt: engine.clock.now, authorityTold: .notDue))
    }
  }

  /// Asks who saw the child's record in unscheduled care. Asking neither logs nor notifies.
  ///
  /// The gate and the deadline are those of a check; nothing is kept.
  public func accessHistory(for patient: NHSNumber, in context: AccessContext) async -> AccessHistoryOutcome {
    await engine.accessHistory(for: patient, in: context)
  }

  /// Why a text names no patient.
  private struct UnusableText: Error {
    let reason: NotChecked.Reason
  }

  private static func number(from text: String?) -> Result<NHSNumber, UnusableText> {
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
}
