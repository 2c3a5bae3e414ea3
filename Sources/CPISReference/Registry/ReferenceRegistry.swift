public import CPIS
public import NHSNumbers
internal import Synchronization

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// A CP-IS registry in memory: it takes uploads, and gives answers, access histories and notices.
///
/// It follows every known rule of the national service, and its documentation says where a rule had to be decided.
/// Use it for tests, demonstrations and integration: everything it knows is lost when the process ends.
///
/// It takes the time from its clock, so that days can pass in a test. Nothing happens by itself: the notice window
/// closes when ``closeWindow(includingEmpty:)`` is called.
public final class ReferenceRegistry: Sendable, Redacting {
  let clock: any WallClock
  let state: Mutex<RegistryState>

  /// Makes a registry without plans.
  ///
  /// - Parameters:
  ///   - demographics: who has which number; uploads are checked against it.
  ///   - clock: where the time comes from; the system clock by default.
  ///   - seed: what the identities of notices are drawn from; give one to get the same identities in every run.
  public init(
    demographics: Demographics = Demographics(), clock: any WallClock = SystemClock(),
    seed: UInt64 = .random(in: .min ... .max)
  ) {
    self.clock = clock
    self.state = Mutex(RegistryState(demographics: demographics, seed: seed))
  }
}

extension ReferenceRegistry: RegistryClient {
  /// Finds the plans that are shown under a number today, by the UK calendar.
  ///
  /// When a plan is found in unscheduled care, the access enters the history and the pending notice of each
  /// responsible authority. A superseded number finds nothing, and the authorities concerned get a notice of it. A
  /// number that was marked sensitive after its plans were loaded still finds them: a sensitive record is not
  /// loaded, but what was loaded is shown [D].
  ///
  /// - Throws: `RegistryError`: `requestRejected` for a number not traced, or a placeholder; `accessDenied` when
  ///   the author's role does not allow this kind of care.
  /// - Complexity: O(1) when nothing is kept under the number.
  public func plans(for access: Access) async throws(RegistryError) -> RegistryAnswer {
    try Self.admit(access)
    let now = clock.now
    return state.withLock { $0.answer(access, at: now) }
  }

  /// Whether no plan was ever recorded under a number.
  ///
  /// - Complexity: O(1).
  public func rulesOut(_ patient: NHSNumber) -> Bool { state.withLock { $0.patients.place(of: patient) == nil } }

  /// `true`: everything it knows is in memory.
  public var answersInPlace: Bool { true }

  /// Declares an access that was not part of a query.
  ///
  /// It counts when a plan is shown today, or was shown on the day of the access. Each identity counts once for
  /// each child, whether it comes with a query or a declaration. In scheduled care nothing is kept.
  ///
  /// - Throws: `RegistryError`, as for a query.
  public func declare(_ access: Access) async throws(RegistryError) {
    try Self.admit(access)
    let now = clock.now
    state.withLock { $0.declare(access, at: now) }
  }

  /// Lists who viewed the child's record in unscheduled care; empty while no plan is shown under the number.
  ///
  /// - Throws: `RegistryError`, as for a query.
  /// - Complexity: O(*n* log *n*) for *n* accesses to this child.
  public func accessHistory(for access: Access) async throws(RegistryError) -> AccessHistory {
    try Self.admit(access)
    let now = clock.now
    return state.withLock { $0.history(of: access.patient, at: now) }
  }

  /// The registry's own check of who may ask. Clients make it too, so nothing should come this far that fails it.
  private static func admit(_ access: Access) throws(RegistryError) {
    let context = access.context
    guard context.tracing == .verified, !access.patient.isPlaceholder else { throw RegistryError(.requestRejected) }
    guard context.author.activities.contains(context.setting.care.requiredActivity) else {
      throw RegistryError(.accessDenied)
    }
  }
}

// MARK: Uploads

