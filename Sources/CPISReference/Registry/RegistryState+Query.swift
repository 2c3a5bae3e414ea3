internal import CPIS
internal import NHSNumbers

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

extension RegistryState {
  /// Answers a query; in unscheduled care a plan found is an access as well.
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
      // The registry goes by its own clock for what it is asked now.
      keep(Access(id: access.id, patient: patient, context: access.context, time: now), place, visible)
    }
    return RegistryAnswer(
      patient: patient, finding: .plans(plans, .complete),
      validThrough: patients[place].lastDayBeforeEighteen(of: visible))
  }

  /// Keeps an access that happened earlier.
  ///
  /// It counts when a plan is shown today or was on the day of the access, judged by what is known today, and also
  /// where the number has been superseded: a child who was seen during an outage must not be missed because a
  /// plan left, arrived or moved before the outage was over (hazard H16). That tells an authority at most of an
  /// access that it would not have heard of otherwise, to a child whose plan it holds [D].
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

  /// The history of a number while a plan is shown under it.
  ///
  /// With the last plan the history leaves too: it would tell that there was one, even one withdrawn as an error.
  /// Accesses to a plan that has left stay listed while another is shown [D].
  func history(of patient: NHSNumber, at now: Date) -> AccessHistory {
    var entries: [AccessHistory.Entry] = []
    if let place = patients.place(of: patient), demographics.replacements(of: patient) == nil,
      !patients[place].visiblePlans(on: UnitedKingdomTime.day(at: now)).isEmpty
    {
      entries = patients[place].accesses.listed()
    }
    return AccessHistory(patient: patient, entries: entries, completeness: .complete)
  }

  /// The plan with its authority's details as they are now.
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
        PendingAccess(
          fileID: held.fileID,
          entry: AccessToServiceNotification.Entry(
            id: kept.id, time: kept.time, author: kept.context.author, organisation: kept.context.organisation,
            patient: kept.patient, localID: held.localID)))
    }
  }

  /// One plan for each authority: the one that came with its latest file, under whose id the authority is told.
  static func latestByAuthority(_ plans: [HeldPlan]) -> [HeldPlan] {
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
