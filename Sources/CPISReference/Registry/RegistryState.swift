internal import CPIS
internal import NHSNumbers

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// Everything the registry knows, and how it changes. It is a value, and methods are given the time.
struct RegistryState {
  /// What is known of a local authority.
  private struct AuthorityRecord {
    /// Its name and phone numbers, as its latest accepted file gave them: they apply to all its plans [D].
    var details: LocalAuthority
    /// The accesses that it has yet to be told of.
    var pending: [PendingAccess] = []
  }

  /// An access that an authority is to be told of.
  private struct PendingAccess {
    let access: Access
    let fileID: UploadFileID
    let localID: String?

    var entry: AccessToServiceNotification.Entry {
      AccessToServiceNotification.Entry(
        id: access.id, time: access.time, author: access.context.author, organisation: access.context.organisation,
        patient: access.patient, localID: localID)
    }
  }

  /// A notice that nobody has accepted yet.
  struct DueNotice {
    let notice: Notice
    /// Whether it is being offered to a sink, so that it is not offered to a second one.
    var isOffered = false
  }

  /// An authority that was told that a number is out of use.
  private struct InactiveKey: Hashable {
    let authority: ODSCode
    let number: NHSNumber
  }

  var demographics: Demographics
  var patients = PatientTable()
  private var authorities: [ODSCode: AuthorityRecord] = [:]
  /// The id of the latest accepted file of each authority that has sent one.
  private var lastFileIDs: [ODSCode: UploadFileID] = [:]
  var goLive: [ODSCode: GoLiveReport] = [:]
  var unsupportedSenders: Set<ODSCode> = []
  var due: [DueNotice] = []
  private var toldInactive: [InactiveKey: [NHSNumber]] = [:]
  private let ids: IdentitySource

  init(demographics: Demographics, seed: UInt64) {
    self.demographics = demographics
    self.ids = IdentitySource(seed: seed)
  }

  /// Replaces what is known of an authority.
  mutating func update(_ details: LocalAuthority) {
    authorities[details.code, default: AuthorityRecord(details: details)].details = details
  }

  /// Keeps a plan under a number.
  ///
  /// - Parameter birthDay: the patient's birth date; `nil` keeps what is known.
  mutating func put(_ held: HeldPlan, for number: NHSNumber, bornOn birthDay: CivilDay?) {
    let place = patients.placeForWriting(number)
    patients.change(place) { entry in
      if let birthDay { entry.birthDay = birthDay }
      entry.put(held)
    }
  }

  /// Withdraws a plan that was recorded in error.
  mutating func withdraw(_ identity: Plan.Identity, for number: NHSNumber) {
    guard let place = patients.place(of: number) else { return }
    patients.change(place) { $0.withdraw(identity) }
  }
}

// MARK: Uploads

extension RegistryState {
  /// Why a file is refused as a whole before its records are checked; `nil` when it is not.
  ///
  /// The version comes first, because nobody knows what an unsupported version means by its numbers. The file id
  /// comes before demographics, so that a file that is to be sent again is one that would be accepted.
  func refusal(of header: UploadHeader) -> UploadFileCode? {
    let code = header.sender.code
    if unsupportedSenders.contains(code) { return .versionUnsupported }
    if let last = lastFileIDs[code], header.fileID <= last { return .fileError }
    if !demographics.isAvailable { return .demographicsUnavailable }
    return nil
  }

  /// Loads a file's records all at once, unless the file is refused after all.
  ///
  /// - Returns: the file code.
  mutating func load(_ staged: StagedUpload, recordsRead: Int) -> UploadFileCode {
    let header = staged.header
    // Checked again, as another file of this authority may have been accepted since the first time.
    if let refusal = staged.refusal ?? refusal(of: header) { return refusal }
    guard recordsRead == header.declaredRecordCount else { return .fileError }
    lastFileIDs[header.sender.code] = header.fileID
    if let authority = staged.authority { update(authority) }
    for record in staged.accepted {
      for change in record.changes {
        switch change {
        case .put(let plan):
          let held = HeldPlan(plan: plan, fileID: header.fileID, localID: record.localID)
          put(held, for: record.number, bornOn: record.birthDay)
        case .withdraw(let identity): withdraw(identity, for: record.number)
        }
      }
    }
    goLive[header.sender.code] = GoLiveReport(
      authority: header.sender.code, fileID: header.fileID, inScope: recordsRead - staged.outOfScopeCount,
      matched: staged.accepted.count)
    if staged.rejected.isEmpty { return .allLoaded }
    return staged.accepted.isEmpty ? .noneLoaded : .someLoaded
  }
}

// MARK: Queries

extension RegistryState {
  /// Answers a query. In unscheduled care, a plan that is found makes the query an access, too.
  ///
  /// - Complexity: O(1) when nothing is kept under the number: one probe.
  mutating func answer(_ access: Access, at now: Date) -> RegistryAnswer {
    let patient = access.patient
    let none = RegistryAnswer(patient: patient, finding: .noPlanUnderThisNumber)
    guard let place = patients.place(of: patient) else { return none }
    let day = UnitedKingdomTime.day(at: now)
    guard demographics.replacements(of: patient) == nil else {
      noteInactive(patient, on: day, at: now)
      return none
    }
    let visible = patients[place].visiblePlans(on: day)
    guard let plans = RecordedPlans(visible.map(current)) else { return none }
    if access.context.setting.care == .unscheduled {
      // A query happens now, by the registry's own clock.
      keep(Access(id: access.id, patient: patient, context: access.context, time: now), place, visible)
    }
    return RegistryAnswer(
      patient: patient, finding: .plans(plans, .complete),
      validThrough: patients[place].lastDayBeforeEighteen(of: visible))
  }