extension ReferenceRegistry {
  /// Takes in a whole upload.
  ///
  /// - Returns: the acknowledgement for the authority.
  /// - Complexity: O(*n*) for *n* records. Queries wait only while the checked records are stored.
  public func ingest(_ upload: LocalAuthorityUpload) -> UploadAcknowledgement {
    var session = beginUpload(upload.header)
    for record in upload.records { session.add(record) }
    return session.finish()
  }

  /// Begins an upload whose records are added one by one, as they are read.
  public func beginUpload(_ header: UploadHeader) -> UploadSession {
    let day = UnitedKingdomTime.day(at: clock.now)
    let refusal = state.withLock { $0.refusal(of: header) }
    return UploadSession(registry: self, staged: StagedUpload(header: header, on: day, refusal: refusal))
  }

  /// Refuses a file that could not be read far enough to begin an upload: CPF01, and nothing changes.
  ///
  /// - Parameters:
  ///   - sender: who sent it, as the file or the mailbox says.
  ///   - fileID: the file's id; `nil` when it could not be read, for which the message has −1.
  ///   - recordCount: the number of records it declares; `nil` when it could not be read.
  public func refuseUnreadable(
    from sender: UploadSender, fileID: UploadFileID?, recordCount: Int?
  ) -> UploadAcknowledgement {
    UploadAcknowledgement(
      creationTime: clock.now, fileID: fileID, recordCount: recordCount, recipient: sender, fileCode: .fileError,
      loadedCount: 0, failedCount: 0, rejected: [])
  }

  /// Sets whether the version that a sender uses is supported. While it is not, its files are refused with CPF06.
  public func setVersion(of sender: ODSCode, isSupported: Bool) {
    state.withLock { state in
      if isSupported { state.unsupportedSenders.remove(sender) } else { state.unsupportedSenders.insert(sender) }
    }
  }

  /// How many records of an authority's latest accepted file were matched; `nil` when none was accepted yet.
  public func goLiveReport(for authority: ODSCode) -> GoLiveReport? { state.withLock { $0.goLive[authority] } }
}

/// How many of an authority's records were matched, and whether that is enough to go live.
public struct GoLiveReport: Hashable, Sendable {
  /// The share of records, in hundredths, that an authority must have matched before it goes live [P].
  public static let requiredPercentage = 95

  /// The authority.
  public let authority: ODSCode
  /// The file that was measured: the latest that was accepted.
  public let fileID: UploadFileID
  /// How many of its records are in scope: all but those of patients who are 18 or over [D].
  public let inScope: Int
  /// How many of these were matched with demographics and loaded.
  public let matched: Int

  /// The share of records in scope that were matched, 0 to 100; `nil` when none is in scope.
  public var percentage: Double? { inScope > 0 ? Double(matched) * 100 / Double(inScope) : nil }

  /// Whether that is enough to go live. A file without records in scope is not.
  public var isSufficient: Bool { inScope > 0 && matched * 100 >= inScope * Self.requiredPercentage }
}

// MARK: Plans without an upload

extension ReferenceRegistry {
  /// Records a plan as an upload would, without a file and without checking demographics.
  ///
  /// The plan's authority, as given here, replaces what was known of that authority, for all its plans.
  ///
  /// - Parameters:
  ///   - plan: the plan. It replaces one with the same authority, kind and start.
  ///   - number: the number that it is held under; for an unborn child protection plan, the mother's.
  ///   - birthDay: that patient's birth date, which decides the 18th birthday; `nil` keeps what is known.
  ///   - localID: the authority's own id for the child; `nil` when it gave none.
  ///   - fileID: the file id that notices quote. Uploads are not compared with it.
  public func record(
    _ plan: Plan, for number: NHSNumber, bornOn birthDay: CivilDay?, localID: String? = nil,
    fileID: UploadFileID = 1
  ) {
    state.withLock { state in
      state.update(plan.authority)
      state.put(HeldPlan(plan: plan, fileID: fileID, localID: localID), for: number, bornOn: birthDay)
    }
  }

  /// Withdraws a plan that was recorded in error. Without such a plan, nothing happens.
  public func withdraw(_ plan: Plan, for number: NHSNumber) {
    state.withLock { $0.withdraw(plan.identity, for: number) }
  }

  /// How many numbers have, or had, a plan recorded under them.
  public var numberCount: Int { state.withLock { $0.patients.count } }
}

// MARK: Demographics

extension ReferenceRegistry {
  /// Adds a patient to the demographics service.
  public func add(_ person: Demographics.Person) { state.withLock { $0.demographics.add(person) } }

  /// Marks a demographics record as sensitive, or no longer so. Sensitive records cannot be loaded (CPR02).
  public func setSensitive(_ isSensitive: Bool, for number: NHSNumber) {
    state.withLock { $0.demographics.setSensitive(isSensitive, for: number) }
  }

  /// Takes a number out of use. From now on it finds nothing, and the authorities with a plan under it get a
  /// notice, at the next query or at the end of the window.
  ///
  /// - Parameters:
  ///   - number: the number that is no longer used.
  ///   - replacements: the numbers to use instead; empty after an adoption or an invalidation.
  public func supersede(_ number: NHSNumber, by replacements: [NHSNumber]) {
    state.withLock { $0.demographics.supersede(number, by: replacements) }
  }

  /// Sets whether the demographics service is available. While it is not, uploads are refused with CPF05; queries
  /// do not need it.
  public func setDemographics(isAvailable: Bool) {
    state.withLock { $0.demographics.isAvailable = isAvailable }
  }

  /// What the demographics service knows of a number.
  public func demographicStatus(of number: NHSNumber) -> Demographics.Status {
    state.withLock { $0.demographics.status(of: number) }
  }
}

// MARK: Notices

extension ReferenceRegistry {
  /// Ends the window: what each authority is to be told of since the last one becomes a notice, which is then due.
  ///
  /// - Parameter includingEmpty: whether authorities without an access get an empty notice.
  /// - Complexity: O(*n* log *n*) for *n* accesses in the window.
  public func closeWindow(includingEmpty: Bool = false) {
    let now = clock.now
    state.withLock { $0.closeWindow(includingEmpty: includingEmpty, at: now) }
  }

  /// The notices that nobody has accepted yet, oldest first: those of closed windows, and those about numbers out
  /// of use.
  public var noticesDue: [Notice] { state.withLock { $0.due.map(\.notice) } }

  /// Takes the notices that are due; the caller is responsible for them from now on. A notice that is being offered
  /// to a sink at this moment is not among them.
  public func takeNotices() -> [Notice] { state.withLock { $0.takeNotices() } }

  /// Offers each due notice to a sink. A notice that the sink does not accept stays due, with its id, for the next
  /// call.
  ///
  /// Concurrent calls share the work: no two of them offer the same notice at the same time.
  public func deliverNotices(to sink: some NotificationSink) async -> NoticeDelivery {
    var tried: Set<UUID> = []
    var delivery = NoticeDelivery(acceptedCount: 0, failures: [])
    while let notice = state.withLock({ $0.offerNext(skipping: tried) }) {
      tried.insert(notice.id)
      do throws(SinkError) {
        try await sink.accept(notice)
        state.withLock { $0.settle(notice.id, wasAccepted: true) }
        delivery.acceptedCount += 1
      } catch {
        state.withLock { $0.settle(notice.id, wasAccepted: false) }
        delivery.failures.append(error)
      }
    }
    return delivery
  }
}

/// The result of offering notices to a sink.
public struct NoticeDelivery: Hashable, Sendable {
  /// How many the sink accepted.
  public var acceptedCount: Int
  /// Why it did not accept the others, in the order in which they were offered. They stay due.
  public var failures: [SinkError]
}

#if THREAD_SANITIZER
  // Every lock of this module is this one then. Exported so that each of its files sees the stand-in's members, too.
  @_exported public import NHSNumbers

  typealias Mutex = SanitizedMutex
#endif