  /// Records an access that happened earlier.
  ///
  /// It counts when a plan is shown today, or was shown on the day of the access by what is known today, also when
  /// the number has been superseded: a child who was seen during an outage must not be missed because a plan ended,
  /// arrived or moved before the outage was over (hazard H16). At worst an authority hears of one more access to a
  /// child whose plan it holds [D].
  mutating func declare(_ access: Access, at now: Date) {
    guard access.context.setting.care == .unscheduled, let place = patients.place(of: access.patient) else {
      return
    }
    let today = UnitedKingdomTime.day(at: now)
    // A plan that is shown today was shown on every earlier day, so the earlier of the two days decides.
    let visible = patients[place].visiblePlans(on: min(today, UnitedKingdomTime.day(at: access.time)))
    if !visible.isEmpty {
      keep(access, place, visible)
    }
    noteInactive(access.patient, on: today, at: now)
  }

  /// The accesses to a number, while a plan is shown under it.
  ///
  /// The history is not shown without a plan: it would reveal that there was one, even one that was withdrawn as an
  /// error. While another plan is shown, accesses to a plan that has ended stay listed [D].
  func history(of patient: NHSNumber, at now: Date) -> AccessHistory {
    var entries: [AccessHistory.Entry] = []
    if let place = patients.place(of: patient), demographics.replacements(of: patient) == nil,
      !patients[place].visiblePlans(on: UnitedKingdomTime.day(at: now)).isEmpty
    {
      entries = patients[place].accesses.listed()
    }
    return AccessHistory(patient: patient, entries: entries, completeness: .complete)
  }

  /// The plan with its authority's present details.
  private func current(_ held: HeldPlan) -> Plan {
    guard let authority = authorities[held.plan.authority.code] else { return held.plan }
    return held.plan.withDetails(of: authority.details)
  }

  private mutating func keep(_ access: Access, _ place: Int, _ visible: [HeldPlan]) {
    let responsible = Self.latestByAuthority(visible)
    let (kept, untold) = patients.change(place) { entry in
      entry.accesses.keep(access, responsible: responsible.map(\.plan.authority.code))
    }
    for held in responsible where untold.contains(held.plan.authority.code) {
      authorities[held.plan.authority.code]?.pending.append(
        PendingAccess(access: kept, fileID: held.fileID, localID: held.localID))
    }
  }

  /// One plan for each authority: the one from its latest file, whose id the notice quotes.
  private static func latestByAuthority(_ plans: [HeldPlan]) -> [HeldPlan] {
    if plans.count == 1 { return plans }
    var latest: [HeldPlan] = []
    for held in plans {
      if let place = latest.firstIndex(where: { $0.plan.authority.code == held.plan.authority.code }) {
        if held.fileID > latest[place].fileID { latest[place] = held }
      } else {
        latest.append(held)
      }
    }
    return latest
  }
}

// MARK: Notices

extension RegistryState {
  /// Makes a notice that a number is out of use for each authority with a plan shown under it. An authority is told
  /// once, and again only when the replacements have changed [D].
  private mutating func noteInactive(_ number: NHSNumber, on day: CivilDay, at now: Date) {
    guard let replacements = demographics.replacements(of: number), let place = patients.place(of: number)
    else { return }
    for held in Self.latestByAuthority(patients[place].visiblePlans(on: day)) {
      let code = held.plan.authority.code
      let key = InactiveKey(authority: code, number: number)
      guard let authority = authorities[code], toldInactive[key] != replacements else { continue }
      toldInactive[key] = replacements
      let notice = InactiveNumberNotice(
        id: ids.next(), creationTime: now, recipient: authority.details, oldNumber: number,
        replacements: replacements, fileID: held.fileID)
      due.append(DueNotice(notice: .inactiveNumber(notice)))
    }
  }

  /// Makes each authority's notice of the accesses since the last window, in the order of the authorities' codes.
  mutating func closeWindow(includingEmpty: Bool, at now: Date) {
    let day = UnitedKingdomTime.day(at: now)
    // An authority is told of a number out of use even when nobody asks about it any more.
    for number in demographics.supersededNumbers { noteInactive(number, on: day, at: now) }
    for (code, authority) in authorities.sorted(by: { $0.key < $1.key }) {
      guard includingEmpty || !authority.pending.isEmpty else { continue }
      let groups = Dictionary(grouping: authority.pending, by: \.fileID).sorted { $0.key < $1.key }
        .map { fileID, pending in
          AccessToServiceNotification.FileGroup(
            fileID: fileID, accesses: pending.map(\.entry).sorted { $0.time < $1.time })
        }
      let notice = AccessToServiceNotification(
        id: ids.next(), creationTime: now, recipient: authority.details, groups: groups)
      due.append(DueNotice(notice: .accessToService(notice)))
      authorities[code]?.pending = []
    }
  }

  /// Returns the first due notice that is neither being offered to a sink nor among those already tried.
  mutating func offerNext(skipping tried: Set<UUID>) -> Notice? {
    guard let place = due.firstIndex(where: { !$0.isOffered && !tried.contains($0.notice.id) }) else { return nil }
    due[place].isOffered = true
    return due[place].notice
  }

  /// Removes a notice that a sink accepted, or keeps it for the next try.
  mutating func settle(_ id: UUID, wasAccepted: Bool) {
    guard let place = due.firstIndex(where: { $0.notice.id == id }) else { return }
    if wasAccepted { due.remove(at: place) } else { due[place].isOffered = false }
  }

  /// Removes and returns every due notice that is not being offered to a sink.
  mutating func takeNotices() -> [Notice] {
    let taken = due.filter { !$0.isOffered }.map(\.notice)
    due.removeAll { !$0.isOffered }
    return taken
  }
}
